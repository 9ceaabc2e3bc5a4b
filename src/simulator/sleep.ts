import type { Clock } from './clock.js';
import type { Thread } from './thread.js';

/** Lets simulated milliseconds go by, whatever happens meanwhile. */
export function* sleep(clock: Clock, milliseconds: number): Thread {
  const until = clock.now() + milliseconds;
  while (clock.now() < until) yield { until };
}
