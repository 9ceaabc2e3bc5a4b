/** Plays the controller's side of a recording to a simulated call over real TCP, on a clock that follows the recording. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket, type TcpNetConnectOpts } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Bytes } from '../../src/bytes.js';
import type { ChannelData } from '../../src/dialplan/caller-profile.js';
import { callApi } from '../../src/simulator/api-functions.js';
import type { CallResult } from '../../src/simulator/call-result.js';
import { compileScript } from '../../src/simulator/compile-script.js';
import { FreeSwitch } from '../../src/simulator/free-switch.js';
import type { Dial, Dialling } from '../../src/simulator/network.js';
import type { Script } from '../../src/simulator/script.js';
import { simulateCall } from '../../src/simulator/simulate-call.js';
import { tcpDial } from '../../src/simulator/tcp-dial.js';
import { ManualClock } from './manual-clock.js';
import { channelOf, framesOf, type Piece } from './recording.js';

/** What happens to the call from outside: an API command, `$U` for its uuid, or the controller closing. */
export type Outside = { readonly api: string } | 'close';

export interface ReplayOptions {
  readonly pieces: readonly Piece[];
  readonly channel?: ChannelData;
  readonly script?: Script;
  /** What a remark of the recording stands for. */
  readonly outside?: (remark: string) => Outside | undefined;
  /** What happened although no remark says so: milliseconds since the connection. */
  readonly unremarked?: readonly { readonly at: number; readonly outside: Outside }[];
}

export interface Replayed {
  readonly pieces: readonly Piece[];
  /** What came of it after the recording's end, when the controller had closed and time went by. */
  readonly result: CallResult;
}

/** How long the clock runs on behind the recording's last piece, for what is still under way. */
const TAIL_MS = 50;
/** Real time. */
const PATIENCE_MS = 4000;
const AFTERWARDS_MS = 1_000_000;

export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { pieces } = options;
  const channel = options.channel ?? channelOf(pieces);
  if (channel === undefined) throw new Error('the recording shows no channel');
  const reply = framesOf(pieces).find(({ head }) => head.startsWith('Event-Name: CHANNEL_DATA'));
  const clock = new ManualClock();
  const epoch = Math.floor(Number(channel.get('Event-Date-Timestamp')) / 1000) - (reply?.at ?? 0);
  const freeSwitch = new FreeSwitch(clock, compileScript(options.script ?? {}), epoch);
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const line = new Line(clock);
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const call = simulateCall(freeSwitch, {
    channel,
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asynchronous: channel.get('Socket-Mode') === 'async',
    full: channel.get('Control') !== 'single-channel',
    dial: line.dial,
  });
  const [socket] = await accepted;
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => undefined);
  await line.connected();
  let sent = 0;
  for (const step of stepsOf(options)) {
    clock.advanceTo(step.at);
    if (step.send !== undefined) {
      socket.write(step.send, 'latin1');
      sent += step.send.length;
      await until(() => line.received >= sent || line.closed);
    } else if (step.outside === 'close') {
      socket.destroy();
      await until(() => line.gone);
    } else if (step.outside !== undefined) {
      const [, name = '', args = ''] = /^(\S+) ?(.*)$/.exec(step.outside.api.replace('$U', call.uuid)) ?? [];
      clock.enter(() => callApi(freeSwitch, name, args));
    }
  }
  const end = (pieces.at(-1)?.at ?? 0) + TAIL_MS;
  clock.advanceTo(end);
  await until(() => received.length >= line.writtenLength || socket.destroyed);
  const written = [...line.written];
  if (!socket.destroyed && received !== written.map(({ bytes }) => bytes).join('')) {
    throw new Error('what went over the socket is not what was written');
  }
  socket.destroy();
  await until(() => line.gone);
  clock.advanceTo(end + AFTERWARDS_MS);
  const result = await call.result;
  server.close();
  return { pieces: written, result };
}

interface Step {
  readonly at: number;
  readonly send?: Bytes;
  readonly outside?: Outside | undefined;
}

function stepsOf({ pieces, outside, unremarked = [] }: ReplayOptions): Step[] {
  const steps: Step[] = [];
  for (const { direction, at, bytes } of pieces) {
    if (direction === '>') steps.push({ at, send: bytes });
    else if (direction === '#') steps.push({ at, outside: outside?.(bytes) });
  }
  return [...steps, ...unremarked].sort((one, other) => one.at - other.at);
}

/** Dials as the simulator does and keeps note of what goes over the connection, by simulated time. */
class Line {
  readonly written: Piece[] = [];
  writtenLength = 0;
  received = 0;
  closed = false;
  private dialling: Dialling | undefined;

  constructor(private readonly clock: ManualClock) {}

  readonly dial: Dial = (host, port) =>
    (this.dialling = tcpDial(this.clock, (options) => this.open(options))(host, port));

  /** Waits until the simulator has its connection, and from then on notes what goes over it. */
  async connected(): Promise<void> {
    await until(() => this.dialling?.connection !== undefined);
    const connection = this.dialling?.connection;
    if (connection === undefined || connection === null) throw new Error('not connected');
    const write = connection.write.bind(connection);
    const close = connection.close.bind(connection);
    connection.write = (bytes) => {
      this.written.push({ direction: '<', at: this.clock.now(), bytes });
      this.writtenLength += bytes.length;
      write(bytes);
    };
    connection.close = () => {
      this.closed = true;
      close();
    };
  }

  private open(options: TcpNetConnectOpts): Socket {
    const socket = connect(options);
    socket.on('data', (chunk: Buffer | string) => {
      // Counted when the simulator, which listens too, has had it.
      queueMicrotask(() => (this.received += chunk.length));
    });
    return socket;
  }

  get gone(): boolean {
    return this.closed || this.dialling?.connection?.ended === true;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('what a replay waited for did not come');
    await setImmediate();
  }
}
