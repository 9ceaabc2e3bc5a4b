/**
 * Stands between a hunt and its call and so learns what the decision depends on: with it, the many calls of a corpus that
 * differ only in what no condition looked at are decided once. A hunt with a witness keeps no trace.
 */
import type { Bytes } from '../bytes.js';
import type { ProfileField } from './caller-profile.js';
import type { ChannelClock, TimeTest } from './date-time.js';
import type { Pattern } from './pcre2.js';

/** What can be learnt of a call in one step. */
export type Finding = string | number | boolean | undefined;

export interface Witness {
  /**
   * What `work` makes of a caller profile field as the channel's data has it; the hunt learns no more of the value.
   * @param key what is worked out, the same for the same work
   */
  learn<Result extends Finding>(field: ProfileField, key: unknown, work: (value: Bytes) => Result): Result;
  /** Whether a caller profile field, as the channel's data has it, matches an expression. */
  matches(field: ProfileField, expression: Bytes, pattern: Pattern): boolean;
  /** Whether a time test holds. */
  learnTime(test: TimeTest, clock: ChannelClock): boolean | undefined;
}
