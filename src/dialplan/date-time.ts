/** The time attributes of a condition (`switch_xml_std_datetime_check` and the comparisons it uses). */
import type { Bytes } from '../bytes.js';
import { atoi, isNumber, isTrue } from './c-values.js';
import { isDaylightSaving, readClock, readClockAtOffset, zoneOffset, type ClockReading } from './time-zone.js';

export const TIME_ATTRIBUTES = [
  'date-time',
  'year',
  'yday',
  'mon',
  'mday',
  'week',
  'mweek',
  'wday',
  'hour',
  'minute',
  'minute-of-day',
  'time-of-day',
  'tz-offset',
  'dst',
] as const;

export type TimeAttribute = (typeof TIME_ATTRIBUTES)[number];

/** The attributes one condition has; an empty one counts as present. */
export type TimeTest = Readonly<Partial<Record<TimeAttribute, Bytes>>>;

/** When, and by which clocks. */
export interface Moment {
  readonly epochMs: number;
  /** The zone FreeSWITCH's server is set to, by its IANA name. */
  readonly serverZone: string;
}

/** What the channel says about its clock: variables `tod_tz_offset` and `timezone`. */
export interface ChannelClock {
  readonly offsetHours: Bytes | undefined;
  readonly zone: Bytes | undefined;
}

const SECONDS_PER_HOUR = 3600;
/** FreeSWITCH's own mark for a `tz-offset` that is none, which holds. */
const NO_OFFSET = -1000;
const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const COMPARISONS: readonly (readonly [TimeAttribute, (clock: ClockReading) => number])[] = [
  ['year', (clock) => clock.year],
  ['yday', (clock) => clock.yearDay],
  ['mon', (clock) => clock.month],
  ['mday', (clock) => clock.day],
  ['week', (clock) => Math.floor((clock.yearDay - 1) / 7) + 1],
  ['mweek', weekOfMonth],
  ['hour', (clock) => clock.hour],
  ['minute', (clock) => clock.minute],
  ['minute-of-day', (clock) => clock.hour * 60 + clock.minute + 1],
];

/** Whether every attribute holds; undefined where none is a test (no attribute, or only an empty `dst`). */
export function timeMatches(test: TimeTest, moment: Moment, channelClock: ChannelClock): boolean | undefined {
  const isTest = TIME_ATTRIBUTES.some((name) => test[name] !== undefined && (name !== 'dst' || test.dst !== ''));
  if (!isTest) return undefined;
  const clock = channelReading(moment, channelClock);
  // FreeSWITCH goes on with a clock it never set; no test of an unknown zone holds here.
  if (clock === undefined) return false;
  const { offsetHours } = channelClock;
  const hours = isOffset(offsetHours) ? atoi(offsetHours) : Math.trunc(clock.offset / SECONDS_PER_HOUR);
  return offsetHolds(test, hours) && dstHolds(test, moment) && dateTimeHolds(test, moment) && clockHolds(test, clock);
}

/** Whether `tod_tz_offset` says how many hours; if it does, `timezone` counts for nothing. */
export function isOffset(hours: Bytes | undefined): hours is Bytes {
  return hours !== undefined && hours !== '' && isNumber(hours);
}

function channelReading(moment: Moment, { offsetHours, zone }: ChannelClock): ClockReading | undefined {
  if (isOffset(offsetHours)) {
    return readClockAtOffset(moment.epochMs, Math.imul(atoi(offsetHours), SECONDS_PER_HOUR));
  }
  return readClock(moment.epochMs, zone === undefined || zone === '' ? moment.serverZone : zone);
}

function offsetHolds(test: TimeTest, hours: number): boolean {
  const wanted = test['tz-offset'];
  if (wanted === undefined || wanted === '' || !isNumber(wanted)) return true;
  return atoi(wanted) === hours || atoi(wanted) === NO_OFFSET;
}

function dstHolds(test: TimeTest, moment: Moment): boolean {
  if (test.dst === undefined || test.dst === '') return true;
  return isTrue(test.dst) && isDaylightSaving(moment.epochMs, moment.serverZone);
}

function dateTimeHolds(test: TimeTest, moment: Moment): boolean {
  const ranges = test['date-time'];
  if (ranges === undefined) return true;
  const epochMicroseconds = moment.epochMs * 1000;
  for (const range of ranges.split(',')) {
    const tilde = range.indexOf('~');
    if (tilde < 0) continue;
    const start = parseDateTime(range.slice(0, tilde), moment);
    const end = parseDateTime(range.slice(tilde + 1), moment);
    if (start === 0 || end === 0) return false;
    if (start <= epochMicroseconds && end > epochMicroseconds) return true;
  }
  return false;
}

function clockHolds(test: TimeTest, clock: ClockReading): boolean {
  for (const [name, reading] of COMPARISONS) {
    const list = test[name];
    if (list !== undefined && !numberInList(list, reading(clock))) return false;
  }
  if (test.wday !== undefined && !weekdayInList(test.wday, clock.weekday)) return false;
  const timeOfDay = test['time-of-day'];
  return timeOfDay === undefined || timeInList(timeOfDay, clock.hour * 3600 + clock.minute * 60 + clock.second);
}

function weekOfMonth(clock: ClockReading): number {
  const firstWeekday = (7 - ((clock.day - clock.weekday) % 7)) % 7;
  return Math.ceil((clock.day + firstWeekday) / 7);
}

/** `a`, `a-b`, comma separated; a reversed range wraps, text reads as 0, any other character ends the list. */
function numberInList(list: Bytes, value: number): boolean {
  let rest = list;
  const read = (): number => {
    const number = /^[ \t\n\v\f\r]*[+-]?\d+/.exec(rest)?.[0] ?? '';
    rest = rest.slice(number.length);
    return atoi(number);
  };
  for (;;) {
    const first = read();
    if (rest.startsWith('-')) {
      rest = rest.slice(1);
      if (inRange(value, first, read())) return true;
    } else if (first === value) {
      return true;
    }
    if (!rest.startsWith(',')) return false;
    rest = rest.slice(1);
  }
}

function inRange(value: number, first: number, last: number): boolean {
  return first <= last ? value >= first && value <= last : value >= first || value <= last;
}

/** Days `1`–`7` or three letters, ranges that may wrap, commas; anything else ends the list. */
function weekdayInList(list: Bytes, weekday: number): boolean {
  let previous: number | undefined;
  let rangeStart: number | undefined;
  for (let at = 0; at < list.length;) {
    const character = list[at] as string;
    if (character === ',') {
      previous = undefined;
      at += 1;
      continue;
    }
    if (character === '-') {
      rangeStart = previous;
      previous = HYPHEN;
      at += 1;
      continue;
    }
    const isDigit = character >= '1' && character <= '7';
    const day = isDigit ? Number(character) : DAY_NAMES.indexOf(list.slice(at, at + 3).toLowerCase()) + 1;
    if (day === 0) return false;
    at += isDigit ? 1 : 3;
    if (rangeStart === undefined) {
      if (day === weekday) return true;
    } else {
      if (inRange(weekday, rangeStart, day)) return true;
      rangeStart = undefined;
    }
    previous = day;
  }
  return false;
}

/** FreeSWITCH keeps a hyphen as the code of its character where it keeps the day before: two hyphens make a range of it. */
const HYPHEN = 0x2d;

/** `hh:mm[:ss]-hh:mm[:ss]`, comma separated, both ends included, wraps over midnight. */
function timeInList(list: Bytes, second: number): boolean {
  return list.split(',').some((range) => {
    const hourEnd = range.indexOf(':');
    const hyphen = hourEnd < 0 ? -1 : range.indexOf('-', hourEnd + 1);
    const lastColon = hyphen < 0 ? -1 : range.indexOf(':', hyphen);
    if (lastColon < 0) return false;
    const [minute, seconds] = splitAtColon(range.slice(hourEnd + 1, hyphen));
    const [lastMinute, lastSeconds] = splitAtColon(range.slice(lastColon + 1));
    const first = atoi(range.slice(0, hourEnd)) * 3600 + minute * 60 + seconds;
    const last = atoi(range.slice(hyphen + 1, lastColon)) * 3600 + lastMinute * 60 + lastSeconds;
    return inRange(second, first, last);
  });
}

function splitAtColon(text: Bytes): [number, number] {
  const colon = text.indexOf(':');
  return colon < 0 ? [atoi(text), 0] : [atoi(text.slice(0, colon)), atoi(text.slice(colon + 1))];
}

const TIME_ONLY = /^(\d*):?(\d*):?(\d*)(?=\n?$)/;
const DATE_AND_TIME = /^(\d+)-(\d+)-(\d+)[ \t\n\v\f\r]*(\d*):?(\d*):?(\d*)/;
const DIGITS_ONLY = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})/;

/** `switch_str_time`: microseconds since the epoch, read in the server's zone; 0 for what is no date, or before 1970. */
function parseDateTime(text: Bytes, { epochMs, serverZone }: Moment): number {
  let wallClock: number;
  const time = TIME_ONLY.exec(text);
  if (time !== null) {
    const today = readClock(epochMs, serverZone);
    if (today === undefined) return 0;
    wallClock = wallClockMs(today.year, today.month, today.day, time.slice(1));
    wallClock += epochMs % 1000;
  } else {
    const date = DATE_AND_TIME.exec(text) ?? DIGITS_ONLY.exec(text);
    if (date === null) return 0;
    wallClock = wallClockMs(atoi(date[1] as string), atoi(date[2] as string), atoi(date[3] as string), date.slice(4));
  }
  // FreeSWITCH takes the offset the server's zone has where this reading, taken as UTC, is the time.
  const offset = wallClock >= 0 ? zoneOffset(wallClock, serverZone) : undefined;
  return offset === undefined ? 0 : (wallClock - offset * 1000) * 1000;
}

function wallClockMs(year: number, month: number, day: number, time: readonly (string | undefined)[]): number {
  const [hour, minute, second] = [0, 1, 2].map((index) => atoi(time[index] ?? '')) as [number, number, number];
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}
