/** Texts made to keep a pattern busy: what a repeated part matches, over and over, and an end that lets all of it fail. */
import type { Bytes } from '../bytes.js';
import { LanguageLimitError, Languages } from './language.js';
import { parsePattern, type PatternFlags } from './parse-pattern.js';
import { languageOfPart } from './pattern-language.js';
import { nodesOf, partsOf, type PatternTree } from './pattern-tree.js';
import { SearchLimitError, shortestTexts } from './search-language.js';
import { UnreadablePattern } from './unreadable-pattern.js';

/** What few patterns go on with. */
const BREAKS = ['\x01', '!', '', 'a', '0'];
const MOST_PUMPS = 3;
/** What may be repeated where the pattern cannot be read. */
const BLIND_PUMPS = ['a', '0', 'a0', ' '];
const MOST_REPEATED_PARTS = 12;

/** Texts of about that many bytes. */
export function* slowSubjects(pattern: Bytes, flags: PatternFlags, length: number): Generator<Bytes> {
  for (const { before, pump, after } of pumps(pattern, flags)) {
    const repeated = pump.repeat(Math.max(1, Math.floor((length - before.length) / pump.length)));
    for (const end of BREAKS) {
      yield before + repeated + end;
      // PCRE2 does not even begin where a character is missing that every match needs.
      if (after !== '' && end !== '') yield before + repeated + end + after;
    }
  }
}

interface Pump {
  /** A text that leads to the repeated part. */
  readonly before: Bytes;
  /** A text that the repeated part, or two that follow each other, matches. */
  readonly pump: Bytes;
  /** A text for what comes behind it. */
  readonly after: Bytes;
}

function pumps(pattern: Bytes, flags: PatternFlags): Pump[] {
  try {
    const tree = parsePattern(pattern, flags);
    return [...pathsToRepeats(tree, '', '', new Languages())].slice(0, MOST_REPEATED_PARTS);
  } catch (error) {
    if (!(error instanceof UnreadablePattern)) throw error;
    return /[*+}]/.test(pattern) ? BLIND_PUMPS.map((pump) => ({ before: '', pump, after: '' })) : [];
  }
}

/** Every part that is repeated, with texts for what comes before and behind it. */
function* pathsToRepeats(tree: PatternTree, before: Bytes, after: Bytes, languages: Languages): Generator<Pump> {
  if (tree.kind === 'repeat' && tree.max > 1) {
    for (const pump of textsOf(tree.body, languages, MOST_PUMPS)) if (pump !== '') yield { before, pump, after };
  }
  if (tree.kind !== 'sequence') {
    for (const part of partsOf(tree)) yield* pathsToRepeats(part, before, after, languages);
    return;
  }
  const texts = tree.items.map((item) => textsOf(item, languages, 1)[0] ?? '');
  for (const [index, item] of tree.items.entries()) {
    const leading = before + texts.slice(0, index).join('');
    yield* pathsToRepeats(item, leading, texts.slice(index + 1).join('') + after, languages);
  }
}

/** The shortest texts a part matches; none if that depends on what is around it. */
function textsOf(tree: PatternTree, languages: Languages, most: number): Bytes[] {
  const texts: Bytes[] = [];
  try {
    for (const text of shortestTexts(languageOfPart(withoutAssertions(tree), languages), languages)) {
      if (text !== '' || most === 1) texts.push(text);
      if (texts.length >= most) break;
    }
  } catch (error) {
    const isExpected =
      error instanceof UnreadablePattern || error instanceof SearchLimitError || error instanceof LanguageLimitError;
    if (!isExpected) throw error;
  }
  return texts;
}

/** Anchors and look-arounds left out: what is tried is measured anyway. */
function withoutAssertions(tree: PatternTree): PatternTree {
  if (![...nodesOf(tree)].some(({ kind }) => kind === 'assertion' || kind === 'look')) return tree;
  switch (tree.kind) {
    case 'assertion':
    case 'look':
      return { kind: 'sequence', items: [] };
    case 'sequence':
      return { ...tree, items: tree.items.map(withoutAssertions) };
    case 'alternation':
      return { ...tree, branches: tree.branches.map(withoutAssertions) };
    case 'bytes':
      return tree;
    case 'group':
    case 'repeat':
    case 'atomic':
      return { ...tree, body: withoutAssertions(tree.body) };
  }
}
