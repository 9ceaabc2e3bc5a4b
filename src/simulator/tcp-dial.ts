/** Dials controllers over real TCP. */
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import process from 'node:process';
import type { Bytes } from '../bytes.js';
import type { Clock } from './clock.js';
import type { Connection, Dial, Dialling } from './network.js';
import { Signal } from './thread.js';

type OpenSocket = (options: TcpNetConnectOpts) => Socket;

export function tcpDial(clock: Clock, open: OpenSocket = connect): Dial {
  return (host, port) => {
    const activity = new Signal();
    // FreeSWITCH answers commands that are still to be read after the controller has closed its side.
    const socket = open({ host, port, noDelay: true, allowHalfOpen: true });
    const connection = new TcpConnection(socket, clock, activity);
    const dialling: Dialling & { connection: Connection | null | undefined } = { connection: undefined, activity };
    const settle = (outcome: Connection | null): void => {
      if (dialling.connection !== undefined) return;
      clock.enter(() => {
        dialling.connection = outcome;
        activity.raise();
      });
    };
    socket.on('connect', () => {
      settle(connection);
    });
    socket.on('error', () => {
      settle(null);
    });
    return dialling;
  };
}

class TcpConnection implements Connection {
  ended = false;
  private received = '';
  /** What is said in one turn of the process goes out in one write. */
  private unsent = '';

  constructor(
    private readonly socket: Socket,
    private readonly clock: Clock,
    private readonly activity: Signal,
  ) {
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      clock.enter(() => {
        this.received += chunk;
        activity.raise();
      });
    });
    socket.on('end', () => {
      this.finish();
    });
    socket.on('close', () => {
      this.finish();
    });
  }

  take(): Bytes {
    const { received } = this;
    this.received = '';
    return received;
  }

  write(bytes: Bytes): void {
    if (this.unsent === '') {
      process.nextTick(() => {
        this.flush();
      });
    }
    this.unsent += bytes;
  }

  close(): void {
    this.flush();
    this.socket.destroySoon();
  }

  break(): void {
    this.socket.destroy();
    this.finish();
  }

  private flush(): void {
    const { unsent } = this;
    this.unsent = '';
    if (unsent !== '' && this.socket.writable) this.socket.write(unsent, 'latin1');
  }

  private finish(): void {
    if (this.ended) return;
    this.clock.enter(() => {
      this.ended = true;
      this.activity.raise();
    });
  }
}
