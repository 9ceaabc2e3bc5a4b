/** A time attribute that never holds, some that never hold together, or that FreeSWITCH reads only in part. */
import { TIME_ATTRIBUTES, type TimeAttribute, type TimeTest } from '../../dialplan/date-time.js';
import { extensionCheck, type LintTools } from '../finding.js';
import { quoted } from '../quoted.js';
import { testsOf } from '../walk.js';

const NO_CLOCK = { offsetHours: undefined, zone: undefined };
/** What has come to pass, or does elsewhere, is not never. */
const NOT_JUDGED: ReadonlySet<TimeAttribute> = new Set(['year', 'date-time', 'dst', 'tz-offset']);

const READABLE: Readonly<Partial<Record<TimeAttribute, RegExp>>> = {
  wday: list(/(?:[1-7]|sun|mon|tue|wed|thu|fri|sat)(?:-(?:[1-7]|sun|mon|tue|wed|thu|fri|sat))?/i),
  'time-of-day': list(/\s*\d{1,2}:\d{2}(?::\d{2})?-\d{1,2}:\d{2}(?::\d{2})?/),
  'date-time': list(/[^,~]*\d[^,~]*~[^,~]*\d[^,~]*/),
};
const NUMBERS = list(/\s*\d+(?:-\s*\d+)?/);
const OTHERS: ReadonlySet<TimeAttribute> = new Set(['dst', 'tz-offset']);

export const timeNever = extensionCheck(
  { 'time-never': 'warning', 'time-unreadable': 'warning' },
  function* (extension, tools) {
    for (const { test, pointer } of testsOf(extension)) {
      const judged = judgedPart(test.time ?? {});
      let comes = true;
      for (const name of TIME_ATTRIBUTES) {
        const value = test.time?.[name];
        if (value === undefined || OTHERS.has(name)) continue;
        const path = `${pointer}/${name}`;
        if (!(READABLE[name] ?? NUMBERS).test(value)) {
          yield { code: 'time-unreadable', path, message: `${quoted(value)}: ${FORMS[name] ?? NUMBER_FORM}` };
        } else if (!NOT_JUDGED.has(name) && !canHold({ [name]: value }, tools)) {
          comes = false;
          yield {
            path,
            message: `${name} is never ${quoted(value)}`,
            fix: NUMBER_RANGES[name] ?? 'see docs/dialplan.md',
          };
        }
      }
      if (comes && Object.keys(judged).length > 1 && !canHold(judged, tools)) {
        const all = Object.entries(judged).map(([name, value]) => `${name} ${quoted(value)}`);
        yield { path: pointer, message: `there is no moment with ${all.join(' and ')}` };
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

function judgedPart(test: TimeTest): TimeTest {
  return Object.fromEntries(
    TIME_ATTRIBUTES.flatMap((name) => {
      const value = test[name];
      return value === undefined || NOT_JUDGED.has(name) ? [] : [[name, value]];
    }),
  );
}

function canHold(test: TimeTest, { times, today }: LintTools): boolean {
  const moment = { epochMs: Date.parse(today), serverZone: 'UTC' };
  return times.find([{ test, clock: NO_CLOCK, holds: true }], moment) !== undefined;
}

function list({ source, flags }: RegExp): RegExp {
  return new RegExp(`^(?:${source})(?:,(?:${source}))*$`, flags);
}
