/** Times as FreeSWITCH writes them. A simulated FreeSWITCH lives in UTC. */
import type { Bytes } from '../bytes.js';

export const SIMULATOR_ZONE = 'UTC';

/** `2026-11-25 10:20:30`, as in `Event-Date-Local` and the variables that end in `_stamp`. */
export function localDate(epochMs: number): Bytes {
  return new Date(epochMs).toISOString().slice(0, 'YYYY-MM-DD HH:MM:SS'.length).replace('T', ' ');
}

/** `switch_rfc822_date`: `Wed, 25 Nov 2026 10:20:30 GMT` */
export function gmtDate(epochMs: number): Bytes {
  return new Date(epochMs).toUTCString();
}
