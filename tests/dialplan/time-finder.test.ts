import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { timeMatches, type TimeTest } from '../../src/dialplan/date-time.js';
import { TimeFinder, type WantedTime } from '../../src/dialplan/time-finder.js';

/** A Wednesday. */
const NOON = Date.UTC(2026, 10, 25, 12);
const SECOND = 1_000;
const DAY = 86_400_000;
const NO_CLOCK = { offsetHours: undefined, zone: undefined };

function nearest(test: TimeTest, { from = NOON, zone = 'UTC', holds = true } = {}): string | undefined {
  const found = new TimeFinder().find([{ test, clock: NO_CLOCK, holds }], { epochMs: from, serverZone: zone });
  return found === undefined ? undefined : new Date(found).toISOString().slice(0, 'YYYY-MM-DDThh:mm:ss'.length);
}

describe('the nearest moment', () => {
  test.each<[TimeTest, string]>([
    [{ hour: '13' }, '2026-11-25T13:00:00'],
    [{ hour: '9-10' }, '2026-11-25T10:59:59'],
    [{ minute: '7' }, '2026-11-25T12:07:00'],
    [{ 'minute-of-day': '721' }, '2026-11-25T12:00:00'],
    [{ 'minute-of-day': '1' }, '2026-11-25T00:00:59'],
    [{ 'time-of-day': '12:00:30-12:00:31' }, '2026-11-25T12:00:30'],
    [{ 'time-of-day': '08:00-11:30:15' }, '2026-11-25T11:30:15'],
    [{ wday: 'sun' }, '2026-11-22T23:59:59'],
    [{ mday: '31' }, '2026-10-31T23:59:59'],
    [{ mon: '12', mday: '25' }, '2026-12-25T00:00:00'],
    [{ mon: '2', mday: '29' }, '2028-02-29T00:00:00'],
    [{ mon: '2', mday: '29', wday: 'sun' }, '2032-02-29T00:00:00'],
    [{ yday: '366' }, '2024-12-31T23:59:59'],
    [{ week: '53' }, '2026-12-31T00:00:00'],
    [{ mweek: '6' }, '2027-01-31T00:00:00'],
    [{ year: '2045', mon: '6', 'time-of-day': '10:15-10:20' }, '2045-06-01T10:15:00'],
    [{ 'date-time': '2026-12-24 10:00~2026-12-24 10:00:05' }, '2026-12-24T10:00:00'],
    [{ 'date-time': '2031-05-01 00:00~2031-05-02 00:00', hour: '5' }, '2031-05-01T05:00:00'],
    [{ 'date-time': '2020-05-01 00:00~2020-05-02 00:00' }, '2020-05-01T23:59:59'],
    [{ 'date-time': '15:00~16:00' }, '2026-11-25T15:00:00'],
  ])('%j', (attributes, expected) => {
    expect(nearest(attributes)).toBe(expected);
  });

  test('at which a test does not hold', () => {
    expect(nearest({ hour: '8-17' }, { holds: false })).toBe('2026-11-25T07:59:59');
    expect(nearest({ year: '2026' }, { holds: false })).toBe('2027-01-01T00:00:00');
  });

  test('behind the moment, if there is one', () => {
    const later = (attributes: TimeTest): number | undefined =>
      new TimeFinder().find(
        [{ test: attributes, clock: NO_CLOCK, holds: true }],
        { epochMs: NOON, serverZone: 'UTC' },
        'later',
      );
    expect(later({ hour: '9-10' })).toBe(Date.UTC(2026, 10, 26, 9));
    expect(later({ year: '2020' })).toBe(Date.UTC(2020, 11, 31, 23, 59, 59));
  });

  test('by the zone of the server, where it changes its clocks too', () => {
    const from = Date.UTC(2026, 2, 28, 12);
    expect(nearest({ hour: '3' }, { from, zone: 'Europe/Berlin' })).toBe('2026-03-28T02:59:59');
    // That night there is no 2:30; the night before there is.
    expect(nearest({ 'time-of-day': '02:30-02:31', wday: 'sun' }, { from, zone: 'Europe/Berlin' })).toBe(
      '2026-03-22T01:31:00',
    );
    expect(nearest({ dst: 'true' }, { from, zone: 'Europe/Berlin' })).toBe('2026-03-29T01:00:00');
    expect(nearest({ 'tz-offset': '2' }, { from, zone: 'Europe/Berlin' })).toBe('2026-03-29T01:00:00');
  });

  test.each<TimeTest>([{ mon: '2', mday: '30' }, { hour: '9', 'time-of-day': '12:00-13:00' }, { wday: 'nonsense' }])(
    '%j never comes',
    (attributes) => {
      expect(nearest(attributes)).toBeUndefined();
    },
  );
});

const numbers = (least: number, most: number): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.integer({ min: least, max: most }), fc.option(fc.integer({ min: least, max: most }))), {
      minLength: 1,
      maxLength: 2,
    })
    .map((ranges) => ranges.map(([first, last]) => (last === null ? `${first}` : `${first}-${last}`)).join(','));
const two = (number: number): string => String(number).padStart(2, '0');
const clock = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59))
  .map(([hour, minute, second]) => [hour, minute, second].map(two).join(':'));
const day = fc.integer({ min: 20, max: 30 }).map((date) => `2026-03-${two(date)}`);
const dated = fc.tuple(day, clock).map(([date, time]) => `${date} ${time}`);
const range = (ends: fc.Arbitrary<string>, by: string): fc.Arbitrary<string> =>
  fc.tuple(ends, ends).map(([start, end]) => `${start}${by}${end}`);
const attributes: fc.Arbitrary<TimeTest> = fc.record(
  {
    wday: numbers(1, 7),
    hour: numbers(0, 23),
    'minute-of-day': numbers(1, 1440),
    'time-of-day': range(clock, '-'),
    'date-time': fc.oneof(range(dated, '~'), range(clock, '~')),
    'tz-offset': fc.constantFrom('1', '2'),
    dst: fc.constant('true'),
  },
  { requiredKeys: [] },
);
const wantedTime: fc.Arbitrary<WantedTime> = fc.record({
  test: attributes,
  holds: fc.boolean(),
  clock: fc.record({
    offsetHours: fc.option(fc.constantFrom('5', '-3'), { nil: undefined }),
    zone: fc.option(fc.constantFrom('America/New_York', 'Asia/Kolkata'), { nil: undefined }),
  }),
});

test('no moment that fits is nearer than the one found, in zones that change their clocks as well', () => {
  // Europe's clocks change on the 29th.
  const start = fc.integer({ min: Date.UTC(2026, 2, 24) / SECOND, max: Date.UTC(2026, 2, 30) / SECOND });
  fc.assert(
    fc.property(fc.array(wantedTime, { minLength: 1, maxLength: 2 }), start, fc.nat(999), (wanted, from, ms) => {
      const moment = { epochMs: from * SECOND + ms, serverZone: 'Europe/Berlin' };
      const fits = (epochMs: number): boolean =>
        wanted.every((one) => (timeMatches(one.test, { ...moment, epochMs }, one.clock) ?? true) === one.holds);
      const found = new TimeFinder().find(wanted, moment);
      if (found !== undefined) expect(fits(found)).toBe(true);
      const distance = found === undefined ? DAY : Math.abs(found - moment.epochMs);
      // Every second close by, coarser further away; the steps are prime, so that they meet all minutes and hours.
      const tried = [1, 61, 1_801].flatMap((step) =>
        Array.from({ length: 200 }, (_, index) => (index + 1) * step * SECOND),
      );
      const closer = tried.flatMap((away) => [from * SECOND + away, from * SECOND - away]);
      const missed = closer.find((at) => Math.abs(at - moment.epochMs) < distance && fits(at));
      expect(missed).toBeUndefined();
    }),
    { numRuns: 8 },
  );
});
