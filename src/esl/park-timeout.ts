/** How long a channel stays parked. */
import type { Bytes } from '../bytes.js';

export interface ParkTimeout {
  readonly ms: number;
  /** FreeSWITCH's name of the cause the channel is then hung up with. */
  readonly cause: string;
}

const MS = 1000;
/** The longest that a timer of Node.js can wait, 24 days. */
const LONGEST_MS = 2 ** 31 - 1;
const CAUSE = /^[A-Z][A-Z0-9_]+$/;

/** Variable `park_timeout`, `<seconds>[:<CAUSE>]`, as `switch_ivr_park` reads it; undefined where it sets no end. */
export function readParkTimeout(variable: Bytes | undefined): ParkTimeout | undefined {
  if (variable === undefined || variable === '') return undefined;
  const seconds = Number.parseInt(variable, 10) || 0;
  if (seconds < 0) return undefined;
  const cause = variable.slice(variable.indexOf(':') + 1);
  return { ms: Math.min(seconds * MS, LONGEST_MS), cause: CAUSE.test(cause) ? cause : 'NORMAL_CLEARING' };
}
