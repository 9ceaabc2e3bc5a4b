/**
 * One header of an event in its JSON form, found in the text: an object of all two hundred was a quarter of what a call cost, and
 * of most events a handful is asked for. FreeSWITCH writes one flat object of strings and lists of strings, without a space
 * between them. There `,"Name":` is nowhere but where that member is: within a string each quote has a backslash before it.
 */
import type { Bytes } from '../bytes.js';

/** What only a parser can tell: the value is no string, or the text is not of that form. */
export const UNREADABLE = Symbol('unreadable');

const QUOTE = 0x22;
/** FreeSWITCH writes what it tells of an application behind the channel's variables, within so many bytes as a rule. */
const TAIL = 1024;
const STRING_HERE = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;

/** Whether the text may be of that form: an object, of which the first member's name is a plain string. */
export function isFlatJson(text: Bytes): boolean {
  return text.startsWith('{"') && text.endsWith('}');
}

/**
 * The value of a member of that name, a string of its own (a slice would hold on to all of the text); undefined where there is none.
 * Of two with one name, which FreeSWITCH does not write, either may be told.
 * @param text of which {@link isFlatJson} holds
 * @param name without anything JSON escapes
 */
export function headerOfJson(text: Bytes, name: string): Bytes | typeof UNREADABLE | undefined {
  const start = valueOf(text, name);
  if (start === undefined) return undefined;
  if (text.charCodeAt(start) !== QUOTE) return UNREADABLE;
  STRING_HERE.lastIndex = start;
  if (!STRING_HERE.test(text)) return UNREADABLE;
  try {
    return JSON.parse(text.slice(start, STRING_HERE.lastIndex)) as Bytes;
  } catch {
    return UNREADABLE;
  }
}

/** Where a member's value begins. */
function valueOf(text: Bytes, name: string): number | undefined {
  // The first one, which is an event's name.
  if (text.startsWith(name, 2) && text.startsWith('":', 2 + name.length)) return name.length + 4;
  const member = `,"${name}":`;
  let at = text.indexOf(member, text.length - TAIL);
  if (at < 0) at = text.indexOf(member);
  return at < 0 ? undefined : at + member.length;
}
