/** Times as FreeSWITCH writes them. A simulated FreeSWITCH lives in UTC. */
import type { Bytes } from '../bytes.js';

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
const DAY_MS = 86_400_000;

const CONVERSIONS: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => String(date.getUTCFullYear()),
  y: (date) => two(date.getUTCFullYear() % 100),
  m: (date) => two(date.getUTCMonth() + 1),
  d: (date) => two(date.getUTCDate()),
  e: (date) => String(date.getUTCDate()).padStart(2, ' '),
  j: (date) => String(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0)) / DAY_MS) + 1).padStart(3, '0'),
  H: (date) => two(date.getUTCHours()),
  I: (date) => two(date.getUTCHours() % 12 || 12),
  M: (date) => two(date.getUTCMinutes()),
  S: (date) => two(date.getUTCSeconds()),
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  A: (date) => DAYS[date.getUTCDay()] as string,
  a: (date) => (DAYS[date.getUTCDay()] as string).slice(0, 3),
  B: (date) => MONTHS[date.getUTCMonth()] as string,
  b: (date) => (MONTHS[date.getUTCMonth()] as string).slice(0, 3),
  u: (date) => String(date.getUTCDay() || 7),
  w: (date) => String(date.getUTCDay()),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  F: (date) => formatTime('%Y-%m-%d', date.getTime()),
  T: (date) => formatTime('%H:%M:%S', date.getTime()),
  Z: () => 'UTC',
  z: () => '+0000',
  '%': () => '%',
};

/** `strftime`, with its common conversions; another stays as it stands. */
export function formatTime(format: Bytes, epochMs: number): Bytes {
  const date = new Date(epochMs);
  return format.replace(/%(.)/g, (text, letter: string) => CONVERSIONS[letter]?.(date) ?? text);
}

/** `switch_rfc822_date` */
export function gmtDate(epochMs: number): Bytes {
  return formatTime('%a, %d %b %Y %H:%M:%S GMT', epochMs);
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
