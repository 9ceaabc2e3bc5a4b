/** PCRE2's escapes and character classes, as sets of bytes. */
import {
  ANY_BYTE,
  byteRange,
  byteSet,
  ESCAPED_CLASSES,
  NO_BYTES,
  otherBytes,
  POSIX_CLASSES,
  withBothCases,
  type ByteSet,
} from './byte-set.js';
import type { PatternReader } from './pattern-reader.js';
import { UnreadablePattern } from './unreadable-pattern.js';

const CHARACTER_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const HEXADECIMAL = /x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{0,2}))/y;
const BRACED_OCTAL = /o\{([0-7]+)\}/y;
const OCTAL = /0([0-7]{0,2})/y;
const OCTAL_IN_CLASS = /([0-7]{1,3})/y;
const CONTROL = /c([ -~])/y;
const POSIX_CLASS = /\[:(\^?)([a-z]+):\]/y;
const OTHER_POSIX = /\[[.=:]/y;

/** After a backslash: the one character or the class an escape stands for; undefined if it is none of these. */
export function parseEscape(reader: PatternReader, inClass: boolean): ByteSet | undefined {
  const code = parseCode(reader, inClass);
  if (code !== undefined) {
    if (code > 0xff) throw new UnreadablePattern('a character beyond \\xff');
    return (1n << BigInt(code)) & ANY_BYTE;
  }
  const character = reader.peek();
  const escapedClass = ESCAPED_CLASSES[character.toLowerCase()];
  if (character === 'N') {
    reader.next();
    if (reader.peek() === '{') throw new UnreadablePattern('a character by its name, \\N{…}');
    return otherBytes(ESCAPED_CLASSES['N'] as ByteSet);
  }
  if (escapedClass !== undefined && character !== 'n') {
    reader.next();
    return character === character.toUpperCase() ? otherBytes(escapedClass) : escapedClass;
  }
  const named = CHARACTER_ESCAPES[character];
  if (named !== undefined) {
    reader.next();
    return byteSet(named);
  }
  if (/[A-Za-z0-9]/.test(character) || character === '') return undefined;
  return byteSet(reader.next());
}

function parseCode(reader: PatternReader, inClass: boolean): number | undefined {
  const hexadecimal = reader.match(HEXADECIMAL);
  if (hexadecimal !== undefined) return parseInt(hexadecimal[1] ?? `0${hexadecimal[2] ?? ''}`, 16);
  const octal =
    reader.match(BRACED_OCTAL) ?? reader.match(OCTAL) ?? (inClass ? reader.match(OCTAL_IN_CLASS) : undefined);
  if (octal !== undefined) return parseInt(`0${octal[1] ?? ''}`, 8);
  const control = reader.match(CONTROL);
  return control === undefined ? undefined : (control[1] as string).toUpperCase().charCodeAt(0) ^ 0x40;
}

/** After the bracket that opens it. */
export function parseCharacterClass(reader: PatternReader, caseless: boolean): ByteSet {
  const negated = reader.take('^');
  let set = NO_BYTES;
  for (let isFirst = true; isFirst || reader.peek() !== ']'; isFirst = false) {
    if (reader.atEnd) throw new UnreadablePattern('a class without an end');
    if (reader.take('\\Q')) {
      set |= byteSet(reader.upTo('\\E'));
      continue;
    }
    if (reader.take('\\E')) {
      // Quotes nothing, and leaves the first place to what comes.
      if (isFirst && reader.peek() === ']') set |= byteSet(reader.next());
      continue;
    }
    set |= parseClassItem(reader);
  }
  reader.next();
  if (caseless) set = withBothCases(set);
  return negated ? otherBytes(set) : set & ANY_BYTE;
}

function parseClassItem(reader: PatternReader): ByteSet {
  const first = parseClassMember(reader);
  if (first.isClass || reader.peek() !== '-') return first.set;
  reader.next();
  if (reader.peek() === ']') return first.set | byteSet('-');
  if (reader.take('\\E')) throw new UnreadablePattern('a range that is quoted in part');
  const last = parseClassMember(reader);
  if (last.isClass) return first.set | byteSet('-') | last.set;
  return byteRange(first.code, last.code);
}

type ClassMember =
  { readonly isClass: true; readonly set: ByteSet } | { readonly isClass: false; readonly set: ByteSet; code: number };

function parseClassMember(reader: PatternReader): ClassMember {
  const posix = reader.match(POSIX_CLASS);
  if (posix !== undefined) {
    const set = POSIX_CLASSES[posix[2] as string];
    if (set === undefined) throw new UnreadablePattern(`the class ${posix[0]}`);
    return { isClass: true, set: posix[1] === '^' ? otherBytes(set) : set };
  }
  if (reader.match(OTHER_POSIX) !== undefined) throw new UnreadablePattern('a class in brackets, [. or [= or [:');
  const character = reader.next();
  if (character !== '\\') return single(character.charCodeAt(0));
  if (reader.take('b')) return single(8);
  const before = reader.peek();
  if (before === 'Q' || before === 'R' || before === 'X' || before === 'B')
    throw new UnreadablePattern(`\\${before} in a class`);
  const set = parseEscape(reader, true);
  if (set === undefined) throw new UnreadablePattern(`the escape \\${before} in a class`);
  // A set of one is a character unless it was written as a class; no class of one byte but \N can be written.
  return isSingle(set) ? single(set.toString(2).length - 1) : { isClass: true, set };
}

function single(code: number): ClassMember {
  return { isClass: false, set: 1n << BigInt(code), code };
}

function isSingle(set: ByteSet): boolean {
  return set !== NO_BYTES && (set & (set - 1n)) === NO_BYTES;
}
