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
  a: (clock) => (DAYS[clock.weekday - 1] as string).slice(0, 3),
  b: (clock) => (MONTHS[clock.month - 1] as string).slice(0, 3),
  d: (clock) => two(clock.day),
  e: (clock) => String(clock.day).padStart(2, ' '),
  h: (clock) => (MONTHS[clock.month - 1] as string).slice(0, 3),
  j: (clock) => String(clock.yearDay).padStart(3, '0'),
  k: (clock) => String(clock.hour).padStart(2, ' '),
  l: (clock) => String(clock.hour % 12 || 12).padStart(2, ' '),
  m: (clock) => two(clock.month),
  n: () => '\n',
  p: (clock) => (clock.hour < 12 ? 'AM' : 'PM'),
  t: () => '\t',
  u: (clock) => String(clock.weekday - 1 || 7),
  w: (clock) => String(clock.weekday - 1),
  y: (clock) => two(clock.year % 100),
  z: (clock) => offsetText(clock.offset),
  '%': () => '%',
};

/** Undefined for a format with a conversion whose result is not known here (`%Z`, `%U` …). */
export function formatTime(format: Bytes, clock: ClockReading): Bytes | undefined {
  const letters = [...format.matchAll(/%([^])/g)].map(([, letter = '']) => letter);
  if (!letters.every((letter) => Object.hasOwn(CONVERSIONS, letter))) return undefined;
  return format.replace(/%([^])/g, (conversion, letter: string) => CONVERSIONS[letter]?.(clock) ?? conversion);
}

function offsetText(seconds: number): string {
  const minutes = Math.abs(Math.trunc(seconds / 60));
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
