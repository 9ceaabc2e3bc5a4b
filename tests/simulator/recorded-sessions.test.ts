import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { ChannelData } from '../../src/dialplan/caller-profile.js';
import { freshChannel } from '../../src/simulator/fresh-channel.js';
import { comparable, type ComparedFrame } from './compare-frames.js';
import { recordedSessions, type RecordedSession } from './recorded-sessions.js';
import { channelOf, framesOf, readRecording, type Frame, type Piece } from './recording.js';
import { replay, type Outside } from './replay.js';

const CAPTURES = new URL('../captures/', import.meta.url);
/** A channel for recordings in which FreeSWITCH shows none. */
const someChannel = channelOf(readRecording('experiments/leave-async-close-at-once')) as ChannelData;
/** How far a frame may be from its recorded time: two polls of 20 ms, and what a loaded machine adds. */
const TOLERANCE_MS = 110;

describe('a simulated call says what FreeSWITCH said', () => {
  test.each(recordedSessions)('$name', async (session) => {
    const pieces = readRecording(session.name);
    const channel = channelFor(session, pieces);
    const options = { pieces, channel, outside, script: session.script ?? {}, unremarked: session.unremarked ?? [] };
    const replayed = await replay(options);
    const uuid = channel.get('Unique-ID') as string;
    const recorded = comparable(onlyOwn(session, framesOf(pieces), uuid), uuid, session);
    const simulated = comparable(untilClosed(framesOf(replayed.pieces), pieces), uuid, session);
    const [expected, found] = evened(recorded, simulated);
    expect(text(found)).toBe(text(expected));
    expect(replayed.result.fate).toBe(session.fate);
    for (const [index, { at, title }] of found.entries()) {
      const late = Math.abs(at - (expected[index] as ComparedFrame).at);
      if (late > (session.tolerance ?? TOLERANCE_MS)) throw new Error(`${title} came at ${at} ms, ${late} ms off`);
    }
  });

  test('every recording there is', () => {
    const files = readdirSync(CAPTURES, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.transcript'),
    );
    expect(recordedSessions.map(({ name }) => `${name}.transcript`).sort()).toEqual(files.sort());
  });
});

function channelFor({ variables = {} }: RecordedSession, pieces: readonly Piece[]): ChannelData {
  const shown = channelOf(pieces);
  const uuid = /Controlled-Session-UUID: (.*)/.exec(pieces.map(({ bytes }) => bytes).join(''))?.[1];
  const fallback = uuid === undefined ? someChannel : freshChannel(someChannel, uuid, 0);
  const channel = new Map(shown ?? fallback);
  if (pieces[0]?.bytes.startsWith('socket application') === true) {
    channel.set('Socket-Mode', pieces[0].bytes.includes(' async') ? 'async' : 'static');
  }
  for (const [name, value] of Object.entries(variables)) channel.set(`variable_${name}`, value);
  return channel;
}

function outside(remark: string): Outside | undefined {
  const command = /^outside: (.*)/.exec(remark)?.[1];
  if (command !== undefined) return { api: command };
  if (remark.startsWith('controller closes') || remark.startsWith('the controller closes')) return 'close';
  if (/^(hang the call up|uuid_kill)/.test(remark)) {
    return { api: `uuid_kill $U ${/uuid_kill ([A-Z_]+)/.exec(remark)?.[1] ?? 'NORMAL_CLEARING'}` };
  }
  return remark.startsWith('uuid_break') ? { api: 'uuid_break $U all' } : undefined;
}

/** Without the events of other channels, of which the simulator has none. */
function onlyOwn({ otherChannels }: RecordedSession, frames: Frame[], uuid: string): Frame[] {
  if (otherChannels === undefined) return frames;
  return frames.filter(
    ({ body }) => body === '' || !body.includes('Event-Name: ') || body.includes(`Unique-ID: ${uuid}`),
  );
}

/** The controller does not see what FreeSWITCH writes to a socket it has closed. */
function untilClosed(frames: Frame[], pieces: readonly Piece[]): Frame[] {
  const closed = pieces.find(({ direction, bytes }) => direction === '#' && outside(bytes) === 'close');
  if (closed === undefined) return frames;
  return frames.filter(({ at, head }) => at <= closed.at && !head.includes('Content-Disposition: disconnect'));
}

/**
 * What depends on which of FreeSWITCH's threads is faster is evened out: where among the events of a hang-up the notice of
 * lingering comes, and, without lingering, how many of them still come before the socket is closed.
 */
function evened(recorded: ComparedFrame[], simulated: ComparedFrame[]): [ComparedFrame[], ComparedFrame[]] {
  const [expected, found] = [withNoticeLast(recorded), withNoticeLast(simulated)];
  const hangup = Math.min(cutOff(expected), cutOff(found));
  if (hangup === Infinity) return [expected, found];
  const ends = [expected, found].map((frames) => frames.slice(hangup, -1).map(({ lines }) => lines.join('\n')));
  const [shorter = [], longer = []] = ends.sort((one, other) => one.length - other.length);
  if (shorter.join('\n') !== longer.slice(0, shorter.length).join('\n')) return [expected, found];
  return [
    [...expected.slice(0, hangup), ...expected.slice(-1)],
    [...found.slice(0, hangup), ...found.slice(-1)],
  ];
}

function withNoticeLast(frames: ComparedFrame[]): ComparedFrame[] {
  const notice = frames.findIndex(({ lines }) => lines.includes('Content-Disposition: linger'));
  if (notice < 0) return frames;
  let end = notice + 1;
  while (isEvent(frames[end])) end += 1;
  return [
    ...frames.slice(0, notice),
    ...frames.slice(notice + 1, end),
    frames[notice] as ComparedFrame,
    ...frames.slice(end),
  ];
}

/** Where the last events before the goodbye of a listener that does not linger begin; infinite for one that does. */
function cutOff(frames: readonly ComparedFrame[]): number {
  if (frames.some(({ lines }) => lines.includes('Content-Disposition: linger'))) return Infinity;
  if (frames.at(-1)?.lines.includes('Content-Disposition: disconnect') !== true) return Infinity;
  let start = frames.length - 1;
  while (isEvent(frames[start - 1])) start -= 1;
  return start;
}

function isEvent(frame: ComparedFrame | undefined): boolean {
  return frame?.lines[0]?.startsWith('text/event-') === true;
}

function text(frames: readonly ComparedFrame[]): string {
  return frames.map(({ lines }) => lines.join('\n')).join('\n----\n');
}
