/** Times as FreeSWITCH writes them. A simulated FreeSWITCH lives in UTC. */
import { formatTime as formatReading } from '../api-functions/format-time.js';
import type { Bytes } from '../bytes.js';
import { readClockAtOffset } from '../dialplan/time-zone.js';

export const SIMULATOR_ZONE = 'UTC';

/** `strftime`; a format with a conversion that is not known stays as it stands. */
export function formatTime(format: Bytes, epochMs: number): Bytes {
  return formatReading(format, readClockAtOffset(epochMs, 0), SIMULATOR_ZONE) ?? format;
}

/** `switch_rfc822_date` */
export function gmtDate(epochMs: number): Bytes {
  return formatTime('%a, %d %b %Y %H:%M:%S GMT', epochMs);
}
