/** `strftime`: a clock reading as text, with the conversions C knows; in English, as FreeSWITCH's C locale is. */
import type { Bytes } from '../bytes.js';
import type { ClockReading } from '../dialplan/time-zone.js';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const CONVERSIONS: Readonly<Record<string, (clock: ClockReading) => string>> = {
  A: (clock) => DAYS[clock.weekday - 1] as string,
  B: (clock) => MONTHS[clock.month - 1] as string,
  C: (clock) => two(Math.floor(clock.year / 100)),
  D: (clock) => `${two(clock.month)}/${two(clock.day)}/${two(clock.year % 100)}`,
  F: (clock) => `${clock.year}-${two(clock.month)}-${two(clock.day)}`,
  H: (clock) => two(clock.hour),
  I: (clock) => two(clock.hour % 12 || 12),
  M: (clock) => two(clock.minute),
  R: (clock) => `${two(clock.hour)}:${two(clock.minute)}`,
  S: (clock) => two(clock.second),
  T: (clock) => `${two(clock.hour)}:${two(clock.minute)}:${two(clock.second)}`,
  Y: (clock) => String(clock.year),
  Z: () => 'UTC',
  a: (clock) => (DAYS[clock.weekday - 1] as string).slice(0, 3),
  b: (clock) => (MONTHS[clock.month - 1] as string).slice(0, 3),
  d: (clock) => two(clock.day),
  e: (clock) => String(clock.day).padStart(2, ' '),
  c: (clock) => fill('%a %b %e %H:%M:%S %Y', clock),
  h: (clock) => (MONTHS[clock.month - 1] as string).slice(0, 3),
  j: (clock) => String(clock.yearDay).padStart(3, '0'),
  k: (clock) => String(clock.hour).padStart(2, ' '),
  l: (clock) => String(clock.hour % 12 || 12).padStart(2, ' '),
  m: (clock) => two(clock.month),
  n: () => '\n',
  r: (clock) => fill('%I:%M:%S %p', clock),
  s: (clock) => String(epochSeconds(clock)),
  x: (clock) => fill('%m/%d/%y', clock),
  X: (clock) => fill('%H:%M:%S', clock),
  p: (clock) => (clock.hour < 12 ? 'AM' : 'PM'),
  t: () => '\t',
  u: (clock) => String(clock.weekday - 1 || 7),
  w: (clock) => String(clock.weekday - 1),
  y: (clock) => two(clock.year % 100),
  z: (clock) => offsetText(clock.offset),
  '%': () => '%',
};

/** Conversions of C whose result is not known here; any other letter stays as it stands. */
const NOT_KNOWN = /%[EGOPUVWg+]/;
const UTC_ZONES = new Set(['UTC', 'Etc/UTC']);

/** Undefined for a format with a conversion whose result is not known: weeks, and the abbreviation of a zone but UTC's. */
export function formatTime(format: Bytes, clock: ClockReading, zone: string): Bytes | undefined {
  const plain = format.replaceAll('%%', '');
  if (NOT_KNOWN.test(plain) || (plain.includes('%Z') && !UTC_ZONES.has(zone))) return undefined;
  return fill(format, clock);
}

function fill(format: Bytes, clock: ClockReading): Bytes {
  return format.replace(/%([^])/g, (conversion, letter: string) =>
    Object.hasOwn(CONVERSIONS, letter) ? (CONVERSIONS[letter]?.(clock) ?? conversion) : conversion,
  );
}

function epochSeconds({ year, month, day, hour, minute, second, offset }: ClockReading): number {
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - offset;
}

function offsetText(seconds: number): string {
  const minutes = Math.abs(Math.trunc(seconds / 60));
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
