import { describe, expect, test } from '@jest/globals';
import { timeMatches, type TimeTest } from '../../src/dialplan/date-time.js';

/** Sunday, 22 November 2026, 12:34:56 UTC; day 326 of the year. */
const NOW = Date.UTC(2026, 10, 22, 12, 34, 56);

function matches(
  attributes: TimeTest,
  {
    zone,
    offsetHours,
    serverZone = 'UTC',
    now = NOW,
  }: { zone?: string; offsetHours?: string; serverZone?: string; now?: number } = {},
): boolean | undefined {
  return timeMatches(attributes, { epochMs: now, serverZone }, { zone, offsetHours });
}

describe('time attributes', () => {
  test.each<[TimeTest, boolean | undefined]>([
    [{ year: '2026' }, true],
    [{ year: '2000-2025' }, false],
    [{ yday: '326' }, true],
    [{ mon: '11' }, true],
    [{ mon: '12-2' }, false],
    [{ mon: '10-2' }, true],
    [{ mday: '1,15,22' }, true],
    [{ week: '47' }, true],
    [{ mweek: '4' }, true],
    [{ wday: '1' }, true],
    [{ wday: 'sun' }, true],
    [{ wday: 'sat-mon' }, true],
    [{ wday: 'mon-fri' }, false],
    [{ wday: 'mon,Sun' }, true],
    [{ wday: 'sunday-monday' }, true],
    [{ wday: 'saturday-monday' }, false],
    [{ wday: 'mon--sat' }, true],
    [{ hour: '12' }, true],
    [{ hour: 'noon' }, false],
    [{ hour: '20-6' }, false],
    [{ hour: '5 ,12' }, false],
    [{ minute: '34' }, true],
    [{ 'minute-of-day': '755' }, true],
    [{ 'time-of-day': '12:00-13:00' }, true],
    [{ 'time-of-day': '12:34:56-12:34:56' }, true],
    [{ 'time-of-day': '12:34:57-13:00' }, false],
    [{ 'time-of-day': '22:00-06:00,12:00-12:35' }, true],
    [{ 'time-of-day': '12-13' }, false],
    [{ 'date-time': '2026-11-22 00:00:00~2026-11-23 00:00:00' }, true],
    [{ 'date-time': '2026-11-22 00:00:00~2026-11-22 12:34:56' }, false],
    [{ 'date-time': 'x~y,2026-01-01~2027-01-01' }, false],
    [{ 'date-time': '2026-01-01~2026-02-01,2026-11-01~2026-12-01' }, true],
    [{ 'date-time': '20261122000000Z~20261123000000Z' }, true],
    [{ 'date-time': '1960-01-01~2030-01-01' }, false],
    [{ 'tz-offset': '0' }, true],
    [{ 'tz-offset': '1' }, false],
    [{ 'tz-offset': 'abc' }, true],
    [{ dst: 'true' }, false],
    [{ dst: 'false' }, false],
    [{ dst: '' }, undefined],
    [{ year: '' }, false],
    [{}, undefined],
    [{ year: '2026', hour: '12' }, true],
    [{ year: '2026', hour: '13' }, false],
  ])('%j is %p', (attributes, expected) => {
    expect(matches(attributes)).toBe(expected);
  });

  test("are read in the channel's zone", () => {
    expect(matches({ hour: '20' }, { zone: 'Asia/Shanghai' })).toBe(true);
    expect(matches({ hour: '7' }, { zone: 'America/New_York' })).toBe(true);
    expect(matches({ hour: '7' }, { offsetHours: '-5', zone: 'Asia/Shanghai' })).toBe(true);
    expect(matches({ hour: '17' }, { offsetHours: '5.5' })).toBe(true);
    expect(matches({ hour: '12' }, { offsetHours: 'CST' })).toBe(true);
    expect(matches({ 'tz-offset': '8' }, { zone: 'Asia/Shanghai' })).toBe(true);
  });

  test('a zone nobody knows fails the test', () => {
    expect(matches({ year: '2026' }, { zone: 'Nowhere/Never' })).toBe(false);
  });

  test("date-time and dst are of the server's zone", () => {
    const july = Date.UTC(2026, 6, 1, 12);
    expect(matches({ dst: 'true' }, { serverZone: 'America/New_York', now: july })).toBe(true);
    expect(matches({ dst: 'true' }, { serverZone: 'America/New_York' })).toBe(false);
    expect(matches({ dst: 'true' }, { zone: 'America/New_York', now: july })).toBe(false);
    const range = { 'date-time': '2026-07-01 08:00:00~2026-07-01 08:00:01' };
    expect(matches(range, { serverZone: 'America/New_York', zone: 'Asia/Shanghai', now: july })).toBe(true);
  });
});
