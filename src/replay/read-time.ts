/** A moment as a person writes it. */
import { zoneOffset } from '../dialplan/time-zone.js';

const WRITTEN = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?)?(Z|[+-]\d{2}:?\d{2})?$/;
const EPOCH_SECONDS = /^\d{9,11}$/;
const NOW = 'now';

/** Whether {@link readTime} understands it. */
export function isTime(text: string): boolean {
  return text === NOW || EPOCH_SECONDS.test(text) || !Number.isNaN(Date.parse(inUtc(text) ?? ''));
}

/**
 * Epoch milliseconds of `2026-11-25T18:30` by a zone's clock, of the same with an offset of its own (`Z`, `+08:00`), of epoch
 * seconds, or of `now`.
 */
export function readTime(text: string, zone: string): number {
  if (text === NOW) return Date.now();
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1000;
  const wallClock = Date.parse(inUtc(text) ?? '');
  if (WRITTEN.exec(text)?.[4] !== undefined) return wallClock;
  const guess = wallClock - (zoneOffset(wallClock, zone) ?? 0) * 1000;
  // Where the clock was changed in between, the offset is the one of the moment itself.
  return wallClock - (zoneOffset(guess, zone) ?? 0) * 1000;
}

function inUtc(text: string): string | undefined {
  const [matched, date = '', time = '00:00', seconds = '', offset = 'Z'] = WRITTEN.exec(text) ?? [];
  if (matched === undefined) return undefined;
  return `${date}T${time}${seconds}${offset.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`;
}
