/** Playing a file or a stream (`switch_ivr_play_file`); how long it lasts, the script or the stream itself says. */
import type { Bytes } from '../bytes.js';
import { atoi } from '../dialplan/c-values.js';
import { millisecondsOf } from './duration.js';
import type { Header } from './event.js';
import type { Duration } from './script.js';
import type { SimulatedSession } from './simulated-session.js';
import type { Thread } from './thread.js';

export const FILE_PLAYED = 'FILE PLAYED';
const PLAYBACK_ERROR = 'PLAYBACK ERROR';
const A_FILE_MS = 2000;
const SAMPLES_PER_MS = 8;
const SILENCE = 'silence_stream://';
const TONE = 'tone_stream://';

/** Plays, and returns what the application `playback` would respond. `onDigit` says of a digit whether it ends it. */
export function* playFile(session: SimulatedSession, file: Bytes, onDigit?: (digit: Bytes) => boolean): Thread<Bytes> {
  const { channel, core } = session;
  const { lasts, response = FILE_PLAYED } = session.behaviour('playback', file);
  if (file === '' || !channel.mediaReady) return PLAYBACK_ERROR;
  // A file that cannot be played is not begun either.
  if (response !== FILE_PLAYED) return response;
  const about: Header[] = [
    ['Playback-File-Type', file.startsWith(TONE) ? 'tone_stream' : ''],
    ['Playback-File-Path', file],
  ];
  const started = core.clock.now();
  const length = millisecondsOf(lasts ?? streamLength(file) ?? A_FILE_MS);
  session.fire('PLAYBACK_START', { trail: about });
  const loop = { until: started + length, messages: 'all', pausedByMessages: true } as const;
  const end = yield* session.frames(onDigit === undefined ? loop : { ...loop, onDigit });
  const played = Math.round(Math.min(core.clock.now() - started, length));
  channel.set('playback_last_offset_pos', String(played * SAMPLES_PER_MS));
  channel.set('playback_seconds', String(Math.floor(played / 1000)));
  channel.set('playback_ms', String(played));
  channel.set('playback_samples', String(played * SAMPLES_PER_MS));
  session.fire('PLAYBACK_STOP', { trail: [...about, ['Playback-Status', end === 'break' ? 'break' : 'done']] });
  return end === 'not ready' ? PLAYBACK_ERROR : response;
}

/** What a stream's own name says: `silence_stream://700`, `tone_stream://%(on,off,hertz…);loops=n`. */
function streamLength(file: Bytes): Duration | undefined {
  if (file.startsWith(SILENCE)) {
    const length = atoi(file.slice(SILENCE.length));
    return length < 0 ? 'forever' : length;
  }
  if (!file.startsWith(TONE)) return undefined;
  const loops = atoi(/;loops=(-?\d+)/.exec(file)?.[1] ?? '1');
  if (loops < 0) return 'forever';
  let round = 0;
  for (const [, on = '', off = ''] of file.matchAll(/%\((\d+),(\d+)/g)) round += atoi(on) + atoi(off);
  return round * loops;
}
