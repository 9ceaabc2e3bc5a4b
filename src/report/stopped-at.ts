/** Where in a value a regular expression stopped matching. */
import { textOf, type Bytes } from '../bytes.js';
import { compileExpression } from '../dialplan/expression.js';
import { Pattern } from '../dialplan/pcre2.js';
import { printable } from './printable.js';

/** Values are looked at up to here: each byte costs one match. */
const MOST_BYTES = 512;
const TWO_COLUMNS =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/**
 * The length in bytes of the value's longest beginning that the expression matches, or could match if the value went on
 * otherwise; undefined for a pattern that does not compile.
 */
export function stoppedAt(value: Bytes, expression: Bytes): number | undefined {
  const pattern = compileExpression(expression);
  return pattern instanceof Pattern ? pattern.stoppedAt(value, MOST_BYTES) : undefined;
}

/** Columns a terminal shows a byte string in. */
export function columnsOf(bytes: Bytes): number {
  let columns = 0;
  for (const character of printable(bytes)) columns += TWO_COLUMNS.test(character) ? 2 : 1;
  return columns;
}

/** The beginning of a value as text, not cut within a character. */
export function beginningOf(value: Bytes, length: number): string {
  let end = length;
  while (end > 0 && end < value.length && (value.charCodeAt(end) & 0xc0) === 0x80) end -= 1;
  return textOf(value.slice(0, end));
}
