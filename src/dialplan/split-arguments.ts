/** How FreeSWITCH splits a text at a delimiter (`switch_separate_string`): quotes hold together, backslashes escape. */
import type { Bytes } from '../bytes.js';

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', s: ' ' };

/** `^^;` in front of the text names another delimiter. At most `most` parts are made; the last is all the rest. */
export function splitArguments(text: Bytes, delimiter: Bytes, most: number): Bytes[] {
  if (text.startsWith('^^') && text.length > 3) return split(text.slice(3), text[2] as string, most);
  return split(text, delimiter, most);
}

function split(text: Bytes, delimiter: Bytes, most: number): Bytes[] {
  return delimiter === ' '
    ? splitAtBlanks(text, most).map((part) => cleanUp(part, ''))
    : splitAt(text, delimiter, most).map((part) => cleanUp(part, delimiter));
}

function splitAt(text: Bytes, delimiter: Bytes, most: number): Bytes[] {
  const parts: Bytes[] = [];
  let start = 0;
  let quoted = false;
  let at = 0;
  while (at < text.length && parts.length < most - 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === "'" && (quoted || text.includes("'", at + 1))) quoted = !quoted;
    else if (character === delimiter && !quoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
    at += 1;
  }
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}

function splitAtBlanks(text: Bytes, most: number): Bytes[] {
  const parts: Bytes[] = [];
  let at = 0;
  while (at < text.length && parts.length < most - 1) {
    const start = at;
    while (text[at] === ' ') at += 1;
    let quoted = false;
    for (; at < text.length; at += 1) {
      const character = text[at];
      if (character === '\\') at += 1;
      else if (character === "'") quoted = !quoted;
      else if (character === ' ' && !quoted) break;
    }
    parts.push(text.slice(start, at));
    while (text[at] === ' ') at += 1;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

function cleanUp(part: Bytes, delimiter: Bytes): Bytes {
  let cleaned = '';
  let end = 0;
  let quoted = false;
  const text = part.replace(/^ +/, '');
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    const next = text[at + 1] ?? '';
    const escaped = character === '\\' ? unescape(next, delimiter) : undefined;
    if (escaped !== undefined) {
      at += 1;
      cleaned += escaped;
      end = cleaned.length;
    } else if (character === "'" && (quoted || text.includes("'", at + 1))) {
      quoted = !quoted;
      if (quoted) end = cleaned.length;
    } else {
      cleaned += character;
      if (character !== ' ' || quoted) end = cleaned.length;
    }
  }
  return cleaned.slice(0, end);
}

function unescape(next: Bytes, delimiter: Bytes): Bytes | undefined {
  if (next === '') return undefined;
  if (next === "'" || next === '"' || next === delimiter || next === '\\') return next;
  return ESCAPED[next];
}
