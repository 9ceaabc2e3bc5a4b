/** A time attribute that never holds, or that FreeSWITCH reads only in part. */
import { TIME_ATTRIBUTES, timeMatches, type TimeAttribute, type TimeTest } from '../../dialplan/date-time.js';
import { extensionCheck } from '../finding.js';
import { quoted } from '../quoted.js';
import { testsOf } from '../walk.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;
/** A leap year, which begins on a Saturday and so has a week of the month 6. */
const START = Date.UTC(2028, 0, 1);
const NO_CLOCK = { offsetHours: undefined, zone: undefined };

/** Moments among which is one of every value an attribute can have; none for what depends on the year or the zone. */
const MOMENTS: Readonly<Partial<Record<TimeAttribute, readonly number[]>>> = {
  yday: every(DAY_MS, 366),
  mon: every(DAY_MS, 366),
  mday: every(DAY_MS, 366),
  week: every(DAY_MS, 366),
  mweek: every(DAY_MS, 366),
  wday: every(DAY_MS, 7),
  hour: every(HOUR_MS, 24),
  minute: every(MINUTE_MS, 60),
  'minute-of-day': every(MINUTE_MS, 24 * 60),
  'time-of-day': every(MINUTE_MS, 24 * 60),
};

const READABLE: Readonly<Partial<Record<TimeAttribute, RegExp>>> = {
  wday: list(/(?:[1-7]|sun|mon|tue|wed|thu|fri|sat)(?:-(?:[1-7]|sun|mon|tue|wed|thu|fri|sat))?/i),
  'time-of-day': list(/\s*\d{1,2}:\d{2}(?::\d{2})?-\d{1,2}:\d{2}(?::\d{2})?/),
  'date-time': list(/[^,~]*\d[^,~]*~[^,~]*\d[^,~]*/),
};
const NUMBERS = list(/\s*\d+(?:-\s*\d+)?/);
const OTHERS: ReadonlySet<TimeAttribute> = new Set(['dst', 'tz-offset']);

export const timeNever = extensionCheck(
  { 'time-never': 'warning', 'time-unreadable': 'warning' },
  function* (extension) {
    for (const { test, pointer } of testsOf(extension)) {
      for (const name of TIME_ATTRIBUTES) {
        const value = test.time?.[name];
        if (value === undefined || OTHERS.has(name)) continue;
        const path = `${pointer}/${name}`;
        if (!(READABLE[name] ?? NUMBERS).test(value)) {
          yield { code: 'time-unreadable', path, message: `${quoted(value)}: ${FORMS[name] ?? NUMBER_FORM}` };
        } else if (!canHold({ [name]: value }, MOMENTS[name])) {
          yield {
            path,
            message: `${name} is never ${quoted(value)}`,
            fix: NUMBER_RANGES[name] ?? 'see docs/dialplan.md',
          };
        }
      }
    }
  },
);

const NUMBER_FORM =
  'FreeSWITCH reads numbers and ranges, comma separated, up to the first character it does not expect';
const FORMS: Readonly<Partial<Record<TimeAttribute, string>>> = {
  wday: 'FreeSWITCH reads 1-7 or sun, mon, tue, wed, thu, fri, sat, comma separated; anything else ends the list',
  'time-of-day': 'FreeSWITCH reads hh:mm[:ss]-hh:mm[:ss], comma separated; anything else ends the list',
  'date-time': 'FreeSWITCH reads YYYY-MM-DD hh:mm:ss~YYYY-MM-DD hh:mm:ss, comma separated',
};
const NUMBER_RANGES: Readonly<Partial<Record<TimeAttribute, string>>> = {
  yday: 'days of the year go from 1 to 366',
  mon: 'months go from 1 to 12',
  mday: 'days of the month go from 1 to 31',
  week: 'weeks of the year go from 1 to 53',
  mweek: 'weeks of the month go from 1 to 6',
  hour: 'hours go from 0 to 23',
  minute: 'minutes go from 0 to 59',
  'minute-of-day': 'minutes of the day go from 1 to 1440',
};

function canHold(test: TimeTest, moments: readonly number[] | undefined): boolean {
  if (moments === undefined) return true;
  return moments.some((epochMs) => timeMatches(test, { epochMs, serverZone: 'UTC' }, NO_CLOCK) === true);
}

function every(step: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => START + index * step);
}

function list({ source, flags }: RegExp): RegExp {
  return new RegExp(`^(?:${source})(?:,(?:${source}))*$`, flags);
}
