/** Recorded sessions: pieces of both directions with their times, and FreeSWITCH's frames in them. */
import { readFileSync } from 'node:fs';
import type { Bytes } from '../../src/bytes.js';
import type { ChannelData } from '../../src/dialplan/caller-profile.js';

export interface Piece {
  /** `>` the controller sent it, `<` FreeSWITCH did, `#` a remark. */
  readonly direction: '>' | '<' | '#';
  /** Milliseconds since the connection. */
  readonly at: number;
  readonly bytes: Bytes;
}

export interface Frame {
  /** When its last byte came. */
  readonly at: number;
  readonly head: Bytes;
  readonly body: Bytes;
}

export function readRecording(name: string): Piece[] {
  const text = readFileSync(new URL(`../captures/${name}.transcript`, import.meta.url), 'latin1');
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    const [, direction, length, seconds] = /^=== ([<>#]) (\d+) ([\d.]+)$/.exec(text.slice(at, end)) ?? [];
    if (direction === undefined) throw new Error(`${name}: no piece at ${at}`);
    const bytes = text.slice(end + 1, end + 1 + Number(length));
    pieces.push({ direction: direction as Piece['direction'], at: Math.round(Number(seconds) * 1000), bytes });
    at = end + 2 + Number(length);
  }
  return pieces;
}

/** What FreeSWITCH sent, frame by frame; an unfinished one at the end is one too. */
export function framesOf(pieces: readonly Piece[]): Frame[] {
  const frames: Frame[] = [];
  let received = '';
  for (const { direction, at, bytes } of pieces) {
    if (direction !== '<') continue;
    received += bytes;
    for (let length = frameLength(received); length !== undefined; length = frameLength(received)) {
      const frame = received.slice(0, length);
      const split = frame.indexOf('\n\n') + 2;
      frames.push({ at, head: frame.slice(0, split), body: frame.slice(split) });
      received = received.slice(length);
    }
  }
  if (received !== '') frames.push({ at: pieces.at(-1)?.at ?? 0, head: received, body: '' });
  return frames;
}

function frameLength(received: Bytes): number | undefined {
  const end = received.indexOf('\n\n');
  if (end < 0) return undefined;
  const length = end + 2 + Number(/^Content-Length: (\d+)$/m.exec(received.slice(0, end))?.[1] ?? 0);
  return received.length < length ? undefined : length;
}

/** The channel as the reply to `connect` shows it. */
export function channelOf(pieces: readonly Piece[]): ChannelData | undefined {
  const reply = framesOf(pieces).find(({ head }) => head.startsWith('Event-Name: CHANNEL_DATA'));
  if (reply === undefined) return undefined;
  const channel = new Map<string, Bytes>();
  for (const line of reply.head.trimEnd().split('\n')) {
    const colon = line.indexOf(': ');
    channel.set(line.slice(0, colon), decode(line.slice(colon + 2)));
  }
  return channel;
}

export function decode(value: Bytes): Bytes {
  return value.replace(/%([0-9A-F]{2})/g, (_text, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
