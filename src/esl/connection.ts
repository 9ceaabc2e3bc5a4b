/**
 * modesl's Connection, hardened. Every override says which of modesl 1.2.1's faults it mends; each has a test that shows the
 * fault on the plain library.
 */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import modesl, { type ReplyCallback } from 'modesl';
import type { Bytes } from '../bytes.js';
import { encodeCommand, encodeExecute, encodeHandOver, type CommandHeaders, type Execution } from './command.js';
import { CommandRefused, ProtocolError, SocketClosed, type EslError } from './errors.js';
import { eventOfFrame, type EslEvent } from './event.js';
import { FrameDecoder, type Frame } from './frame-decoder.js';

/** Hears what comes without having been asked for. */
export interface ConnectionListener {
  onEvent(event: EslEvent): void;
  /** FreeSWITCH will close the socket: at once, or when it has lingered. */
  onDisconnectNotice(notice: EslEvent): void;
  /** The peer does not speak the protocol; what waited for it has been rejected. */
  onProtocolError(error: ProtocolError): void;
  /** The socket is closed, with its error if it had one; nothing follows. */
  onClose(error: Error | undefined): void;
}

type Callback = (event: EslEvent) => void;

export class EslConnection extends modesl.Connection {
  // Only declared, set in _onConnect: modesl's constructor calls it and commands before fields would be initialised.
  declare private decoder: FrameDecoder;
  declare private waiting: Set<(error: EslError) => void>;
  declare private executions: Map<string, Callback>;
  declare private tcp: Socket;
  declare private socketError: Error | undefined;
  declare private listener: ConnectionListener | undefined;
  /** What is to go out in one write; undefined outside of {@link inOneWrite} and {@link withNext}. */
  declare private gathered: Bytes | undefined;
  /** What waits for the next write. */
  declare private held: Bytes;

  /** Says `connect`; resolves when FreeSWITCH has told the channel's data. @throws SocketClosed, ProtocolError */
  static async open(socket: Socket, listener: ConnectionListener): Promise<EslConnection> {
    const connection = new EslConnection(socket);
    connection.listener = listener;
    await connection.reply((callback) => {
      connection.once('esl::ready', () => {
        callback(connection.info);
      });
    });
    if (connection.getInfo() === null) throw new ProtocolError('the reply to connect is not the data of a channel');
    return connection;
  }

  /** The channel's data as `connect` told it last. */
  get info(): EslEvent {
    return this.getInfo() as EslEvent;
  }

  /** Whether commands can still be written. */
  get isOpen(): boolean {
    return this.tcp.writable;
  }

  /** Whether FreeSWITCH takes messages at once and executes them in the channel's thread. */
  get isAsync(): boolean {
    return this.info.getHeader('Socket-Mode') === 'async';
  }

  /**
   * Mends 1, 6, 9 and 11: modesl's parser is never made. Mends 5 and 7: `close` and `error` are heard. Mends 10: Nagle's
   * algorithm is off, and every command is one write.
   */
  override _onConnect(): void {
    const socket = this.socket as Socket;
    // modesl forgets its socket when the peer ends, before it is closed.
    this.tcp = socket;
    this.decoder = new FrameDecoder();
    this.waiting = new Set();
    this.executions = new Map();
    this.held = '';
    this.connecting = false;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.onData(chunk);
    });
    socket.on('close', () => {
      this.onClosed();
    });
  }

  /** Mends 4: `connect` is all that is said before the session subscribes, to this channel's events only. */
  override subscribe(_events: readonly string[], callback: ReplyCallback): void {
    callback(this.info);
  }

  /** Mends 3 and 7: the command is encoded and the socket looked at before anything is queued for its reply. */
  override sendRecv(command: Bytes, args?: CommandHeaders | ReplyCallback | null, callback?: ReplyCallback): void {
    if (typeof args === 'function') this.sendRecv(command, null, args);
    else this.write(encodeCommand(command, args ?? {}), this.cmdCallbackQueue, callback);
  }

  /** Mends 3 and 7, as above. */
  override api(command: Bytes, args: Bytes, callback: ReplyCallback): void {
    this.write(encodeCommand(`api ${command}${args === '' ? '' : ` ${args}`}`), this.apiCallbackQueue, callback);
  }

  /**
   * Behind `execute`. Mends 2: the reply to the message has its place in the queue. Mends 3: nothing in the data can add a
   * header. Mends 8: no listener per execution. Calls back once: with a reply that refuses, else when the application is
   * done, in asynchronous mode with the event that says so, in synchronous mode with the reply.
   */
  override _doExec(_uuid: string, _command: string, args: CommandHeaders, callback: ReplyCallback): string {
    const uuid = randomUUID();
    const text = encodeExecute({
      application: args['execute-app-name'] ?? '',
      data: args['execute-app-arg'] ?? '',
      uuid,
      lock: this.execLock,
    });
    this.write(text, this.cmdCallbackQueue, (reply) => {
      if (this.isAsync && refusal(reply) === undefined) return;
      this.executions.delete(uuid);
      callback(reply);
    });
    this.executions.set(uuid, callback);
    return uuid;
  }

  /** Mends 7: a socket's error is kept for what waits; `close` follows it. */
  override _onError(error: Error): void {
    this.socketError = error;
  }

  /** Sends a command and awaits its reply. @throws CommandRefused, SocketClosed, ProtocolError */
  async command(line: Bytes, headers?: CommandHeaders): Promise<EslEvent> {
    const reply = await this.reply((callback) => {
      this.sendRecv(line, headers, callback);
    });
    return accepted(line, reply);
  }

  /** Leaves a list of applications to FreeSWITCH. @throws CommandRefused, SocketClosed, ProtocolError */
  async handOver(applications: readonly Pick<Execution, 'application' | 'data'>[]): Promise<void> {
    const text = encodeHandOver(applications);
    const reply = await this.reply((callback) => {
      this.write(text, this.cmdCallbackQueue, callback);
    });
    accepted('sendmsg', reply);
  }

  /** Awaits the event that `send` arranges to be called back with. @throws SocketClosed, ProtocolError, CommandRefused */
  reply(send: (callback: Callback) => void): Promise<EslEvent> {
    return new Promise((resolve, reject) => {
      send((event) => {
        this.waiting.delete(reject);
        resolve(event);
      });
      this.waiting.add(reject);
    });
  }

  /** Rejects everything that waits for FreeSWITCH. */
  rejectWaiting(error: EslError): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const reject of waiting) reject(error);
  }

  /** What is sent inside goes out in one write. */
  inOneWrite(send: () => void): void {
    this.transmit(this.gather(send));
  }

  /** What is sent inside goes out together with what is sent next, at the latest when this turn of the event loop is over. */
  withNext(send: () => void): void {
    this.held += this.gather(send);
    setImmediate(() => {
      if (this.isOpen) this.transmit('');
    });
  }

  destroy(): void {
    this.tcp.destroy();
  }

  private write(text: Bytes, queue: (ReplyCallback | undefined)[], callback: ReplyCallback | undefined): void {
    if (!this.isOpen) throw new SocketClosed(this.socketError);
    if (this.gathered === undefined) this.transmit(text);
    else this.gathered += text;
    queue.push(callback);
  }

  /** What is sent inside. Where that throws, what was sent before goes out: its replies are waited for. */
  private gather(send: () => void): Bytes {
    this.gathered = '';
    try {
      send();
      return this.gathered;
    } catch (error) {
      this.transmit(this.gathered);
      throw error;
    } finally {
      this.gathered = undefined;
    }
  }

  private transmit(text: Bytes): void {
    const whole = this.held + text;
    this.held = '';
    if (whole !== '') this.tcp.write(whole, 'latin1');
  }

  private onData(chunk: Buffer): void {
    try {
      for (const frame of this.decoder.push(chunk)) this.onFrame(frame);
    } catch (error) {
      this.onProtocolError(asProtocolError(error));
      this.destroy();
    }
  }

  private onFrame(frame: Frame): void {
    const contentType = frame.headers.get('Content-Type') ?? '';
    let event: EslEvent;
    try {
      event = eventOfFrame(frame);
    } catch (error) {
      // What the event would have said is unknown, but the frames behind it can be read.
      this.onProtocolError(asProtocolError(error));
      return;
    }
    switch (contentType) {
      case 'command/reply':
      case 'api/response':
        // These two tell modesl whose the frame is; it looks at no other.
        this._onEvent(event, { 'Content-Type': contentType, 'Event-Name': event.type ?? '' });
        break;
      case 'text/disconnect-notice':
        this.listener?.onDisconnectNotice(event);
        break;
      default:
        if (event.type === 'CHANNEL_EXECUTE_COMPLETE') this.completeExecution(event);
        this.listener?.onEvent(event);
    }
  }

  private completeExecution(event: EslEvent): void {
    const uuid = event.getHeader('Application-UUID') ?? '';
    const callback = this.executions.get(uuid);
    this.executions.delete(uuid);
    callback?.(event);
  }

  private onProtocolError(error: ProtocolError): void {
    this.rejectWaiting(error);
    this.listener?.onProtocolError(error);
  }

  private onClosed(): void {
    this.cmdCallbackQueue = [];
    this.apiCallbackQueue = [];
    this.executions.clear();
    if (this.waiting.size > 0) this.rejectWaiting(new SocketClosed(this.socketError));
    this.listener?.onClose(this.socketError);
  }
}

/** A fault of ours while reading must end one call, not the process. */
function asProtocolError(error: unknown): ProtocolError {
  return error instanceof ProtocolError ? error : new ProtocolError('cannot read what came', { cause: error });
}

function accepted(command: Bytes, reply: EslEvent): EslEvent {
  const refused = refusal(reply);
  if (refused !== undefined) throw new CommandRefused(command, refused);
  return reply;
}

/** What a reply refuses a command with; undefined where it does not. */
export function refusal(reply: Pick<EslEvent, 'getHeader'>): string | undefined {
  const text = reply.getHeader('Reply-Text') ?? '';
  return text.startsWith('-ERR') ? text.slice(4).trim() : undefined;
}
