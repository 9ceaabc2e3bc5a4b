/** The variables a channel gets when it hangs up: stamps, epochs, durations (`switch_channel_set_timestamps`). */
import type { Bytes } from '../bytes.js';
import { localDate } from './date-format.js';
import { q850Code, type HangupCause } from './hangup-causes.js';
import type { ProfileTime, SimulatedChannel } from './simulated-channel.js';

export interface LastApplication {
  readonly application: Bytes;
  readonly data: Bytes;
}

const STAMPS: readonly (readonly [name: string, time: ProfileTime])[] = [
  ['start', 'Channel-Created-Time'],
  ['profile_start', 'Profile-Created-Time'],
  ['answer', 'Channel-Answered-Time'],
  ['bridge', 'Channel-Bridged-Time'],
  ['hold', 'Channel-Last-Hold'],
  ['resurrect', 'Channel-Resurrect-Time'],
  ['progress', 'Channel-Progress-Time'],
  ['progress_media', 'Channel-Progress-Media-Time'],
  ['end', 'Channel-Hangup-Time'],
];
const EPOCHS: readonly (readonly [name: string, time: ProfileTime])[] = [
  ['start', 'Channel-Created-Time'],
  ['profile_start', 'Profile-Created-Time'],
  ['answer', 'Channel-Answered-Time'],
  ['bridge', 'Channel-Bridged-Time'],
  ['last_hold', 'Channel-Last-Hold'],
];
const LATER_EPOCHS: readonly (readonly [name: string, time: ProfileTime])[] = [
  ['resurrect', 'Channel-Resurrect-Time'],
  ['progress', 'Channel-Progress-Time'],
  ['progress_media', 'Channel-Progress-Media-Time'],
  ['end', 'Channel-Hangup-Time'],
];
/** From which time to which a duration counts, in FreeSWITCH's order; 0 where the second or the condition is missing. */
const DURATIONS: readonly (readonly [name: string, from: ProfileTime, to: ProfileTime, condition?: ProfileTime])[] = [
  ['duration', 'Channel-Created-Time', 'Channel-Hangup-Time'],
  ['bill', 'Channel-Answered-Time', 'Channel-Hangup-Time', 'Channel-Answered-Time'],
  ['progress', 'Channel-Created-Time', 'Channel-Progress-Time'],
  ['answer', 'Channel-Created-Time', 'Channel-Answered-Time'],
  ['wait', 'Channel-Created-Time', 'Channel-Bridged-Time'],
  ['progress_media', 'Channel-Created-Time', 'Channel-Progress-Media-Time'],
  ['flow_bill', 'Channel-Created-Time', 'Channel-Hangup-Time', 'Channel-Answered-Time'],
];
/** Seconds are the difference of whole seconds, milliseconds that of whole milliseconds. */
const UNITS: readonly (readonly [unit: string, microseconds: number])[] = [
  ['sec', 1_000_000],
  ['msec', 1000],
  ['usec', 1],
];

export function setHangupVariables(
  channel: SimulatedChannel,
  cause: HangupCause,
  last: LastApplication | undefined,
  digits: Bytes,
): void {
  channel.set('hangup_cause', cause);
  channel.set('hangup_cause_q850', String(q850Code(cause)));
  channel.set('digits_dialed', digits || 'none');
  for (const [name, time] of STAMPS) {
    const at = channel.time(time);
    if (at > 0) channel.set(`${name}_stamp`, localDate(at / 1000));
  }
  setEpochs(channel, EPOCHS);
  const hold = channel.time('Channel-Hold-Accum');
  channel.set('hold_accum_seconds', String(Math.floor(hold / 1_000_000)));
  channel.set('hold_accum_usec', String(hold));
  channel.set('hold_accum_ms', String(Math.floor(hold / 1000)));
  setEpochs(channel, LATER_EPOCHS);
  channel.set('last_app', last?.application);
  channel.set('last_arg', last?.data);
  channel.set('caller_id', callerId(channel));
  for (const [unit, microseconds] of UNITS) {
    for (const [name, from, to, condition = to] of DURATIONS) {
      const passed =
        channel.time(condition) === 0
          ? 0
          : Math.floor(channel.time(to) / microseconds) - Math.floor(channel.time(from) / microseconds);
      channel.set(durationName(name, unit), String(passed));
    }
  }
}

function setEpochs(channel: SimulatedChannel, epochs: typeof EPOCHS): void {
  for (const [name, time] of epochs) {
    channel.set(`${name}_epoch`, String(Math.floor(channel.time(time) / 1_000_000)));
    channel.set(`${name}_uepoch`, String(channel.time(time)));
  }
}

function callerId(channel: SimulatedChannel): Bytes {
  const name = channel.profile.readByName('caller_id_name') ?? '';
  const number = channel.profile.readByName('caller_id_number') ?? '';
  return name === '' ? number : `"${name}" <${number}>`;
}

/** `duration`, `mduration`, `uduration`; all the others have the unit behind. */
function durationName(name: string, unit: string): string {
  if (name === 'duration') return unit === 'sec' ? name : `${unit.charAt(0)}${name}`;
  return `${name}${unit}`;
}
