/** What a session rejects with. `code` is for programs, the message for people, `cause` where another error is behind it. */

/** Without a stack: what FreeSWITCH did has no place in this program, and nearly every call ends with one of these. */
export abstract class EslError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = new.target.name;
  }
}

/** The channel is gone; nothing can be executed on it any more. */
export class ChannelHungUp extends EslError {
  readonly code = 'CHANNEL_HUNG_UP';

  /** @param hangupCause FreeSWITCH's name of the cause, such as `NORMAL_CLEARING`; undefined if it did not say. */
  constructor(readonly hangupCause: string | undefined) {
    super(`the channel was hung up${hangupCause === undefined ? '' : `: ${hangupCause}`}`);
  }
}

/** The socket to FreeSWITCH is closed, whatever became of the channel. */
export class SocketClosed extends EslError {
  readonly code = 'SOCKET_CLOSED';

  constructor(cause?: unknown) {
    super(
      `the socket to FreeSWITCH was closed${cause instanceof Error ? `: ${cause.message}` : ''}`,
      cause === undefined ? undefined : { cause },
    );
  }
}

/** FreeSWITCH, or this side before it was sent, refused a command. */
export class CommandRefused extends EslError {
  readonly code = 'COMMAND_REFUSED';

  constructor(
    readonly command: string,
    readonly reply: string,
  ) {
    super(`${command}: ${reply}`);
  }
}

/** The bytes from the peer are not what the protocol says. */
export class ProtocolError extends EslError {
  readonly code = 'PROTOCOL_ERROR';
}

/** The channel goes on without this session: transferred, or its `socket` application ended. */
export class ChannelLeft extends EslError {
  readonly code = 'CHANNEL_LEFT';

  constructor() {
    super('the channel was transferred away');
  }
}
