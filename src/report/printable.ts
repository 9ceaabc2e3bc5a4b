/** Text for a terminal or a log, whatever a caller put into it. */
import { textOf, type Bytes } from '../bytes.js';

/** Control characters, what turns the direction of writing, and what is no character at all. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;
/** A day, which stays; a number as people write it, `+86 138-0013-8000`; any other longer one. */
const DAY_OR_NUMBER = /(20\d\d-[01]\d-[0-3]\d(?!\d))|\d(?:[ ()-]{0,2}\d){6,}|\d{5,}/g;
const DIGIT = /\d/g;
const DIGITS_LEFT = 4;

/** Escapes what a terminal would act on: `\x1b`, a byte that is not UTF-8 as `\xff`. */
export function printable(bytes: Bytes): string {
  return printableText(textOf(bytes));
}

export function printableText(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) return escape(code & 0xff);
    return code < 0x100 ? escape(code) : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

function escape(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}

/** Replaces all but the last four digits of every longer number by asterisks, also of one written in groups. */
export function maskNumbers(text: string): string {
  return text.replace(DAY_OR_NUMBER, (found, day?: string) => day ?? maskNumber(found));
}

function maskNumber(number: string): string {
  let hidden = (number.match(DIGIT)?.length ?? 0) - DIGITS_LEFT;
  return number.replace(DIGIT, (digit) => {
    hidden -= 1;
    return hidden < 0 ? digit : '*';
  });
}
