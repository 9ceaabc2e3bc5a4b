/** The three spellings of a dialplan expression: bare PCRE2, `/pattern/flags`, and `_`, an Asterisk pattern. */
import type { Bytes } from '../bytes.js';
import { Pattern } from './pcre2.js';

/** An expression that never matches, and why (FreeSWITCH logs an error and goes on). */
export interface BrokenExpression {
  readonly message: string;
  /** Where in the pattern, in bytes. */
  readonly offset?: number;
}

/** FreeSWITCH translates an Asterisk pattern into a buffer of this many bytes, cutting what does not fit. */
const ASTERISK_BUFFER = 256;
const ASTERISK_CLASSES: Readonly<Record<string, string>> = { N: '[2-9]', X: '[0-9]', Z: '[1-9]', '.': '.*' };

const MOST_CACHED = 2_000;

/**
 * Compiles expressions and keeps what it compiled: those of a dialplan for as long as the dialplan lives, those that
 * variables were expanded into only up to a bound, because a caller may choose them.
 */
export class ExpressionCompiler {
  private readonly lasting = new Map<Bytes, Pattern | BrokenExpression>();
  private passing = new Map<Bytes, Pattern | BrokenExpression>();

  /** An expression written in a dialplan. */
  compileLasting(expression: Bytes): Pattern | BrokenExpression {
    let compiled = this.lasting.get(expression);
    if (compiled === undefined) {
      compiled = compileExpression(expression);
      this.lasting.set(expression, compiled);
    }
    return compiled;
  }

  /** An expression that came out of expanding variables. */
  compilePassing(expression: Bytes): Pattern | BrokenExpression {
    let compiled = this.lasting.get(expression) ?? this.passing.get(expression);
    if (compiled === undefined) {
      compiled = compileExpression(expression);
      if (this.passing.size >= MOST_CACHED) this.passing = new Map();
      this.passing.set(expression, compiled);
    }
    return compiled;
  }
}

/** What PCRE2 is given for an expression. */
export interface ReadExpression {
  readonly pattern: Bytes;
  readonly caseless: boolean;
  readonly dotAll: boolean;
}

/** Compiles one expression as `switch_regex_perform` does. @throws Pcre2MissingError */
export function compileExpression(expression: Bytes): Pattern | BrokenExpression {
  const read = readExpression(expression);
  return 'message' in read ? read : Pattern.compile(read.pattern, read);
}

/** Takes an expression's spelling apart. */
export function readExpression(expression: Bytes): ReadExpression | BrokenExpression {
  let pattern = expression.startsWith('_') ? translateAsterisk(expression.slice(1)) : expression;
  let flags = '';
  if (pattern.startsWith('/')) {
    const end = pattern.lastIndexOf('/');
    if (end === 0) return { message: "missing ending '/' delimiter" };
    flags = pattern.slice(end + 1);
    pattern = pattern.slice(1, end);
  }
  return { pattern, caseless: flags.includes('i'), dotAll: flags.includes('s') };
}

/** `switch_ast2regex`: `N`, `X`, `Z` are classes of digits, `.` is anything, the rest stays as it is, unquoted. */
function translateAsterisk(pattern: Bytes): Bytes {
  let translated = '^';
  for (const character of pattern) {
    const room = ASTERISK_BUFFER - translated.length;
    const characterClass = ASTERISK_CLASSES[character];
    if (characterClass !== undefined) translated += characterClass.slice(0, room);
    else if (room > 1) translated += character;
  }
  return `${translated}$`;
}
