/** The moment nearest to a call's at which time tests hold or do not. */
import { timeMatches, type ChannelClock, type Moment, type TimeTest } from '../dialplan/date-time.js';

export interface WantedTime {
  readonly test: TimeTest;
  readonly holds: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Every minute is looked at so far away, every hour up to here; what lies beyond is not found. */
const MINUTES_WITHIN_MS = 2 * DAY_MS;
const HOURS_WITHIN_MS = 400 * DAY_MS;

/** Epoch milliseconds on a whole minute, except where the moment itself will do; undefined if there is none within 400 days. */
export function nearestTime(wanted: readonly WantedTime[], moment: Moment, clock: ChannelClock): number | undefined {
  const fits = (epochMs: number): boolean =>
    wanted.every(({ test, holds }) => (timeMatches(test, { ...moment, epochMs }, clock) ?? true) === holds);
  const start = moment.epochMs;
  if (fits(start)) return start;
  const minute = Math.floor(start / MINUTE_MS) * MINUTE_MS;
  const close = firstAround(minute, MINUTE_MS, MINUTES_WITHIN_MS, fits);
  if (close !== undefined) return close;
  const hour = Math.floor(start / HOUR_MS) * HOUR_MS;
  const far = firstAround(hour, HOUR_MS, HOURS_WITHIN_MS, fits);
  if (far === undefined) return undefined;
  // Towards the call, up to the first minute of what holds.
  const step = far > start ? -MINUTE_MS : MINUTE_MS;
  let nearest = far;
  for (let at = far; Math.abs(at - far) < HOUR_MS && fits(at); at += step) nearest = at;
  return nearest;
}

function firstAround(
  center: number,
  step: number,
  within: number,
  fits: (epochMs: number) => boolean,
): number | undefined {
  for (let distance = step; distance <= within; distance += step) {
    if (fits(center + distance)) return center + distance;
    if (fits(center - distance)) return center - distance;
  }
  return undefined;
}
