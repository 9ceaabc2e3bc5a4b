/** FreeSWITCH's end of an event socket, said byte by byte: for what a FreeSWITCH would not say, or not in that moment. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { AwaitedText } from './awaited-text.js';

export const OK = 'Content-Type: command/reply\nReply-Text: +OK\n\n';

const CHANNEL_DATA = [
  'Event-Name: CHANNEL_DATA',
  'Unique-ID: 5b8f3c1e-0000-4000-8000-000000000001',
  'Channel-State: CS_EXECUTE',
  'Channel-State-Number: 4',
  'Answer-State: answered',
  'Caller-Caller-ID-Number: 1001',
  'Caller-Destination-Number: 1002',
  'Content-Type: command/reply',
  'Reply-Text: %2BOK%0A',
  'Control: full',
];

export class RawPeer extends AwaitedText {
  readonly closed: Promise<unknown>;

  private constructor(readonly socket: Socket) {
    super(socket);
    this.closed = once(socket, 'close').catch(() => undefined);
  }

  static async dial(port: number): Promise<RawPeer> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const peer = new RawPeer(socket);
    await once(socket, 'connect');
    return peer;
  }

  /** Dials, and tells a channel's data when it is asked to; answers nothing after that. */
  static async dialled(port: number, mode: 'async' | 'static' = 'async'): Promise<RawPeer> {
    const peer = await RawPeer.dial(port);
    await peer.until('connect\n\n');
    peer.tellChannel(mode);
    return peer;
  }

  /** What FreeSWITCH answers to `connect`. */
  tellChannel(mode: 'async' | 'static'): void {
    this.send(`${[...CHANNEL_DATA, `Socket-Mode: ${mode}`].join('\n')}\n\n`);
  }

  send(bytes: string): void {
    this.socket.write(bytes, 'latin1');
  }
}
