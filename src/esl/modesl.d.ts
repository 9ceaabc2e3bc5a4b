/** What Parkway uses of modesl, which comes without types. */
declare module 'modesl' {
  import type { Socket } from 'node:net';

  export class Event {
    constructor(headers: Record<string, string>, body?: string);
    body: string;
    type: string | undefined;
    getHeader(name: string): string | null;
    addHeader(name: string, value: string): string;
    getBody(): string;
  }

  /** Whoever makes the events decides their class, so a callback may ask for a subclass: bivariant, as methods are. */
  export type ReplyCallback = { call(event: Event): void }['call'];

  /** An EventEmitter2 with wildcards; events are named `esl::event::<NAME>::<uuid>`. */
  export class Connection {
    constructor(socket: Socket, ready?: () => void);
    socket: Socket | null;
    connecting: boolean;
    channelData: Event | null;
    cmdCallbackQueue: (ReplyCallback | undefined)[];
    apiCallbackQueue: (ReplyCallback | undefined)[];
    on(event: string, listener: (...values: never[]) => void): this;
    once(event: string, listener: (...values: never[]) => void): this;
    emit(event: string, ...values: unknown[]): boolean;
    send(command: string, args?: Record<string, string> | null): void;
    sendRecv(command: string, args?: Record<string, string> | null, callback?: ReplyCallback): void;
    sendRecv(command: string, callback?: ReplyCallback): void;
    api(command: string, args: string, callback: ReplyCallback): void;
    subscribe(events: readonly string[], callback: ReplyCallback): void;
    execute(application: string, argument: string, callback: ReplyCallback): string;
    setEventLock(value: boolean): void;
    getInfo(): Event | null;
    _onConnect(): void;
    _onEvent(event: Event, headers: Record<string, string>, body?: string): void;
    _onError(error: Error): void;
    _doExec(uuid: string, command: string, args: Record<string, string>, callback?: ReplyCallback): string;
    execLock: boolean;
  }

  const modesl: { Connection: typeof Connection; Event: typeof Event };
  export default modesl;
}
