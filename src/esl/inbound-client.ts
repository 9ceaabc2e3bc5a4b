/** A connection to FreeSWITCH's event socket, the way fs_cli has one: for asking API functions, one after the other. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Bytes } from '../bytes.js';
import { FrameDecoder, type Frame } from './frame-decoder.js';

/** FreeSWITCH cannot be asked; the message says why. */
export class InboundError extends Error {
  readonly code = 'INBOUND';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InboundError';
  }
}

export interface InboundOptions {
  readonly host: string;
  readonly port: number;
  readonly password: Bytes;
  /** How long one answer may take, in milliseconds. */
  readonly timeoutMs: number;
}

const LINE_BREAK = /[\r\n\0]/;

export class InboundClient {
  private readonly decoder = new FrameDecoder();
  private readonly frames: Frame[] = [];
  private wake: (() => void) | undefined;
  private failure: InboundError | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly options: InboundOptions,
  ) {
    socket.on('data', (chunk) => {
      this.onData(chunk);
    });
    socket.on('error', (error) => {
      this.fail(error.message, error);
    });
    socket.on('close', () => {
      this.fail('it closed the connection');
    });
  }

  /** Connects and logs in. @throws {@link InboundError} */
  static async open(options: InboundOptions): Promise<InboundClient> {
    const client = new InboundClient(connect({ host: options.host, port: options.port }), options);
    try {
      const greeting = await client.frame();
      if (greeting.headers.get('Content-Type') !== 'auth/request') {
        throw client.error(
          `expected it to ask for a password, found ${greeting.headers.get('Content-Type') ?? 'no type'}`,
        );
      }
      const reply = await client.command(`auth ${options.password}`, 'command/reply');
      if (!(reply.headers.get('Reply-Text') ?? '').startsWith('+OK'))
        throw client.error('it does not take the password');
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** A function's output. @throws {@link InboundError} */
  async api(command: Bytes): Promise<Bytes> {
    if (LINE_BREAK.test(command)) throw this.error('a command cannot hold a line break');
    return (await this.command(`api ${command}`, 'api/response')).body ?? '';
  }

  close(): void {
    this.socket.destroy();
  }

  private async command(text: Bytes, answeredBy: string): Promise<Frame> {
    this.socket.write(Buffer.from(`${text}\n\n`, 'latin1'));
    for (;;) {
      const frame = await this.frame();
      if (frame.headers.get('Content-Type') === answeredBy) return frame;
    }
  }

  private async frame(): Promise<Frame> {
    const timeout = AbortSignal.timeout(this.options.timeoutMs);
    for (;;) {
      const frame = this.frames.shift();
      if (frame !== undefined) return frame;
      if (this.failure !== undefined) throw this.failure;
      if (timeout.aborted) throw this.error(`no answer within ${this.options.timeoutMs} ms`);
      const more = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      await Promise.race([more, once(timeout, 'abort')]);
    }
  }

  private onData(chunk: Buffer): void {
    try {
      this.frames.push(...this.decoder.push(chunk));
    } catch (error) {
      this.fail((error as Error).message, error as Error);
      this.socket.destroy();
    }
    this.wake?.();
  }

  private fail(message: string, cause?: Error): void {
    this.failure ??= this.error(message, cause);
    this.wake?.();
  }

  private error(message: string, cause?: Error): InboundError {
    const { host, port } = this.options;
    return new InboundError(`FreeSWITCH at ${host}:${port}: ${message}`, cause === undefined ? undefined : { cause });
  }
}
