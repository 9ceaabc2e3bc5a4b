/** One call's event socket: executes applications on the channel and says when and how the channel ended. */
import type { Socket } from 'node:net';
import type { Bytes } from '../bytes.js';
import { encodeExecute } from './command.js';
import { EslConnection, type ConnectionListener } from './connection.js';
import { ChannelHungUp, ChannelLeft, CommandRefused, ProtocolError, SocketClosed, type EslError } from './errors.js';
import type { EslEvent } from './event.js';
import { Executions, type ApplicationToExecute, type Completion, type Execution } from './executions.js';
import { readParkTimeout } from './park-timeout.js';
import { takeBatch } from './take-batch.js';
import { Timers } from './timers.js';

export interface SessionOptions {
  /** How long FreeSWITCH may take to answer `connect`. */
  readonly connectTimeoutMs: number;
  /** How long FreeSWITCH keeps the socket for the events of a hang-up. */
  readonly lingerSeconds: number;
  /** How long an application may take to begin once it is its turn. */
  readonly startTimeoutMs: number;
}

export const DEFAULT_SESSION_OPTIONS: SessionOptions = {
  connectTimeoutMs: 20_000,
  lingerSeconds: 5,
  startTimeoutMs: 30_000,
};

/** The channel's data: header name to value. */
export type SessionData = ReadonlyMap<string, Bytes>;

export interface ExecutionObserver {
  /**
   * The application began, in asynchronous mode as FreeSWITCH tells, with its data expanded; else when it is its turn. Told
   * as well of one that could not begin, before the list is given up.
   */
  started(index: number, data: Bytes | undefined): void;
  completed(index: number, completion: Completion): void;
}

/** How the session ended: the channel was hung up, went on elsewhere, was let go, or only the socket closed. */
export interface SessionEnd {
  readonly reason: 'hungUp' | 'left' | 'released' | 'closed';
  readonly hangupCause: string | undefined;
  readonly error: Error | undefined;
}

/** Events a session in asynchronous mode uses; in synchronous mode the replies say it all. */
const EVENTS = 'CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE';
const CS_HANGUP = 10;
/** After a hang-up the running application ends, then CHANNEL_HANGUP_COMPLETE comes, all within milliseconds as a rule. */
const APPLICATION_END_MS = 200;
const LAST_EVENTS_MS = 1_000;
const CLOSE_MS = 2_000;
const HANGUP_MS = 5_000;

export class Session {
  private connection!: EslConnection;
  /** The newest event that tells the channel's data. */
  private newest!: EslEvent;
  private channelUuid = '';
  private stateAtConnect: Bytes | undefined;
  private ending: { reason: SessionEnd['reason']; hangupCause?: string | undefined } | undefined;
  private isDown = false;
  private isExiting = false;
  private isClosed = false;
  private failure: ProtocolError | undefined;
  private readonly timers = new Timers();
  private readonly executions: Executions;
  private turn: Promise<unknown> = Promise.resolve();
  private resolveEnded!: (end: SessionEnd) => void;
  private resolveClosed!: () => void;
  private resolveHungUp!: () => void;
  private readonly hungUp = new Promise<void>((resolve) => (this.resolveHungUp = resolve));

  /** Resolves when there is no more to do: the channel was hung up and its last events came, it left, or was let go. */
  readonly ended = new Promise<SessionEnd>((resolve) => (this.resolveEnded = resolve));

  /** Resolves when the socket is closed; a channel that left may keep it for as long as it lives. */
  readonly closed = new Promise<void>((resolve) => (this.resolveClosed = resolve));

  private constructor(private readonly options: SessionOptions) {
    this.executions = new Executions(this.timers, options.startTimeoutMs);
  }

  /** Says `connect` on an accepted socket. @throws SocketClosed, ProtocolError */
  static async open(socket: Socket, options: SessionOptions = DEFAULT_SESSION_OPTIONS): Promise<Session> {
    const session = new Session(options);
    const timeout = setTimeout(() => {
      socket.destroy(new Error(`no reply to connect within ${options.connectTimeoutMs} ms`));
    }, options.connectTimeoutMs);
    try {
      session.connection = await EslConnection.open(socket, session.listener);
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timeout);
    }
    session.begin();
    return session;
  }

  /** The channel's data, the newest known. */
  get data(): SessionData {
    return this.newest.values;
  }

  /** One header of that data, which need not all be read for it. */
  header(name: string): Bytes | undefined {
    return this.newest.getHeader(name) ?? undefined;
  }

  get uuid(): string {
    return this.channelUuid;
  }

  /** Asynchronous (`async`): FreeSWITCH executes in the channel's thread; else in the socket's, one after the other. */
  get isAsync(): boolean {
    return this.connection.isAsync;
  }

  /** Whether FreeSWITCH lets this socket use `api`, `event`, `linger` (`full`). */
  get isFull(): boolean {
    return this.connection.info.getHeader('Control') === 'full';
  }

  /** Executes one application and awaits its end. @throws ChannelHungUp, ChannelLeft, SocketClosed, CommandRefused, ProtocolError */
  async execute(application: Bytes, data: Bytes): Promise<Completion> {
    let result: Completion = { data: undefined, response: undefined };
    const observer = {
      started: () => undefined,
      completed: (_: number, completion: Completion) => (result = completion),
    };
    await this.executeAll([{ application, data }], observer);
    return result;
  }

  /**
   * Executes applications in order, those that return at once together with the one behind them in one write. Resolves when
   * the last is done. @throws ChannelHungUp, ChannelLeft, SocketClosed, CommandRefused, ProtocolError
   */
  executeAll(applications: readonly ApplicationToExecute[], observer: ExecutionObserver): Promise<void> {
    const run = this.turn.then(async () => {
      for (let first = 0; first < applications.length;) {
        this.throwIfEnded();
        const batch = takeBatch(applications, first);
        first += batch.length;
        const last = this.isAsync ? batch.at(-1)?.application.toLowerCase() : undefined;
        const executed = last === 'park' || last === 'socket' ? batch.slice(0, -1) : batch;
        if (executed.length > 0) await this.executeBatch(executed, first - batch.length, observer);
        if (last === 'park') await this.stayParked(first - 1, observer);
        if (last === 'socket') await this.handOver(applications.slice(first - 1), first - 1, observer);
      }
    });
    this.turn = run.catch(() => undefined);
    return run;
  }

  /** Hangs the channel up; resolves when it is. @throws SocketClosed, CommandRefused, ProtocolError */
  async hangup(cause: string): Promise<void> {
    if (this.hasHungUp()) return;
    this.throwIfEnded();
    try {
      const hangup = this.connection.command('sendmsg', { 'call-command': 'hangup', 'hangup-cause': cause });
      await (this.isAsync ? hangup : Promise.all([hangup, this.refresh()]));
    } catch (error) {
      // Without linger FreeSWITCH closes at once.
      if (!this.hasHungUp()) throw error;
    }
    let cancel!: () => void;
    const tooLong = new Promise<void>((resolve) => {
      cancel = this.timers.after(HANGUP_MS, resolve);
    });
    await Promise.race([this.hungUp, tooLong, this.closed]);
    cancel();
    if (this.ending === undefined && !this.isClosed) this.letGo();
  }

  /** Asks FreeSWITCH's API; resolves with what the function wrote. @throws SocketClosed, CommandRefused, ProtocolError */
  async api(command: Bytes): Promise<Bytes> {
    if (!this.isFull) throw new CommandRefused(`api ${command}`, 'the socket application has no "full"; not sent');
    this.throwIfEnded();
    const space = command.indexOf(' ');
    const [name, args] = space < 0 ? [command, ''] : [command.slice(0, space), command.slice(space + 1)];
    const response = await this.connection.reply((callback) => {
      this.connection.api(name, args, callback);
    });
    return response.getBody();
  }

  /** The channel's data as it is now. @throws SocketClosed, ProtocolError */
  async refresh(): Promise<SessionData> {
    const data = await this.connection.command('connect');
    this.take(data);
    return this.data;
  }

  /** Lets the channel go on with FreeSWITCH's own dialplan, behind its `socket` application; resolves when the socket is closed. */
  async release(): Promise<void> {
    if (this.ending === undefined && !this.isClosed) {
      // In synchronous mode `resume` would leave the channel stuck; there `exit` does both.
      if (this.isAsync) await this.connection.command('resume').catch(() => undefined);
      this.letGo();
    }
    await this.closed;
  }

  private readonly listener: ConnectionListener = {
    onEvent: (event) => {
      this.onEvent(event);
    },
    onDisconnectNotice: (notice) => {
      this.isDown ||= !this.isExiting;
      if (notice.getHeader('Content-Disposition') === 'linger') this.onLingerNotice();
    },
    onProtocolError: (error) => {
      this.failure = error;
      this.executions.rejectAll(error);
    },
    onClose: (error) => {
      this.onClose(error);
    },
  };

  private begin(): void {
    const { info } = this.connection;
    this.newest = info;
    this.channelUuid = info.getHeader('Unique-ID') ?? '';
    this.stateAtConnect = info.getHeader('Channel-State-Number') ?? undefined;
    this.connection.withNext(() => {
      for (const command of this.subscription()) {
        this.connection.command(command).catch((error: unknown) => {
          if (error instanceof CommandRefused) this.listener.onProtocolError(new ProtocolError(error.message));
        });
      }
    });
    this.take(info);
  }

  private subscription(): string[] {
    const linger = this.isFull ? [`linger ${this.options.lingerSeconds}`] : [];
    if (!this.isAsync) return linger;
    return this.isFull ? [`filter Unique-ID ${this.uuid}`, `event json ${EVENTS}`, ...linger] : ['myevents json'];
  }

  private async executeBatch(
    batch: readonly ApplicationToExecute[],
    first: number,
    observer: ExecutionObserver,
  ): Promise<void> {
    const executions: Execution[] = [];
    let refreshed: Promise<unknown> = Promise.resolve();
    // Before anything is sent: one that cannot be sent must not leave the others half done.
    for (const application of batch) encodeExecute({ ...application, uuid: '', lock: false });
    this.connection.inOneWrite(() => {
      for (const [index, application] of batch.entries()) {
        // The last one is not locked: while it runs, whoever else controls the channel is to be heard.
        this.connection.setEventLock(this.isAsync && index < batch.length - 1);
        executions.push(
          this.executions.send(this.connection, application, (event) => {
            this.take(event);
          }),
        );
      }
      if (!this.isAsync) refreshed = this.refresh();
    });
    refreshed.catch(() => undefined);
    try {
      for (const [index, execution] of executions.entries()) {
        this.executions.guardStart(execution);
        observer.started(first + index, await execution.begun);
        observer.completed(first + index, await execution.done);
      }
    } finally {
      this.executions.endGuard();
    }
    try {
      await refreshed;
    } finally {
      // Where the channel is down, that is the reason, not the socket that FreeSWITCH then closed.
      this.throwIfEnded();
    }
  }

  /**
   * A channel with an asynchronous socket is parked already, and FreeSWITCH refuses to park it again: `park` would be over at
   * once, and the call too. It stays parked, as it would in FreeSWITCH's own dialplan, until something else ends it.
   */
  private async stayParked(index: number, observer: ExecutionObserver): Promise<void> {
    this.throwIfEnded();
    observer.started(index, undefined);
    const timeout = readParkTimeout(this.newest.getHeader('variable_park_timeout') ?? undefined);
    const cancel =
      timeout && this.timers.after(timeout.ms, () => void this.hangup(timeout.cause).catch(() => undefined));
    await Promise.race([this.hungUp, this.ended]);
    cancel?.();
    this.throwIfEnded();
  }

  /**
   * Another controller cannot park the channel while it is parked for this one: FreeSWITCH would begin with it and at once go
   * on behind it, with two in command. So FreeSWITCH itself goes on from here, as in its own dialplan.
   */
  private async handOver(
    applications: readonly ApplicationToExecute[],
    index: number,
    observer: ExecutionObserver,
  ): Promise<void> {
    this.throwIfEnded();
    observer.started(index, undefined);
    await this.connection.handOver(applications);
    if (this.ending === undefined) this.leave();
    this.throwIfEnded();
  }

  private onEvent(event: EslEvent): void {
    if (event.getHeader('Unique-ID') !== this.uuid) return;
    switch (event.type) {
      case 'CHANNEL_EXECUTE':
        this.executions.onBegun(event);
        break;
      case 'CHANNEL_EXECUTE_COMPLETE':
        // The socket application itself is done: the channel is no longer parked here.
        if (this.executions.isEmpty && event.getHeader('Application') === 'socket') this.onSocketApplicationEnd(event);
        break;
      case 'CHANNEL_HANGUP':
        this.take(event);
        break;
      case 'CHANNEL_HANGUP_COMPLETE':
        this.take(event);
        this.exit();
        break;
      default:
        break;
    }
  }

  /** The channel is down; its cause may still be on its way, and in synchronous mode FreeSWITCH holds it for us. */
  private onLingerNotice(): void {
    this.connection.inOneWrite(() => {
      if (this.ending?.hangupCause === undefined) {
        this.refresh().then(
          () => {
            this.onHungUp(this.newest.getHeader('Hangup-Cause') ?? undefined);
          },
          () => undefined,
        );
      }
      if (!this.isAsync) this.exit();
    });
  }

  private onSocketApplicationEnd(event: EslEvent): void {
    this.take(event);
    if (this.ending === undefined) this.leave();
  }

  /** Keeps the channel's data and sees from it whether the channel is down, or went on to another state. */
  private take(event: EslEvent): void {
    this.newest = event;
    const state = event.getHeader('Channel-State-Number') ?? undefined;
    if (event.getHeader('Answer-State') === 'hangup' || Number(state) >= CS_HANGUP) {
      this.onHungUp(event.getHeader('Hangup-Cause') ?? undefined);
    } else if (state !== undefined && state !== this.stateAtConnect && this.ending === undefined) {
      this.leave();
    }
  }

  private onHungUp(hangupCause: string | undefined): void {
    if (this.ending?.reason === 'hungUp') {
      this.ending.hangupCause ??= hangupCause;
      return;
    }
    this.ending = { reason: 'hungUp', hangupCause };
    this.resolveHungUp();
    if (!this.isAsync) {
      this.exit();
      return;
    }
    this.timers.after(APPLICATION_END_MS, () => {
      this.executions.rejectAll(new ChannelHungUp(hangupCause));
    });
    if (!this.isFull) this.destroyAfter(CLOSE_MS);
    this.timers.after(LAST_EVENTS_MS, () => {
      this.exit();
    });
  }

  private letGo(): void {
    this.ending ??= { reason: 'released' };
    this.executions.rejectAll(new ChannelLeft());
    this.exit();
  }

  private leave(): void {
    this.ending = { reason: 'left' };
    this.executions.rejectAll(new ChannelLeft());
    this.end();
    if (!this.isAsync) {
      this.exit();
      return;
    }
    // FreeSWITCH unparks the channel when this socket ends, even where another socket has parked it since: stay till it dies.
    this.connection.inOneWrite(() => {
      for (const command of this.isFull ? ['noevents', 'nolinger'] : []) {
        this.connection.command(command).catch(() => undefined);
      }
    });
  }

  private end(error?: Error): void {
    const reason = this.ending?.reason ?? (this.isDown ? 'hungUp' : 'closed');
    this.resolveEnded({ reason, hangupCause: this.ending?.hangupCause, error: this.failure ?? error });
  }

  private exit(): void {
    if (this.isExiting || this.isClosed) return;
    this.isExiting = true;
    this.connection.command('exit').catch(() => undefined);
    this.destroyAfter(CLOSE_MS);
  }

  private onClose(error: Error | undefined): void {
    this.isClosed = true;
    this.timers.stop();
    if (!this.executions.isEmpty) this.executions.rejectAll(this.endError() ?? new SocketClosed(error));
    this.end(error);
    this.resolveClosed();
  }

  private throwIfEnded(): void {
    const error = this.endError();
    if (error !== undefined) throw error;
  }

  private hasHungUp(): boolean {
    return this.ending?.reason === 'hungUp' || (this.ending === undefined && this.isDown);
  }

  private endError(): EslError | undefined {
    if (this.hasHungUp()) return new ChannelHungUp(this.ending?.hangupCause);
    if (this.ending !== undefined) return new ChannelLeft();
    return this.isClosed ? new SocketClosed(this.failure) : undefined;
  }

  private destroyAfter(ms: number): void {
    this.timers.after(ms, () => {
      this.connection.destroy();
    });
  }
}
