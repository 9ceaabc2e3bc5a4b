/**
 * JSON checked where it lies, with nothing made of it: where a string or a value ends, if `JSON.parse` would take it. What is
 * scanned ends with a line feed, which JSON without white space has nowhere, so that no scan goes beyond it.
 */
import { lowestByte } from './first-difference.js';

/** Bytes and a view of the same; at least {@link SPARE_BYTES} follow the line feed. */
export interface ScannedBytes {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** Bytes are looked at in words of up to eight. */
export const SPARE_BYTES = 8;
/** JSON is scanned no deeper. */
const DEEPEST = 30;
const NONE = -1;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const TO_LOWER_CASE = 0x20;
const LETTER_A = 0x61;
const LETTER_E = 0x65;
const LETTER_F = 0x66;
const LETTER_U = 0x75;
/** By byte: whether a backslash may stand before it. */
const ESCAPED = new Uint8Array(256);
for (const byte of Buffer.from('"\\/bfnrt')) ESCAPED[byte] = 1;
const HEX_DIGITS = 4;

/** Four bytes at once: one of them is 0 where `(word - ONES) & ~word & HIGHS` is not. */
const ONES = 0x01010101;
const HIGHS = 0x80808080 | 0;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;
const SPACES = 0x20202020;

const [TRUE, ALSE, NULL] = ['true', 'alse', 'null'].map((text) => Buffer.from(text).readInt32LE());

/** Where the quote is that ends a string; negative if it is none. @param from behind its first quote */
export function stringEnd({ bytes, view }: ScannedBytes, from: number): number {
  let at = from;
  for (;;) {
    const word = view.getInt32(at, true);
    const quotes = word ^ QUOTES;
    const escapes = word ^ BACKSLASHES;
    // Of control characters, too, the lowest that is found is one.
    const found = (((quotes - ONES) & ~quotes) | ((escapes - ONES) & ~escapes) | ((word - SPACES) & ~word)) & HIGHS;
    if (found === 0) {
      at += 4;
      continue;
    }
    at += lowestByte(found);
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte !== BACKSLASH) return NONE;
    at = escapeEnd(bytes, at + 1);
    if (at < 0) return NONE;
  }
}

/** Behind the value that begins there; negative if there is none, or one that is nested too deeply. */
export function valueEnd(scanned: ScannedBytes, from: number): number {
  const { bytes } = scanned;
  let at = from;
  let depth = 0;
  /** A bit for each open object or array, the innermost lowest: whether it is an object. */
  let objects = 0;
  for (;;) {
    const first = bytes[at];
    if (first === QUOTE) at = behindString(scanned, at);
    else if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      const isObject = first === OPEN_BRACE;
      at += 1;
      if (bytes[at] === (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) at += 1;
      else {
        depth += 1;
        if (depth > DEEPEST) return NONE;
        objects = (objects << 1) | (isObject ? 1 : 0);
        if (isObject) at = behindKey(scanned, at);
        if (at < 0) return NONE;
        continue;
      }
    } else at = scalarEnd(scanned, at);
    if (at < 0) return NONE;
    while (depth > 0 && bytes[at] === ((objects & 1) === 1 ? CLOSE_BRACE : CLOSE_BRACKET)) {
      at += 1;
      depth -= 1;
      objects >>= 1;
    }
    if (depth === 0) return at;
    if (bytes[at] !== COMMA) return NONE;
    at += 1;
    if ((objects & 1) === 1) at = behindKey(scanned, at);
    if (at < 0) return NONE;
  }
}

function behindString(scanned: ScannedBytes, at: number): number {
  const end = stringEnd(scanned, at + 1);
  return end < 0 ? NONE : end + 1;
}

/** Behind a key and its colon. */
export function behindKey(scanned: ScannedBytes, at: number): number {
  if (scanned.bytes[at] !== QUOTE) return NONE;
  const end = stringEnd(scanned, at + 1);
  return end < 0 || scanned.bytes[end + 1] !== COLON ? NONE : end + 2;
}

/** @param at behind the backslash */
function escapeEnd(bytes: Uint8Array, at: number): number {
  const escaped = bytes[at] as number;
  if (escaped !== LETTER_U) return ESCAPED[escaped] === 1 ? at + 1 : NONE;
  for (let digit = at + 1; digit <= at + HEX_DIGITS; digit += 1) {
    const letter = (bytes[digit] as number) | TO_LOWER_CASE;
    if (!isDigit(bytes[digit]) && !(letter >= LETTER_A && letter <= LETTER_F)) return NONE;
  }
  return at + HEX_DIGITS + 1;
}

/** Behind the number or literal that begins there; negative if there is none. */
export function scalarEnd({ bytes, view }: ScannedBytes, from: number): number {
  const first = bytes[from];
  if (isNumberStart(first)) return numberEnd(bytes, from);
  const word = view.getInt32(from, true);
  if (word === TRUE || word === NULL) return from + 4;
  return first === LETTER_F && view.getInt32(from + 1, true) === ALSE ? from + 5 : NONE;
}

export function isNumberStart(byte: number | undefined): boolean {
  return byte === MINUS || isDigit(byte);
}

/** Behind the number that begins there, after {@link isNumberStart}; negative if it is none. */
export function numberEnd(bytes: Uint8Array, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  at = bytes[at] === ZERO ? at + 1 : digitsEnd(bytes, at);
  if (at >= 0 && bytes[at] === POINT) at = digitsEnd(bytes, at + 1);
  if (at < 0 || ((bytes[at] as number) | TO_LOWER_CASE) !== LETTER_E) return at;
  const sign = bytes[at + 1];
  return digitsEnd(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
}

/** Behind one digit or more; negative if there is none. */
export function digitsEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at += 1;
  return at === from ? NONE : at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
