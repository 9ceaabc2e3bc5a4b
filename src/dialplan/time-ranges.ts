/** The lists of numbers, weekdays and times of day that time attributes have, as FreeSWITCH reads them. */
import type { Bytes } from '../bytes.js';
import { atoi } from './c-values.js';

/** From the first to the last, both included; around the end where the last is the lesser. */
export type Range = readonly [first: number, last: number];

/** As `wday` writes them, Sunday first. */
export const DAY_NAMES: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** FreeSWITCH keeps a hyphen as the code of its character where it keeps the day before: two hyphens make a range of it. */
const HYPHEN = 0x2d;

export function isWithin(value: number, ranges: readonly Range[]): boolean {
  return ranges.some(([first, last]) =>
    first <= last ? value >= first && value <= last : value >= first || value <= last,
  );
}

/** `a`, `a-b`, comma separated; text reads as 0, any other character ends the list. */
export function numberRanges(list: Bytes): Range[] {
  const ranges: Range[] = [];
  let rest = list;
  const read = (): number => {
    const number = /^[ \t\n\v\f\r]*[+-]?\d+/.exec(rest)?.[0] ?? '';
    rest = rest.slice(number.length);
    return atoi(number);
  };
  for (;;) {
    const first = read();
    if (rest.startsWith('-')) {
      rest = rest.slice(1);
      ranges.push([first, read()]);
    } else ranges.push([first, first]);
    if (!rest.startsWith(',')) return ranges;
    rest = rest.slice(1);
  }
}

/** Days `1`–`7` or three letters, ranges that may wrap, commas; anything else ends the list. */
export function weekdayRanges(list: Bytes): Range[] {
  const ranges: Range[] = [];
  let previous: number | undefined;
  let rangeStart: number | undefined;
  for (let at = 0; at < list.length;) {
    const character = list[at] as string;
    if (character === ',') {
      previous = undefined;
      at += 1;
      continue;
    }
    if (character === '-') {
      rangeStart = previous;
      previous = HYPHEN;
      at += 1;
      continue;
    }
    const isDigit = character >= '1' && character <= '7';
    const day = isDigit ? Number(character) : DAY_NAMES.indexOf(list.slice(at, at + 3).toLowerCase()) + 1;
    if (day === 0) break;
    at += isDigit ? 1 : 3;
    ranges.push([rangeStart ?? day, day]);
    rangeStart = undefined;
    previous = day;
  }
  return ranges;
}

/** Seconds of the day from `hh:mm[:ss]-hh:mm[:ss]`, comma separated. */
export function timeRanges(list: Bytes): Range[] {
  return list.split(',').flatMap((range): Range[] => {
    const hourEnd = range.indexOf(':');
    const hyphen = hourEnd < 0 ? -1 : range.indexOf('-', hourEnd + 1);
    const lastColon = hyphen < 0 ? -1 : range.indexOf(':', hyphen);
    if (lastColon < 0) return [];
    const [minute, seconds] = splitAtColon(range.slice(hourEnd + 1, hyphen));
    const [lastMinute, lastSeconds] = splitAtColon(range.slice(lastColon + 1));
    const first = atoi(range.slice(0, hourEnd)) * 3600 + minute * 60 + seconds;
    const last = atoi(range.slice(hyphen + 1, lastColon)) * 3600 + lastMinute * 60 + lastSeconds;
    return [[first, last]];
  });
}

function splitAtColon(text: Bytes): [number, number] {
  const colon = text.indexOf(':');
  return colon < 0 ? [atoi(text), 0] : [atoi(text.slice(0, colon)), atoi(text.slice(colon + 1))];
}
