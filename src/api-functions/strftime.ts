/** `strftime` (mod_dptools.c) and `strftime_tz` (mod_commands.c): a time as text, by the server's clock or another zone's. */
import type { Bytes } from '../bytes.js';
import { atoi } from '../dialplan/c-values.js';
import type { Moment } from '../dialplan/date-time.js';
import { readClock } from '../dialplan/time-zone.js';
import { formatTime } from './format-time.js';

const DEFAULT_FORMAT = '%Y-%m-%d %T';
/** FreeSWITCH's buffer: what does not fit is not written. */
const LONGEST = 79;

/** `[<epoch seconds>|]<format>`. Behind the bar FreeSWITCH 1.11 passes over one character of the format. */
export function strftime(args: Bytes, moment: Moment): Bytes | undefined {
  const bar = args.indexOf('|');
  const epochMs = bar < 0 ? moment.epochMs : atoi(args.slice(0, bar)) * 1000;
  return format(bar < 0 ? args : args.slice(bar + 2), epochMs, moment.serverZone);
}

/** `<zone> [<epoch seconds>|]<format>` */
export function strftimeInZone(args: Bytes, moment: Moment): Bytes | undefined {
  const [, zone = '', seconds, text = ''] = /^([^ ]*)(?: (?:([^|]*)\|)?([^]*))?$/.exec(args) ?? [];
  const when = seconds === undefined ? 0 : atoi(seconds) * 1000;
  return format(text, when === 0 ? moment.epochMs : when, zone);
}

function format(text: Bytes, epochMs: number, zone: string): Bytes | undefined {
  const clock = readClock(epochMs, zone);
  if (clock === undefined) return undefined;
  const formatted = formatTime(text === '' ? DEFAULT_FORMAT : text, clock, zone);
  return formatted !== undefined && formatted.length > LONGEST ? undefined : formatted;
}
