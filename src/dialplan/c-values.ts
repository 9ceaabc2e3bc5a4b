/** How FreeSWITCH's C code reads numbers, truth and names out of a string (`atoi`, `switch_true`, `strcasecmp`). */
import type { Bytes } from '../bytes.js';

const LEADING_INTEGER = /^[ \t\n\v\f\r]*([+-]?\d+)/;
const NUMBER = /^[+-]?[0-9.]*$/;
const TRUE_WORDS = new Set(['yes', 'on', 'true', 't', 'enabled', 'active', 'allow']);
const UPPER_CASE = /[A-Z]/;
const BEYOND_ASCII = /[^\x00-\x7f]/;
/** A shorter text is looked through before an expression has begun. */
const SHORT = 40;
const LETTER_A = 0x41;
const LETTER_Z = 0x5a;
const INT64_MAX = 2n ** 63n - 1n;

/** `atoi`: the leading integer, else 0; what exceeds a long is clamped to it, then cut to 32 bits, as glibc does. */
export function atoi(text: Bytes): number {
  const digits = LEADING_INTEGER.exec(text)?.[1];
  if (digits === undefined) return 0;
  if (digits.length <= 9) return Number(digits);
  let value = BigInt(digits);
  if (value > INT64_MAX) value = INT64_MAX;
  if (value < -INT64_MAX - 1n) value = -INT64_MAX - 1n;
  return Number(BigInt.asIntN(32, value));
}

/** `switch_is_number`: an optional sign, then nothing but digits and dots; also the empty string. */
export function isNumber(text: Bytes): boolean {
  return NUMBER.test(text);
}

/** `switch_true`: one of FreeSWITCH's words, or a number whose integer part is not zero. */
export function isTrue(text: Bytes | undefined): boolean {
  if (text === undefined) return false;
  return TRUE_WORDS.has(lowerCase(text)) || (isNumber(text) && atoi(text) !== 0);
}

/** ASCII lower case: FreeSWITCH compares names in the C locale, where no other byte has a case. */
export function lowerCase(text: Bytes): Bytes {
  if (!hasUpperCase(text)) return text;
  return BEYOND_ASCII.test(text) ? text.replace(/[A-Z]+/g, (run) => run.toLowerCase()) : text.toLowerCase();
}

function hasUpperCase(text: Bytes): boolean {
  if (text.length > SHORT) return UPPER_CASE.test(text);
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    if (letter >= LETTER_A && letter <= LETTER_Z) return true;
  }
  return false;
}
