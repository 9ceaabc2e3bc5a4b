/** The directives of FreeSWITCH's preprocessor, found in a line as `preprocess` in `switch_xml.c` finds them. */
import type { Bytes } from '../bytes.js';

export interface Directive {
  /** Where in the line its keyword is. */
  readonly at: number;
  /** In lower case; undefined where FreeSWITCH cannot read it. It drops the line all the same. */
  readonly command: Bytes | undefined;
  /** Whether it begins as a tag, and is not a word in a text. */
  readonly isTag: boolean;
  readonly argument: Bytes;
}

const KEYWORD = /x-pre-process/i;
const TAG_END = '/>';
export const COMMENT_START = '<!--#';
export const COMMENT_END = '-->';

/** `<X-PRE-PROCESS cmd="…" data="…"/>`, wherever it stands; undefined if the line has none. */
export function findDirective(line: Bytes): Directive | undefined {
  const at = line.search(KEYWORD);
  if (at < 0) return undefined;
  const tagEnd = line.indexOf(TAG_END, at);
  const tag = line.slice(at, tagEnd < 0 ? undefined : tagEnd + TAG_END.length);
  const isTag = line[at - 1] === '<';
  const command = isTag ? quotedAfter(tag, 'cmd', 0) : undefined;
  const argument = command?.end === undefined ? undefined : quotedAfter(tag, 'data', command.end);
  if (command === undefined || argument === undefined) return { at, command: undefined, isTag, argument: '' };
  return { at, command: command.text.toLowerCase(), isTag, argument: argument.text };
}

/** `<!--#include "…"-->`, the older form; its text is what is between `<!--#` and the end of the comment or line. */
export function readCommandComment(text: Bytes, at: number): Directive {
  const [line = ''] = text.split(/[\r\n]/, 1);
  const space = line.indexOf(' ');
  if (space < 0) return { at, command: line.toLowerCase(), isTag: true, argument: '' };
  const rest = line.slice(space + 1);
  const quoted = /"([^"]*)"/.exec(rest)?.[1];
  return { at, command: line.slice(0, space).toLowerCase(), isTag: true, argument: quoted ?? rest };
}

/** `name=value`; undefined without a `=`. */
export function splitAssignment(text: Bytes): { readonly name: Bytes; readonly value: Bytes } | undefined {
  const equals = text.indexOf('=');
  if (equals < 0) return undefined;
  return { name: text.slice(0, equals).replace(/ +$/, ''), value: text.slice(equals + 1).replace(/^ +/, '') };
}

/** The text in double quotes behind the next `word` and `=`; without a closing quote it reaches to the end. */
function quotedAfter(
  text: Bytes,
  word: string,
  from: number,
): { readonly text: Bytes; readonly end: number | undefined } | undefined {
  const wordAt = text.toLowerCase().indexOf(word, from);
  const equals = wordAt < 0 ? -1 : text.indexOf('=', wordAt);
  const quote = equals < 0 ? -1 : text.indexOf('"', equals);
  if (quote < 0) return undefined;
  const end = text.indexOf('"', quote + 1);
  return end < 0 ? { text: text.slice(quote + 1), end: undefined } : { text: text.slice(quote + 1, end), end: end + 1 };
}
