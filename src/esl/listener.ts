/** The port FreeSWITCH's `socket` application connects to. */
import { BlockList, createServer, isIP, type AddressInfo, type Server, type Socket } from 'node:net';
import { TransientMap } from '../transient-map.js';
import type { EslError } from './errors.js';
import { DEFAULT_SESSION_OPTIONS, Session, type SessionOptions } from './session.js';

export interface ListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Sessions at one time; a call beyond it is given to `onExcess`. As many connections may still have to tell what they are. */
  readonly maxSessions: number;
  /** Networks FreeSWITCH may connect from, as addresses or CIDR (`10.0.0.0/8`); empty: from anywhere. */
  readonly allow: readonly string[];
  readonly session?: SessionOptions;
}

export interface ListenerHandler {
  /** A call. The session is the handler's until it is closed; what the handler throws is a fault of its own. */
  onSession(session: Session): Promise<void>;
  /** A call beyond the limit: to be hung up or handed back. */
  onExcess(session: Session): Promise<void>;
  /** A connection that became no session. */
  onRefused(reason: RefusalReason, peer: string, error?: Error): void;
  /** The handler failed, for a session, or the server did. */
  onError(error: Error, session?: Session): void;
}

/**
 * `peer`: not allowed to connect; `flood`: too many that have not told a channel's data yet; `handshake`: it did not tell
 * one.
 */
export type RefusalReason = 'peer' | 'flood' | 'handshake';

const KEEP_ALIVE_MS = 30_000;
/** Node's own 511 loses connections in a burst, and FreeSWITCH then parks a call that nobody controls. */
const BACKLOG = 4096;

export class Listener {
  private readonly server: Server;
  private readonly allowed: BlockList | undefined;
  private readonly sockets = new TransientMap<number, Socket>();
  private accepted = 0;
  /** Calls that are neither the handler's nor refused yet. */
  private readonly undecided = new Set<Promise<void>>();
  private sessions = 0;

  private constructor(
    private readonly options: ListenerOptions,
    private readonly handler: ListenerHandler,
  ) {
    this.allowed = options.allow.length === 0 ? undefined : blockListOf(options.allow);
    this.server = createServer((socket) => {
      this.onConnection(socket);
    });
  }

  /** Listens. @throws what the system says, such as EADDRINUSE */
  static async listen(options: ListenerOptions, handler: ListenerHandler): Promise<Listener> {
    const listener = new Listener(options, handler);
    await new Promise<void>((resolve, reject) => {
      listener.server.once('error', reject);
      listener.server.listen({ port: options.port, host: options.host, backlog: BACKLOG }, () => {
        listener.server.off('error', reject);
        resolve();
      });
    });
    listener.server.on('error', (error) => {
      handler.onError(error);
    });
    return listener;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Accepts no more; sessions go on. Resolves when every connection accepted before is a session or refused. */
  async stop(): Promise<void> {
    this.server.close();
    while (this.undecided.size > 0) await Promise.all(this.undecided);
  }

  /** Accepts no more and ends what is still connected. */
  close(): void {
    this.server.close();
    for (const [, socket] of this.sockets) socket.destroy();
  }

  private onConnection(socket: Socket): void {
    const peer = socket.remoteAddress ?? '';
    // A connection that fails must never be an error nobody hears.
    socket.on('error', () => undefined);
    const reason = this.refusalOf(peer);
    if (reason !== undefined) {
      socket.destroy();
      this.handler.onRefused(reason, peer);
      return;
    }
    this.accepted += 1;
    const number = this.accepted;
    this.sockets.set(number, socket);
    socket.once('close', () => {
      this.sockets.delete(number);
    });
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.decide(socket, peer);
  }

  private refusalOf(peer: string): RefusalReason | undefined {
    if (this.allowed?.check(peer, isIP(peer) === 6 ? 'ipv6' : 'ipv4') === false) return 'peer';
    return this.undecided.size >= this.options.maxSessions ? 'flood' : undefined;
  }

  private decide(socket: Socket, peer: string): void {
    const decided = this.serve(socket, peer)
      .catch((error: unknown) => {
        this.fail(socket, error);
      })
      .finally(() => this.undecided.delete(decided));
    this.undecided.add(decided);
  }

  /** Resolves when the call is the handler's, or refused. */
  private async serve(socket: Socket, peer: string): Promise<void> {
    let session: Session;
    try {
      session = await Session.open(socket, this.options.session ?? DEFAULT_SESSION_OPTIONS);
    } catch (error) {
      this.handler.onRefused('handshake', peer, error as EslError);
      return;
    }
    if (this.sessions < this.options.maxSessions) {
      this.handOver(session, socket);
      return;
    }
    try {
      await this.handler.onExcess(session);
    } catch (error) {
      this.fail(socket, error, session);
    }
  }

  private handOver(session: Session, socket: Socket): void {
    this.sessions += 1;
    this.handler
      .onSession(session)
      .catch((error: unknown) => {
        this.fail(socket, error, session);
      })
      .finally(() => {
        this.sessions -= 1;
      });
  }

  private fail(socket: Socket, error: unknown, session?: Session): void {
    socket.destroy();
    this.handler.onError(error instanceof Error ? error : new Error(String(error)), session);
  }
}

/** Networks as the system checks them. @throws for what is neither an address nor CIDR */
export function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address);
    const bits = family === 6 ? 128 : 32;
    const length = prefix === undefined ? bits : Number(prefix);
    if (family === 0 || !/^\d*$/.test(prefix ?? '') || !(length <= bits)) {
      throw new Error(`expected an address or a network such as 10.0.0.0/8, found "${network}"`);
    }
    list.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
