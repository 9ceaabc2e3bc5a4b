/**
 * Reads the few headers of an event that are asked for of nearly every one, without making an object of all two hundred: that
 * was a quarter of what a call cost. FreeSWITCH writes one flat object of strings and lists of strings, without a space between
 * them; this reads that form, all of it, and nothing else.
 */
import type { Bytes } from '../bytes.js';

/** The headers that are read. */
export const SCANNED_HEADERS: ReadonlySet<string> = new Set([
  ...['Event-Name', 'Unique-ID', 'Job-UUID', 'Core-UUID', 'Content-Type', 'Reply-Text', '_body'],
  ...['Application', 'Application-UUID', 'Application-Data', 'Application-Response'],
  ...['Answer-State', 'Channel-State-Number', 'Hangup-Cause'],
  ...['Caller-Channel-Answered-Time', 'Caller-Channel-Hangup-Time'],
]);

/** What is kept of an event for as long as its call is a copy, for a slice holds on to all of the text. */
const KEPT: ReadonlySet<string> = new Set(['Application-Data', 'Application-Response', 'Hangup-Cause']);

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const CONTROL = /[\x00-\x1f]/;
const STRING = '"[^"\\\\]*(?:\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\\]*)*"';
const STRING_HERE = new RegExp(STRING, 'y');
const LIST_HERE = new RegExp(`\\[(?:${STRING}(?:,${STRING})*)?\\]`, 'y');

/** Most headers are none of those by their first letter and length alone. */
const LENGTHS = new Map<number, Set<number>>();
for (const name of SCANNED_HEADERS) {
  const first = name.charCodeAt(0);
  LENGTHS.set(first, (LENGTHS.get(first) ?? new Set()).add(name.length));
}

/**
 * The values of {@link SCANNED_HEADERS} that are there; of two with one name the last, as in an object.
 * @returns undefined for what is not of that form, or where one of them is a list: it may be JSON all the same
 */
export function scanEvent(text: Bytes): Map<string, Bytes> | undefined {
  if (text.charCodeAt(0) !== OPENING_BRACE || CONTROL.test(text)) return undefined;
  const found = new Map<string, Bytes>();
  let backslash = next(text, '\\', 0);
  for (let at = 1; ;) {
    // A name with a backslash may be any name.
    const nameEnd = text.charCodeAt(at) === QUOTE ? next(text, '"', at + 1) : backslash;
    if (nameEnd >= backslash || text.charCodeAt(nameEnd + 1) !== COLON) return undefined;
    const value = nameEnd + 2;
    const kind = text.charCodeAt(value);
    let end: number;
    if (kind === QUOTE) {
      end = next(text, '"', value + 1) + 1;
      if (end > backslash) end = endOf(STRING_HERE, text, value);
    } else end = kind === OPENING_BRACKET ? endOf(LIST_HERE, text, value) : 0;
    if (end === 0) return undefined;
    if (end > backslash) backslash = next(text, '\\', end);
    if (LENGTHS.get(text.charCodeAt(at + 1))?.has(nameEnd - at - 1) === true) {
      const name = text.slice(at + 1, nameEnd);
      if (SCANNED_HEADERS.has(name)) {
        if (kind !== QUOTE) return undefined;
        found.set(name, valueOf(name, text, value, end));
      }
    }
    at = end + 1;
    const behind = text.charCodeAt(end);
    if (behind === CLOSING_BRACE) return at === text.length ? found : undefined;
    if (behind !== COMMA) return undefined;
  }
}

/** The place of the next such character; behind all others where there is none. */
function next(text: Bytes, character: string, from: number): number {
  const at = text.indexOf(character, from);
  return at < 0 ? text.length : at;
}

/** Where what a sticky expression takes from here on ends; 0 where it takes nothing. */
function endOf(expression: RegExp, text: Bytes, from: number): number {
  expression.lastIndex = from;
  return expression.test(text) ? expression.lastIndex : 0;
}

function valueOf(name: string, text: Bytes, start: number, end: number): Bytes {
  const value = text.slice(start + 1, end - 1);
  return KEPT.has(name) || value.includes('\\') ? (JSON.parse(text.slice(start, end)) as Bytes) : value;
}
