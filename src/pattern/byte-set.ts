/** Sets of bytes, as 256-bit integers: bit n stands for byte n. */
import type { Bytes } from '../bytes.js';

export type ByteSet = bigint;

export const NO_BYTES: ByteSet = 0n;
/** Every byte a value of FreeSWITCH's can hold: its strings end at NUL. */
export const ANY_BYTE: ByteSet = (1n << 256n) - 2n;

export function byteSet(bytes: Bytes): ByteSet {
  let set = NO_BYTES;
  for (let at = 0; at < bytes.length; at += 1) set |= 1n << BigInt(bytes.charCodeAt(at));
  return set;
}

/** All bytes from `first` to `last`, both included. */
export function byteRange(first: number, last: number): ByteSet {
  return last < first ? NO_BYTES : ((1n << BigInt(last - first + 1)) - 1n) << BigInt(first);
}

export function hasByte(set: ByteSet, byte: number): boolean {
  return ((set >> BigInt(byte)) & 1n) === 1n;
}

export function otherBytes(set: ByteSet): ByteSet {
  return ANY_BYTE & ~set;
}

/** The set with the other case of each ASCII letter in it: PCRE2 without UTF and locale knows no other letters. */
export function withBothCases(set: ByteSet): ByteSet {
  const upper = set & UPPER_CASE;
  const lower = set & LOWER_CASE;
  return set | (upper << CASE_DISTANCE) | (lower >> CASE_DISTANCE);
}

const CASE_DISTANCE = 32n;
const UPPER_CASE = byteRange(0x41, 0x5a);
const LOWER_CASE = byteRange(0x61, 0x7a);

export const DIGITS = byteRange(0x30, 0x39);
const LETTERS = UPPER_CASE | LOWER_CASE;
export const WORD_BYTES = DIGITS | LETTERS | byteSet('_');
export const NEWLINE = byteSet('\n');
const SPACE = byteSet('\t\n\v\f\r ');
const PRINTABLE = byteRange(0x20, 0x7e);

/** `\d`, `\h` … in the C locale; the upper-case letter is what is not in the set. */
export const ESCAPED_CLASSES: Readonly<Record<string, ByteSet>> = {
  d: DIGITS,
  w: WORD_BYTES,
  s: SPACE,
  h: byteSet('\t \xa0'),
  v: byteSet('\n\v\f\r\x85'),
  N: NEWLINE,
};

/** `[:alpha:]` … in the C locale. */
export const POSIX_CLASSES: Readonly<Record<string, ByteSet>> = {
  alnum: DIGITS | LETTERS,
  alpha: LETTERS,
  ascii: byteRange(1, 0x7f),
  blank: byteSet('\t '),
  cntrl: byteRange(1, 0x1f) | byteSet('\x7f'),
  digit: DIGITS,
  graph: PRINTABLE & ~byteSet(' '),
  lower: LOWER_CASE,
  print: PRINTABLE,
  punct: PRINTABLE & ~(DIGITS | LETTERS | byteSet(' ')),
  space: SPACE,
  upper: UPPER_CASE,
  word: WORD_BYTES,
  xdigit: DIGITS | byteSet('abcdefABCDEF'),
};

/** Bytes in the order in which a reader would rather see them: digits, letters, other printable ones, the rest. */
const LIKED_SETS: readonly ByteSet[] = [
  byteRange(0x31, 0x39),
  DIGITS,
  LOWER_CASE,
  UPPER_CASE,
  byteSet('*#+'),
  PRINTABLE & ~byteSet(' '),
  PRINTABLE,
  ANY_BYTE,
];

/** A byte of the set, a readable one if there is one; another for another `turn`. The set is not empty. */
export function likedByte(set: ByteSet, turn = 0): number {
  for (const liked of LIKED_SETS) {
    let choice = set & liked;
    if (choice === NO_BYTES) continue;
    for (let passed = 0; passed < turn; passed += 1) choice = choice & (choice - 1n) || set & liked;
    return lowestByte(choice);
  }
  throw new RangeError('the set is empty');
}

function lowestByte(set: ByteSet): number {
  return (set & -set).toString(2).length - 1;
}
