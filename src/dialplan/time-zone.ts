/** Clock readings in a time zone, as C's `struct tm` gives them. */

export interface ClockReading {
  readonly year: number;
  /** 1–12 */
  readonly month: number;
  /** 1–31 */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 1–7, Sunday is 1 */
  readonly weekday: number;
  /** 1–366 */
  readonly yearDay: number;
  /** Seconds east of Greenwich */
  readonly offset: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Where the zone database counts the time behind standard time, which is Greenwich's, as daylight saving. */
const NEGATIVE_DAYLIGHT_SAVING = new Set(['Europe/Dublin', 'Eire', 'Africa/Casablanca', 'Africa/El_Aaiun']);
const MOST_ZONES = 1_000;

interface Zone {
  readonly formatter: Intl.DateTimeFormat;
  /** The hour last asked for: most calls come one behind the other, and formatting a date takes ten times as long as a hunt's test. */
  steady: { readonly hour: number; readonly offset: number } | undefined;
}

type CalendarDate = Pick<ClockReading, 'year' | 'month' | 'day' | 'weekday' | 'yearDay'>;

/** The day last asked for, counted from the epoch. */
let lastDate: { readonly day: number; readonly date: CalendarDate } = { day: 0, date: readDate(0) };

/** Zones by name; null for a name that is none. Names may come from a caller: bounded. */
let zones = new Map<string, Zone | null>();

/** Reads the clock at `epochMs` with a fixed offset in seconds. */
export function readClockAtOffset(epochMs: number, offset: number): ClockReading {
  const shifted = epochMs + offset * 1000;
  const day = Math.floor(shifted / DAY_MS);
  if (day !== lastDate.day) lastDate = { day, date: readDate(shifted) };
  const { year, month, day: dayOfMonth, weekday, yearDay } = lastDate.date;
  const second = Math.floor((shifted - day * DAY_MS) / 1000);
  return {
    year,
    month,
    day: dayOfMonth,
    hour: Math.floor(second / 3600),
    minute: Math.floor(second / 60) % 60,
    second: second % 60,
    weekday,
    yearDay,
    offset,
  };
}

function readDate(epochMs: number): CalendarDate {
  const date = new Date(epochMs);
  const year = date.getUTCFullYear();
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay() + 1,
    yearDay: Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / DAY_MS) + 1,
  };
}

/** Reads the clock in a zone of the IANA database; undefined for a name that is no zone. */
export function readClock(epochMs: number, zone: string): ClockReading | undefined {
  const offset = zoneOffset(epochMs, zone);
  return offset === undefined ? undefined : readClockAtOffset(epochMs, offset);
}

/** `2026-11-25` */
export function dateText({ year, month, day }: ClockReading): string {
  return [String(year).padStart(4, '0'), two(month), two(day)].join('-');
}

/** `18:30:00` */
export function timeText({ hour, minute, second }: ClockReading): string {
  return [hour, minute, second].map(two).join(':');
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** C's `tm_isdst`: ahead of the zone's own standard time, as a rule the lesser of its offsets in January and July. */
export function isDaylightSaving(epochMs: number, zone: string): boolean {
  const offset = zoneOffset(epochMs, zone);
  if (offset === undefined) return false;
  if (NEGATIVE_DAYLIGHT_SAVING.has(zone)) return offset === 0;
  const year = new Date(epochMs).getUTCFullYear();
  const january = zoneOffset(Date.UTC(year, 0, 1), zone) as number;
  const july = zoneOffset(Date.UTC(year, 6, 1), zone) as number;
  return offset > Math.min(january, july);
}

/** A zone's offset at a moment, in seconds east of Greenwich; undefined for a name that is no zone. */
export function zoneOffset(epochMs: number, zoneName: string): number | undefined {
  if (zoneName === 'UTC') return 0;
  const zone = findZone(zoneName);
  if (zone === null) return undefined;
  const hour = Math.floor(epochMs / HOUR_MS);
  if (zone.steady?.hour === hour) return zone.steady.offset;
  const { formatter } = zone;
  const offset = readOffset(hour * HOUR_MS, formatter);
  // Where a zone changes its offset it does so once: an hour that begins and ends with the same has it throughout.
  if (offset !== readOffset((hour + 1) * HOUR_MS, formatter)) return readOffset(epochMs, formatter);
  zone.steady = { hour, offset };
  return offset;
}

function readOffset(epochMs: number, formatter: Intl.DateTimeFormat): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(epochMs)) part[type] = Number(value);
  const { year, month, day, hour, minute, second } = part as Record<
    'year' | 'month' | 'day' | 'hour' | 'minute' | 'second',
    number
  >;
  const wallClock = Date.UTC(year, month - 1, day, hour, minute, second);
  return (wallClock - Math.floor(epochMs / 1000) * 1000) / 1000;
}

function findZone(name: string): Zone | null {
  let zone = zones.get(name);
  if (zone === undefined) {
    if (zones.size >= MOST_ZONES) zones = new Map();
    const formatter = createFormatter(name);
    zone = formatter === null ? null : { formatter, steady: undefined };
    zones.set(name, zone);
  }
  return zone;
}

function createFormatter(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
}
