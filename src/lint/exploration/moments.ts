/** Moments among which is one of each kind a dialplan is likely to tell apart. */
import { timeMatches, type TimeTest } from '../../dialplan/date-time.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 8;
const MONTHS = 12;
const DATE = /(\d{4})-(\d{1,2})-(\d{1,2})/g;

/** A moment at which each test holds or not as it is wanted to; undefined if there is none among those tried. */
export function findMoment(
  tests: readonly { readonly time: TimeTest; readonly passed: boolean }[],
  today: number,
): number | undefined {
  const dates = tests.flatMap(({ time }) => [...(time['date-time'] ?? '').matchAll(DATE)]);
  for (const epochMs of moments(today, dates)) {
    const fits = tests.every(
      ({ time, passed }) =>
        timeMatches(time, { epochMs, serverZone: 'UTC' }, { offsetHours: undefined, zone: undefined }) === passed,
    );
    if (fits) return epochMs;
  }
  return undefined;
}

function* moments(today: number, dates: readonly RegExpExecArray[]): Generator<number> {
  for (let day = 0; day < DAYS; day += 1) {
    for (let hour = 0; hour < 24; hour += 1) yield today + day * DAY_MS + hour * HOUR_MS + HOUR_MS / 2;
  }
  const { year, month } = { year: new Date(today).getUTCFullYear(), month: new Date(today).getUTCMonth() };
  for (let later = 0; later < MONTHS; later += 1) {
    for (let day = 1; day <= 28; day += 1) {
      for (const hour of [0, 6, 12, 18]) yield Date.UTC(year, month + later, day, hour, 30);
    }
  }
  for (const [, years, months, days] of dates) {
    const date = Date.UTC(Number(years), Number(months) - 1, Number(days));
    for (const hour of [-36, -12, 0, 12, 36]) yield date + hour * HOUR_MS;
  }
}
