import type { RedisStatus } from './redis/redis-source.js';

/** What there is to know of the dialplan's store at a moment. */
export interface DialplanStatus {
  /** Whether what is in force is of an earlier run, and the store has not been reached since. */
  readonly isStale: boolean;
  /** When what is in force was known to be what the store holds, in epoch milliseconds; undefined if never. */
  readonly asOf: number | undefined;
  /** Undefined where the dialplan is in files. */
  readonly redis: RedisStatus | undefined;
}
