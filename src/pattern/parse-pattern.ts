/**
 * Reads PCRE2's syntax (`pcre2pattern(3)`) into a tree. What is not regular (back references, recursion, conditions) or
 * depends on how PCRE2 was built is not read: {@link UnreadablePattern} says what it was.
 */
import type { Bytes } from '../bytes.js';
import { ANY_BYTE, byteSet, NEWLINE, otherBytes, withBothCases } from './byte-set.js';
import { parseCharacterClass, parseEscape } from './parse-escape.js';
import { PatternReader } from './pattern-reader.js';
import type { Assertion, PatternTree } from './pattern-tree.js';
import { UnreadablePattern } from './unreadable-pattern.js';

export interface PatternFlags {
  readonly caseless: boolean;
  readonly dotAll: boolean;
}

interface Flags extends PatternFlags {
  readonly multiline: boolean;
  readonly extended: boolean;
}

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  A: 'start',
  G: 'start',
  Z: 'endOrNewline',
  z: 'end',
  b: 'wordBoundary',
  B: 'notWordBoundary',
};
const LOOK_AROUNDS: readonly (readonly [opening: string, ahead: boolean, negative: boolean])[] = [
  ['?=', true, false],
  ['?!', true, true],
  ['?<=', false, false],
  ['?<!', false, true],
];
const FLAG_CHANGE = /\(\?(\^?)([imsxU]*)(?:-([imsxU]*))?\)/y;
const FLAG_GROUP = /\?(\^?)([imsxU]*)(?:-([imsxU]*))?:/y;
const GROUP_NAME = /\?(?:P?<[A-Za-z_]\w*>|'[A-Za-z_]\w*')/y;
const QUANTIFIER = /\{(\d+)(?:(,)(\d*))?\}/y;
/** Since 10.43 these are quantifiers, before they were text. */
const NEWER_QUANTIFIER = /\{ *\d* *,? *\d* *\}/y;
const BLANKS_AND_COMMENTS = /(?:[\t\n\v\f\r ]|#[^\n]*(?:\n|$))+/y;
const DEEPEST_GROUP = 250;
const MOST_REPEATS = 65_535;

/** Reads a pattern that PCRE2 compiles. @throws UnreadablePattern */
export function parsePattern(pattern: Bytes, flags: PatternFlags): PatternTree {
  if (pattern.startsWith('(*')) throw new UnreadablePattern('a verb, (*…)');
  return new Parser(new PatternReader(pattern)).parse({ ...flags, multiline: false, extended: false });
}

class Parser {
  private groups = 0;
  private depth = 0;

  constructor(private readonly reader: PatternReader) {}

  parse(flags: Flags): PatternTree {
    const tree = this.alternation(flags);
    if (!this.reader.atEnd) throw new UnreadablePattern('a parenthesis that closes nothing');
    return tree;
  }

  /** Up to the parenthesis that closes it, or the end. In `(?|…)` each branch counts its groups from the same number. */
  private alternation(outer: Flags, resetsGroups = false): PatternTree {
    this.depth += 1;
    if (this.depth > DEEPEST_GROUP) throw new UnreadablePattern('groups that are nested too deep');
    const branches: PatternTree[] = [];
    const before = this.groups;
    let most = before;
    let flags = outer;
    do {
      if (resetsGroups) this.groups = before;
      const items: PatternTree[] = [];
      while (!this.reader.atEnd && this.reader.peek() !== '|' && this.reader.peek() !== ')') {
        const change = this.reader.match(FLAG_CHANGE);
        if (change === undefined) items.push(...this.item(flags));
        else flags = changeFlags(flags, change);
      }
      branches.push(sequence(items));
      most = Math.max(most, this.groups);
    } while (this.reader.take('|'));
    this.groups = most;
    this.depth -= 1;
    return branches.length === 1 ? (branches[0] as PatternTree) : { kind: 'alternation', branches };
  }

  private *item(flags: Flags): Generator<PatternTree> {
    const { reader } = this;
    if (flags.extended && reader.match(BLANKS_AND_COMMENTS) !== undefined) return;
    if (reader.take('(?#')) reader.upTo(')');
    else if (reader.take('\\Q')) yield* this.quoted(flags);
    else if (!reader.take('\\E')) yield this.quantified(this.atom(flags), flags);
  }

  private *quoted(flags: Flags): Generator<PatternTree> {
    const text = this.reader.upTo('\\E');
    for (let index = 0; index < text.length; index += 1) {
      const atom = literal(text[index] as string, flags);
      yield index === text.length - 1 ? this.quantified(atom, flags) : atom;
    }
  }

  private quantified(atom: PatternTree, flags: Flags): PatternTree {
    let tree = atom;
    for (;;) {
      if (flags.extended) this.reader.match(BLANKS_AND_COMMENTS);
      const range = this.quantifier();
      if (range === undefined) return tree;
      const possessive = this.reader.take('+');
      if (!possessive) this.reader.take('?');
      tree = { kind: 'repeat', body: tree, ...range, possessive };
    }
  }

  private quantifier(): { min: number; max: number } | undefined {
    const { reader } = this;
    if (reader.take('*')) return { min: 0, max: Infinity };
    if (reader.take('+')) return { min: 1, max: Infinity };
    if (reader.take('?')) return { min: 0, max: 1 };
    const match = reader.match(QUANTIFIER);
    if (match === undefined) {
      if (reader.match(NEWER_QUANTIFIER) !== undefined) throw new UnreadablePattern('a quantifier of newer PCRE2 only');
      return undefined;
    }
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === '' ? Infinity : Number(match[3]);
    if (min > max || min > MOST_REPEATS) throw new UnreadablePattern('a quantifier out of order');
    return { min, max };
  }

  private atom(flags: Flags): PatternTree {
    const character = this.reader.next();
    switch (character) {
      case '^':
        return { kind: 'assertion', what: flags.multiline ? 'lineStart' : 'start' };
      case '$':
        return { kind: 'assertion', what: flags.multiline ? 'lineEnd' : 'endOrNewline' };
      case '.':
        return { kind: 'bytes', set: flags.dotAll ? ANY_BYTE : otherBytes(NEWLINE) };
      case '(':
        return this.group(flags);
      case '[':
        return { kind: 'bytes', set: parseCharacterClass(this.reader, flags.caseless) };
      case '\\':
        return this.escape(flags);
      default:
        return literal(character, flags);
    }
  }

  private group(flags: Flags): PatternTree {
    const { reader } = this;
    for (const [opening, ahead, negative] of LOOK_AROUNDS) {
      if (reader.take(opening)) return { kind: 'look', ahead, negative, body: this.closed(flags) };
    }
    if (reader.take('?>')) return { kind: 'atomic', body: this.closed(flags) };
    if (reader.take('?|')) return this.closed(flags, true);
    const change = reader.match(FLAG_GROUP);
    if (change !== undefined) return this.closed(changeFlags(flags, change));
    if (reader.match(GROUP_NAME) === undefined && /[?*]/.test(reader.peek())) {
      throw new UnreadablePattern(`a group (${reader.next()}${reader.next()}…`);
    }
    this.groups += 1;
    const number = this.groups;
    return { kind: 'group', number, body: this.closed(flags) };
  }

  private closed(flags: Flags, resetsGroups = false): PatternTree {
    const body = this.alternation(flags, resetsGroups);
    if (!this.reader.take(')')) throw new UnreadablePattern('a group without an end');
    return body;
  }

  private escape(flags: Flags): PatternTree {
    const { reader } = this;
    const letter = reader.peek();
    const assertion = ASSERTIONS[letter];
    if (assertion !== undefined) {
      reader.next();
      return { kind: 'assertion', what: assertion };
    }
    // Moves only where the captured match begins.
    if (reader.take('K')) return sequence([]);
    if (reader.take('R')) return ANY_LINE_BREAK;
    if (reader.take('C')) return { kind: 'bytes', set: ANY_BYTE };
    const set = parseEscape(reader, false);
    if (set === undefined) throw new UnreadablePattern(`the escape \\${letter}`);
    return { kind: 'bytes', set: flags.caseless ? withBothCases(set) : set };
  }
}

/** `\R` gives nothing back: of `\r\n` it never takes the `\r` alone. */
const ANY_LINE_BREAK: PatternTree = {
  kind: 'atomic',
  body: {
    kind: 'alternation',
    branches: [
      sequence([
        { kind: 'bytes', set: byteSet('\r') },
        { kind: 'bytes', set: NEWLINE },
      ]),
      { kind: 'bytes', set: byteSet('\n\v\f\r\x85') },
    ],
  },
};

function sequence(items: readonly PatternTree[]): PatternTree {
  return items.length === 1 ? (items[0] as PatternTree) : { kind: 'sequence', items };
}

function literal(character: string, { caseless }: Flags): PatternTree {
  const set = byteSet(character) & ANY_BYTE;
  return { kind: 'bytes', set: caseless ? withBothCases(set) : set };
}

/** `i-s`, or with `^` only these: a match of {@link FLAG_CHANGE} or {@link FLAG_GROUP}. */
function changeFlags(flags: Flags, [, reset, on = '', off = '']: RegExpExecArray): Flags {
  if (on.includes('xx')) throw new UnreadablePattern('the flag xx');
  const isOn = (letter: string, before: boolean): boolean =>
    !off.includes(letter) && (on.includes(letter) || (reset === '' && before));
  return {
    caseless: isOn('i', flags.caseless),
    dotAll: isOn('s', flags.dotAll),
    multiline: isOn('m', flags.multiline),
    extended: isOn('x', flags.extended),
  };
}
