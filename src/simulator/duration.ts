import type { Duration } from './script.js';

/** A duration in milliseconds; infinite if it is for ever. */
export function millisecondsOf(duration: Duration): number {
  return duration === 'forever' ? Infinity : duration;
}
