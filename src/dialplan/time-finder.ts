/**
 * The moment nearest to another at which time tests hold, or do not. What decides is the evaluator's own `timeMatches`; it is
 * asked at each moment at which the outcome of a test can change: the ends of what its attributes name, midnights, the steps
 * of daylight saving. Between two of them nothing changes, so that no moment is missed.
 */
import type { Bytes } from '../bytes.js';
import { dateTimeRanges, isOffset, timeMatches, type ChannelClock, type Moment, type TimeTest } from './date-time.js';
import { numberRanges, timeRanges, type Range } from './time-ranges.js';
import { zoneOffset } from './time-zone.js';

export interface WantedTime {
  readonly test: TimeTest;
  readonly clock: ChannelClock;
  readonly holds: boolean;
}

/**
 * So many years are looked at around the moment and around each year that a test names. Weekdays, dates and leap years come
 * together again within 40, what does not depend on dates within one: what does not come to pass in them never does.
 */
const YEARS_AROUND = 40;
const YEARS_AROUND_WITHOUT_DATES = 2;

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const SECONDS_PER_DAY = 86_400;
const FIRST_YEAR = 1970;
const LAST_YEAR = 9999;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const DATES = ['yday', 'mon', 'mday', 'week', 'mweek'] as const;
const DAY_ATTRIBUTES = ['year', 'wday', ...DATES] as const;
/** Days as the calendar has them: no zone, no offset. */
const CALENDAR = { serverZone: 'UTC', clock: { offsetHours: '0', zone: undefined } };

/** Remembers what it found: searches ask for the same again and again. */
export class TimeFinder {
  private readonly known = new Map<string, number | undefined>();
  private readonly offsets = new DayOffsets();

  /**
   * Epoch milliseconds on a whole second, unless the moment itself will do; undefined if there is none.
   * @param prefer `later`: one before the moment only if none comes behind it
   */
  find(wanted: readonly WantedTime[], moment: Moment, prefer: 'nearest' | 'later' = 'nearest'): number | undefined {
    const key = JSON.stringify([wanted, moment, prefer]);
    if (!this.known.has(key)) this.known.set(key, new Search(wanted, moment, this.offsets).find(prefer));
    return this.known.get(key);
  }
}

class Search {
  private readonly start: number;
  private readonly days: readonly WantedDay[];
  /** Years that are named, and the moment's own. */
  private readonly years: readonly number[];
  private readonly around: number;
  private readonly lastYear: number;
  /** Kinds of days on which no moment fits. */
  private readonly hopeless = new Set<string>();

  constructor(
    private readonly wanted: readonly WantedTime[],
    private readonly moment: Moment,
    offsets: DayOffsets,
  ) {
    this.start = moment.epochMs;
    this.days = wanted.map((one) => new WantedDay(one, moment, offsets));
    const named = wanted.flatMap(({ test }) => yearsNamedBy(test, moment));
    this.years = [yearOf(this.start), ...named.filter((year) => year >= FIRST_YEAR && year <= LAST_YEAR)];
    const hasDates = wanted.some(
      ({ test }) => test.dst !== undefined || DATES.some((name) => test[name] !== undefined),
    );
    this.around = hasDates ? YEARS_AROUND : YEARS_AROUND_WITHOUT_DATES;
    this.lastYear = Math.max(...this.years) + this.around;
  }

  find(prefer: 'nearest' | 'later'): number | undefined {
    if (this.fits(this.start)) return this.start;
    const later = this.seek(1, Infinity);
    if (later !== undefined && prefer === 'later') return later;
    const earlier = this.seek(-1, later === undefined ? Infinity : later - this.start);
    return earlier ?? later;
  }

  private fits(epochMs: number): boolean {
    return this.wanted.every(
      ({ test, clock, holds }) => (timeMatches(test, { ...this.moment, epochMs }, clock) ?? true) === holds,
    );
  }

  /** The first moment in a direction that fits and is nearer than `within`. */
  private seek(direction: 1 | -1, within: number): number | undefined {
    for (let day = floor(this.start, DAY_MS); ; day += direction * DAY_MS) {
      const distance = direction > 0 ? day - this.start : this.start - (day + DAY_MS);
      if (distance >= within) return undefined;
      const year = yearOf(day);
      if (year < FIRST_YEAR || year > this.lastYear) return undefined;
      if (!this.isPossible(year)) {
        // On to the last day of this year in that direction.
        day = direction > 0 ? Date.UTC(year + 1, 0, 1) - DAY_MS : Date.UTC(year, 0, 1);
        continue;
      }
      if (!this.days.every((wanted) => wanted.mayFit(day))) continue;
      const kind = this.kindOf(day);
      if (kind !== undefined && this.hopeless.has(kind)) continue;
      const found = this.seekIn(day, direction);
      if (found !== undefined) return Math.abs(found - this.start) < within ? found : undefined;
      // The day of the moment itself is looked at in one direction only.
      if (kind !== undefined && distance > 0) this.hopeless.add(kind);
    }
  }

  /** Days of one kind have the same moments; undefined for a day that is like no other. */
  private kindOf(day: number): string | undefined {
    const kinds = this.days.map((wanted) => wanted.kindOf(day));
    return kinds.includes(undefined) ? undefined : kinds.join(' ');
  }

  private isPossible(year: number): boolean {
    return (
      this.years.some((named) => Math.abs(named - year) <= this.around) &&
      this.days.every((wanted) => wanted.mayFitYear(year))
    );
  }

  private seekIn(day: number, direction: 1 | -1): number | undefined {
    const changes = new Set([day, day + DAY_MS, ...this.days.flatMap((wanted) => wanted.changesIn(day))]);
    const inOrder = [...changes].sort((one, other) => (one - other) * direction);
    // Going back, what ends at a change is looked at by its last second.
    const moments = direction > 0 ? inOrder : inOrder.map((change) => change - SECOND_MS);
    return moments.find((at) => (at - this.start) * direction > 0 && this.fits(at));
  }
}

/** One test, day by day. Days are UTC's, and begin at `day`: those of the test's own clock overlap three of them at most. */
class WantedDay {
  private readonly dayTest: TimeTest;
  private readonly truths = new Map<number, boolean>();
  private readonly yearTest: TimeTest;
  private readonly seconds: readonly number[];
  /** What a `date-time` names, in epoch milliseconds; undefined where it is another on each day. */
  private readonly ranges: readonly { start: number; end: number }[] | undefined;

  constructor(
    private readonly wanted: WantedTime,
    private readonly moment: Moment,
    private readonly offsets: DayOffsets,
  ) {
    const { test } = wanted;
    this.dayTest = Object.fromEntries(
      DAY_ATTRIBUTES.flatMap((name) => (test[name] === undefined ? [] : [[name, test[name]]])),
    );
    this.yearTest = test.year === undefined ? {} : { year: test.year };
    this.seconds = [0, ...secondsNamedBy(test)];
    const list = test['date-time'];
    if (list !== undefined) {
      const [here, elsewhere] = [moment.epochMs, moment.epochMs + 2 * DAY_MS].map((epochMs) => [
        ...dateTimeRanges(list, { ...moment, epochMs }),
      ]);
      if (JSON.stringify(here) === JSON.stringify(elsewhere)) this.ranges = here;
    }
  }

  /** False where no moment of the day can be as wanted. */
  mayFit(day: number): boolean {
    if (!this.wanted.holds) return true;
    if (this.ranges?.some(({ start, end }) => start < day + DAY_MS && end >= day) === false) return false;
    return [day - DAY_MS, day, day + DAY_MS].some((near) => this.truthOf(near));
  }

  mayFitYear(year: number): boolean {
    if (!this.wanted.holds) return true;
    return [year - 1, year, year + 1].some((near) => onCalendar(this.yearTest, Date.UTC(near, 0, 1)));
  }

  /** All that counts of a day besides the clock's hands; undefined for a day on which, or close to which, that changes. */
  kindOf(day: number): string | undefined {
    const around = [day - DAY_MS, day, day + DAY_MS, day + 2 * DAY_MS];
    const [offset, serverOffset] = [this.offsetAt(day), this.serverOffsetAt(day)];
    if (around.some((at) => this.offsetAt(at) !== offset || this.serverOffsetAt(at) !== serverOffset)) return undefined;
    if (this.ranges?.some(({ start, end }) => isWithin(start, day) || isWithin(end, day)) === true) return undefined;
    const inRange = this.ranges?.map(({ start, end }) => start <= day && day < end);
    // Whether it is summer follows from the offset, but not in each year alike.
    const year = this.wanted.test.dst === undefined ? undefined : yearOf(day);
    const truths = [day - DAY_MS, day, day + DAY_MS].map((near) => this.truthOf(near));
    return JSON.stringify([offset, serverOffset, inRange, year, truths]);
  }

  /** Every moment of the day at which the test's outcome may change, in no order. */
  changesIn(day: number): number[] {
    const { test } = this.wanted;
    const { serverZone } = this.moment;
    const changes = [this.zone, serverZone].flatMap((zone) => this.stepOf(zone, day) ?? []);
    for (const offset of new Set([this.offsetAt(day), this.offsetAt(day + DAY_MS)])) {
      for (const second of this.seconds) changes.push(day + modulo(second - offset, SECONDS_PER_DAY) * SECOND_MS);
    }
    const list = test['date-time'];
    if (list === undefined) return changes;
    const midnight = day + modulo(-this.serverOffsetAt(day), SECONDS_PER_DAY) * SECOND_MS;
    const ranges = [day, midnight].flatMap((epochMs) => [...dateTimeRanges(list, { ...this.moment, epochMs })]);
    const ends = ranges.flatMap(({ start, end }) => [start, end]);
    return [...changes, midnight, ...ends.filter((at) => isWithin(at, day))];
  }

  private truthOf(day: number): boolean {
    const known = this.truths.get(day);
    if (known !== undefined) return known;
    const truth = onCalendar(this.dayTest, day);
    this.truths.set(day, truth);
    return truth;
  }

  /** The zone of the test's own clock; undefined for one at a fixed offset. */
  private get zone(): string | undefined {
    const { offsetHours, zone } = this.wanted.clock;
    if (isOffset(offsetHours)) return undefined;
    return zone === undefined || zone === '' ? this.moment.serverZone : zone;
  }

  /** Seconds east of Greenwich by the test's own clock, as a day begins. */
  private offsetAt(day: number): number {
    const { zone } = this;
    return zone === undefined
      ? Number.parseInt(this.wanted.clock.offsetHours ?? '0', 10) * 3_600
      : this.offsets.at(day, zone);
  }

  private serverOffsetAt(day: number): number {
    return this.offsets.at(day, this.moment.serverZone);
  }

  /** When a zone's offset changes in a day, to the second; zones do so once a day at most. */
  private stepOf(zone: string | undefined, day: number): number | undefined {
    if (zone === undefined || this.offsets.at(day, zone) === this.offsets.at(day + DAY_MS, zone)) return undefined;
    const before = zoneOffset(day, zone);
    let [from, to] = [day, day + DAY_MS];
    while (to - from > SECOND_MS) {
      const middle = floor((from + to) / 2, SECOND_MS);
      if (zoneOffset(middle, zone) === before) from = middle;
      else to = middle;
    }
    return to;
  }
}

/** Offsets of zones as days begin: the zone database is slow to ask. */
class DayOffsets {
  private readonly zones = new Map<string, Map<number, number>>();

  /** Seconds east of Greenwich; 0 in a zone that is none. */
  at(day: number, zone: string): number {
    const days = this.zones.get(zone) ?? new Map<number, number>();
    this.zones.set(zone, days);
    let offset = days.get(day);
    if (offset === undefined) days.set(day, (offset = zoneOffset(day, zone) ?? 0));
    return offset;
  }
}

function isWithin(epochMs: number, day: number): boolean {
  return epochMs >= day && epochMs <= day + DAY_MS;
}

function onCalendar(test: TimeTest, epochMs: number): boolean {
  return timeMatches(test, { epochMs, serverZone: CALENDAR.serverZone }, CALENDAR.clock) !== false;
}

function yearsNamedBy(test: TimeTest, moment: Moment): number[] {
  const ranges = [...dateTimeRanges(test['date-time'] ?? '', moment)];
  return [...numberRanges(test.year ?? '').flat(), ...ranges.flatMap(({ start, end }) => [yearOf(start), yearOf(end)])];
}

/** Seconds of the day at which the clock's hands come into what is named, or leave it. */
function secondsNamedBy(test: TimeTest): number[] {
  const ends = (list: Bytes | undefined, ranges: (list: Bytes) => readonly Range[] = numberRanges): number[] =>
    list === undefined ? [] : ranges(list).flatMap(([first, last]) => [first, last + 1]);
  return [
    ...ends(test.hour).map((hour) => hour * 3_600),
    ...ends(test.minute).flatMap((minute) => HOURS.map((hour) => (hour * 60 + minute) * 60)),
    // FreeSWITCH's first minute of the day is 1.
    ...ends(test['minute-of-day']).map((minute) => (minute - 1) * 60),
    ...ends(test['time-of-day'], timeRanges),
  ];
}

function yearOf(epochMs: number): number {
  return new Date(epochMs).getUTCFullYear();
}

function floor(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
