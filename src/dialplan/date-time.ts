/** The time attributes of a condition (`switch_xml_std_datetime_check` and the comparisons it uses). */
import type { Bytes } from '../bytes.js';
import { atoi, isNumber, isTrue } from './c-values.js';
import { isWithin, numberRanges, timeRanges, weekdayRanges, type Range } from './time-ranges.js';
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
/** What of the clock each attribute's list is held against. */
export const READINGS: readonly (readonly [
  attribute: TimeAttribute,
  rangesOfList: (list: Bytes) => readonly Range[],
  read: (clock: ClockReading) => number,
])[] = [
  ['year', numberRanges, (clock) => clock.year],
  ['yday', numberRanges, (clock) => clock.yearDay],
  ['mon', numberRanges, (clock) => clock.month],
  ['mday', numberRanges, (clock) => clock.day],
  ['week', numberRanges, (clock) => Math.floor((clock.yearDay - 1) / 7) + 1],
  ['mweek', numberRanges, weekOfMonth],
  ['hour', numberRanges, (clock) => clock.hour],
  ['minute', numberRanges, (clock) => clock.minute],
  ['minute-of-day', numberRanges, (clock) => clock.hour * 60 + clock.minute + 1],
  ['wday', weekdayRanges, (clock) => clock.weekday],
  ['time-of-day', timeRanges, (clock) => clock.hour * 3600 + clock.minute * 60 + clock.second],
];

interface ReadTest {
  /** Whether any attribute is a test. */
  readonly isTest: boolean;
  readonly readings: readonly { readonly read: (clock: ClockReading) => number; readonly within: readonly Range[] }[];
}

/** A dialplan's lists are read once, not for each call. */
const readTests = new WeakMap<TimeTest, ReadTest>();

/** Whether every attribute holds; undefined where none is a test (no attribute, or only an empty `dst`). */
export function timeMatches(test: TimeTest, moment: Moment, channelClock: ChannelClock): boolean | undefined {
  const { isTest, readings } = readTestOf(test);
  if (!isTest) return undefined;
  const clock = channelReading(moment, channelClock);
  // FreeSWITCH goes on with a clock it never set; no test of an unknown zone holds here.
  if (clock === undefined) return false;
  return (
    offsetHolds(test, hoursOfOffset(clock, channelClock)) &&
    dstHolds(test, moment) &&
    dateTimeHolds(test, moment) &&
    readings.every(({ read, within }) => isWithin(read(clock), within))
  );
}

/** Whether `tod_tz_offset` says how many hours; if it does, `timezone` counts for nothing. */
export function isOffset(hours: Bytes | undefined): hours is Bytes {
  return hours !== undefined && hours !== '' && isNumber(hours);
}

/** What `tz-offset` is compared with. */
export function hoursOfOffset({ offset }: ClockReading, { offsetHours }: ChannelClock): number {
  return isOffset(offsetHours) ? atoi(offsetHours) : Math.trunc(offset / SECONDS_PER_HOUR);
}

/** The clock a channel's conditions are read by; undefined where its `timezone` is none. */
export function channelReading(moment: Moment, { offsetHours, zone }: ChannelClock): ClockReading | undefined {
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
  const list = test['date-time'];
  if (list === undefined) return true;
  for (const { start, end } of dateTimeRanges(list, moment)) {
    if (start === 0 || end === 0) return false;
    if (start <= moment.epochMs && end > moment.epochMs) return true;
  }
  return false;
}

/**
 * The ranges of a `date-time`, in epoch milliseconds, 0 for what is no date; the end is none of it. One that names times
 * without a date is that of the moment's day.
 */
export function* dateTimeRanges(list: Bytes, moment: Moment): Generator<{ start: number; end: number }, void> {
  for (const range of list.split(',')) {
    const tilde = range.indexOf('~');
    if (tilde < 0) continue;
    yield {
      start: parseDateTime(range.slice(0, tilde), moment),
      end: parseDateTime(range.slice(tilde + 1), moment),
    };
  }
}

function readTestOf(test: TimeTest): ReadTest {
  let known = readTests.get(test);
  if (known === undefined) {
    known = {
      isTest: TIME_ATTRIBUTES.some((name) => test[name] !== undefined && (name !== 'dst' || test.dst !== '')),
      readings: READINGS.flatMap(([name, rangesOfList, read]) => {
        const list = test[name];
        return list === undefined ? [] : [{ read, within: rangesOfList(list) }];
      }),
    };
    readTests.set(test, known);
  }
  return known;
}

function weekOfMonth(clock: ClockReading): number {
  const firstWeekday = (7 - ((clock.day - clock.weekday) % 7)) % 7;
  return Math.ceil((clock.day + firstWeekday) / 7);
}

const TIME_ONLY = /^(\d*):?(\d*):?(\d*)(?=\n?$)/;
const DATE_AND_TIME = /^(\d+)-(\d+)-(\d+)[ \t\n\v\f\r]*(\d*):?(\d*):?(\d*)/;
const DIGITS_ONLY = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})/;

/** `switch_str_time`, which counts microseconds: read in the server's zone; 0 for what is no date, or before 1970. */
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
  return offset === undefined ? 0 : wallClock - offset * 1000;
}

function wallClockMs(year: number, month: number, day: number, time: readonly (string | undefined)[]): number {
  const [hour, minute, second] = [0, 1, 2].map((index) => atoi(time[index] ?? '')) as [number, number, number];
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}
