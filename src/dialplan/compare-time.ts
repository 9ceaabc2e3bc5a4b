/** What each attribute of a time test was held against, and how it came out: what FreeSWITCH compares and does not log. */
import { textOf } from '../bytes.js';
import {
  channelReading,
  hoursOfOffset,
  READINGS,
  TIME_ATTRIBUTES,
  timeMatches,
  type ChannelClock,
  type Moment,
  type TimeAttribute,
  type TimeTest,
} from './date-time.js';
import { DAY_NAMES } from './time-ranges.js';
import { dateText, isDaylightSaving, readClock, timeText, type ClockReading } from './time-zone.js';

export interface TimeComparison {
  readonly attribute: TimeAttribute;
  /** As the condition has it. */
  readonly expected: string;
  /** What the clock said, in the attribute's own terms. */
  readonly actual: string;
  readonly holds: boolean;
}

const NUMBERS = new Map(READINGS.map(([attribute, , read]) => [attribute, read]));

/** Every attribute that is a test, in FreeSWITCH's order; the test holds if all of them do. */
export function compareTime(test: TimeTest, moment: Moment, channelClock: ChannelClock): TimeComparison[] {
  const clock = channelReading(moment, channelClock);
  return TIME_ATTRIBUTES.flatMap((attribute) => {
    const expected = test[attribute];
    if (expected === undefined) return [];
    const holds = timeMatches({ [attribute]: expected }, moment, channelClock);
    if (holds === undefined) return [];
    const actual =
      clock === undefined
        ? `unknown, as there is no time zone "${textOf(channelClock.zone ?? moment.serverZone)}"`
        : reading(attribute, clock, moment, channelClock);
    return [{ attribute, expected: textOf(expected), actual, holds }];
  });
}

function reading(attribute: TimeAttribute, clock: ClockReading, moment: Moment, channelClock: ChannelClock): string {
  switch (attribute) {
    case 'wday':
      return DAY_NAMES[clock.weekday - 1] ?? '';
    case 'time-of-day':
      return timeText(clock);
    case 'tz-offset':
      return String(hoursOfOffset(clock, channelClock));
    case 'dst':
      return isDaylightSaving(moment.epochMs, moment.serverZone) ? 'yes' : 'no';
    case 'date-time': {
      // Of a date and time the server's zone counts, whatever the channel's is.
      const server = readClock(moment.epochMs, moment.serverZone);
      return server === undefined ? 'unknown' : `${dateText(server)} ${timeText(server)}`;
    }
    default:
      return String(NUMBERS.get(attribute)?.(clock));
  }
}
