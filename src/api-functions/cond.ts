/** `cond <expr> ? <true value> : <false value>` (`cond_function` in mod_commands.c). */
import type { Bytes } from '../bytes.js';
import { isNumber } from '../dialplan/c-values.js';
import { splitArguments } from '../dialplan/split-arguments.js';

const FAILED = '-ERR';
const OPERATOR = /^(==|!=|>=|<=|>|<)/;
const SPACES = /^[ \t\n\v\f\r]*/;

interface Operand {
  readonly text: Bytes;
  readonly isQuoted: boolean;
  readonly rest: Bytes;
}

export function cond(args: Bytes): Bytes {
  const first = readOperand(args);
  const operator = first === undefined ? undefined : OPERATOR.exec(first.rest)?.[0];
  if (first === undefined || operator === undefined) return FAILED;
  // FreeSWITCH passes over one character behind > and <, whatever it is, as it does over the second of the others.
  const consumed = operator.length === 1 ? 2 : operator.length;
  const second = readOperand(first.rest.slice(consumed).replace(SPACES, ''));
  if (second?.rest.startsWith('?') !== true) return FAILED;
  const [, whenTrue, whenFalse] = splitArguments(`:${second.rest.slice(1)}`, ':', 3);
  if (whenTrue === undefined) return FAILED;
  return compare(first, operator, second) ? whenTrue : (whenFalse ?? '');
}

/** Up to a space, or in quotes with a space behind them; what follows the spaces is the rest. */
function readOperand(text: Bytes): Operand | undefined {
  const quoted = /^'((?:\\[\\']|[^'])*)'(?=[ \t\n\v\f\r])/.exec(text);
  if (text.startsWith("'") && quoted === null) return undefined;
  const end = quoted === null ? text.indexOf(' ') : quoted[0].length;
  if (end < 0) return undefined;
  return {
    text: quoted?.[1] ?? text.slice(0, end),
    isQuoted: quoted !== null,
    rest: text.slice(quoted === null ? end + 1 : end).replace(SPACES, ''),
  };
}

/** Text counts by its length where it meets a number, or an order is asked for. */
function compare(one: Operand, operator: string, other: Operand): boolean {
  const [oneIsNumber, otherIsNumber] = [one, other].map(({ text, isQuoted }) => !isQuoted && isNumber(text));
  const a = oneIsNumber === true ? numberOf(one.text) : one.text.length;
  const b = otherIsNumber === true ? numberOf(other.text) : other.text.length;
  const areTexts = oneIsNumber !== true && otherIsNumber !== true;
  switch (operator) {
    case '==':
      return areTexts ? one.text === other.text : a === b;
    case '!=':
      return areTexts ? one.text !== other.text : a !== b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '<':
      return a < b;
    default:
      return a <= b;
  }
}

/** `atof` of what `switch_is_number` lets through. */
function numberOf(text: Bytes): number {
  return Number.parseFloat(text) || 0;
}
