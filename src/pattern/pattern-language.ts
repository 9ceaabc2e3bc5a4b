/** The language of a pattern: every text PCRE2 finds a match of it in. */
import { ANY_BYTE, NEWLINE, NO_BYTES, otherBytes, WORD_BYTES, type ByteSet } from './byte-set.js';
import type { Language, Languages } from './language.js';
import { nodesOf, partsOf, type Assertion, type LookAround, type PatternTree } from './pattern-tree.js';
import { UnreadablePattern } from './unreadable-pattern.js';

export interface PatternLanguage {
  readonly language: Language;
  /** If not, there are texts in it that PCRE2 finds no match in: what gives nothing back was read as if it did. */
  readonly exact: boolean;
}

/** The byte before a place: one of the sets that what looks back can tell apart, or none as the subject begins there. */
type Before = number | 'start';

/** The language of what may follow from a place on, by the byte before it. */
type Rest = (before: Before) => Language;

/** Assertions in a repeated part are unrolled so many times, no more. */
const MOST_UNROLLED = 8;
const MOST_LOOK_BEHINDS = 6;

/** Languages that what a group captures has to be in, by the group's number. */
export type GroupLanguages = ReadonlyMap<number, Language>;

/**
 * The pattern's language; with `groups` only the texts that can be matched so that what is captured is in those, and some
 * more, for PCRE2 takes but one of the ways there may be. @throws UnreadablePattern
 */
export function languageOfPattern(
  tree: PatternTree,
  languages: Languages,
  groups: GroupLanguages = new Map(),
): PatternLanguage {
  expectOneCapture(tree, groups);
  return { language: new Translation(tree, languages, groups).search(), exact: groups.size === 0 && isExact(tree) };
}

/** A group that is repeated captures its last turn only; one that is not there nothing. */
function expectOneCapture(tree: PatternTree, groups: GroupLanguages): void {
  const known = new Set<number>();
  for (const node of nodesOf(tree)) {
    if (node.kind === 'group') known.add(node.number);
    if (node.kind !== 'repeat' || node.max <= 1) continue;
    for (const inner of nodesOf(node.body)) {
      if (inner.kind === 'group' && groups.has(inner.number)) throw new UnreadablePattern('a group that is repeated');
    }
  }
  for (const number of groups.keys()) {
    if (!known.has(number)) throw new UnreadablePattern(`what $${number} stands for`);
  }
}

/** The language of what a part of a pattern matches by itself. @throws UnreadablePattern if that depends on what is around it */
export function languageOfPart(tree: PatternTree, languages: Languages): Language {
  return new Translation(tree, languages, new Map()).pure(tree);
}

function isExact(tree: PatternTree): boolean {
  for (const node of nodesOf(tree)) {
    if (node.kind === 'atomic' || (node.kind === 'repeat' && node.possessive)) return false;
  }
  return true;
}

/** What may follow is given from behind, place by place, so that an assertion can be an intersection with it. */
class Translation {
  private readonly befores: readonly ByteSet[];
  private readonly depending = new Map<PatternTree, boolean>();

  constructor(
    private readonly tree: PatternTree,
    private readonly languages: Languages,
    private readonly groups: GroupLanguages,
  ) {
    this.befores = toldApart(tree);
  }

  search(): Language {
    const { languages } = this;
    const rest: Rest = () => languages.all;
    const later = this.byBefore((before) => this.translate(this.tree, before, rest)).map(({ set, language }) =>
      languages.then(languages.then(languages.all, languages.bytes(set)), language),
    );
    return languages.union(this.translate(this.tree, 'start', rest), ...later);
  }

  private translate(tree: PatternTree, before: Before, rest: Rest): Language {
    if (tree.kind === 'bytes') return this.bytesThen(tree.set, rest);
    if (!this.dependsOnPlace(tree)) return this.pureThen(this.pure(tree), before, rest);
    switch (tree.kind) {
      case 'sequence':
        return this.sequence(tree.items, before, rest);
      case 'alternation':
        return this.languages.union(...tree.branches.map((branch) => this.translate(branch, before, rest)));
      case 'group':
        if (this.groups.has(tree.number)) throw new UnreadablePattern('an assertion in what is captured');
        return this.translate(tree.body, before, rest);
      case 'atomic':
        return this.translate(tree.body, before, rest);
      case 'repeat':
        return this.unrolled(tree.body, tree.min, tree.max, before, rest);
      case 'assertion':
        return this.assertion(tree.what, before, rest(before));
      case 'look':
        return this.look(tree, before, rest(before));
    }
  }

  private sequence(items: readonly PatternTree[], before: Before, rest: Rest): Language {
    const first = items.reduceRight<Rest>(
      (next, item) => remembering((place) => this.translate(item, place, next)),
      rest,
    );
    return first(before);
  }

  private bytesThen(set: ByteSet, rest: Rest): Language {
    const { languages } = this;
    return languages.union(
      ...this.byBefore(rest).map(({ set: last, language }) => languages.then(languages.bytes(last & set), language)),
    );
  }

  private pureThen(language: Language, before: Before, rest: Rest): Language {
    const { languages } = this;
    const parts = this.byBefore(rest);
    const [only] = parts;
    if (only !== undefined && parts.length === 1 && (!language.nullable || only.language === rest(before))) {
      return languages.then(language, only.language);
    }
    const ends = parts.map(({ set, language: then }) => {
      const endingSo = languages.then(languages.all, languages.bytes(set));
      return languages.then(languages.intersection(language, endingSo), then);
    });
    return languages.union(...(language.nullable ? [rest(before)] : []), ...ends);
  }

  private unrolled(body: PatternTree, min: number, max: number, before: Before, rest: Rest): Language {
    if (max > MOST_UNROLLED) {
      throw new UnreadablePattern('an assertion in a part that is repeated');
    }
    let next = rest;
    for (let done = max - 1; done >= 0; done -= 1) {
      const after = next;
      next = remembering((place) => {
        const oneMore = this.translate(body, place, after);
        return done < min ? oneMore : this.languages.union(rest(place), oneMore);
      });
    }
    return next(before);
  }

  private assertion(what: Assertion, before: Before, rest: Language): Language {
    const { languages } = this;
    const newline = languages.bytes(NEWLINE);
    switch (what) {
      case 'start':
        return before === 'start' ? rest : languages.none;
      case 'end':
        return languages.intersection(languages.empty, rest);
      case 'endOrNewline':
        return languages.intersection(languages.union(languages.empty, newline), rest);
      case 'lineEnd':
        return languages.intersection(languages.union(languages.empty, languages.then(newline, languages.all)), rest);
      case 'lineStart': {
        // Not behind a newline that ends the subject.
        if (before === 'start') return rest;
        if (!this.isIn(before, NEWLINE)) return languages.none;
        return languages.intersection(languages.complement(languages.empty), rest);
      }
      case 'wordBoundary':
      case 'notWordBoundary': {
        const behindWord = before !== 'start' && this.isIn(before, WORD_BYTES);
        const word = languages.then(languages.bytes(WORD_BYTES), languages.all);
        const wanted = behindWord === (what === 'wordBoundary') ? languages.complement(word) : word;
        return languages.intersection(wanted, rest);
      }
    }
  }

  private look({ ahead, negative, body }: LookAround, before: Before, rest: Language): Language {
    const { languages } = this;
    if (!ahead) {
      const holds = before !== 'start' && this.isIn(before, singleByte(body));
      return holds === negative ? languages.none : rest;
    }
    const found = this.translate(body, before, () => languages.all);
    if (negative && !isExact(body)) throw new UnreadablePattern('a negative look-ahead that gives nothing back');
    return languages.intersection(negative ? languages.complement(found) : found, rest);
  }

  pure(tree: PatternTree): Language {
    const { languages } = this;
    switch (tree.kind) {
      case 'bytes':
        return languages.bytes(tree.set);
      case 'sequence':
        return tree.items.reduceRight((rest, item) => languages.then(this.pure(item), rest), languages.empty);
      case 'alternation':
        return languages.union(...tree.branches.map((branch) => this.pure(branch)));
      case 'group':
        return languages.intersection(this.pure(tree.body), this.groups.get(tree.number) ?? languages.all);
      case 'atomic':
        return this.pure(tree.body);
      case 'repeat':
        return languages.repeat(this.pure(tree.body), tree.min, tree.max);
      case 'assertion':
      case 'look':
        throw new UnreadablePattern('an assertion');
    }
  }

  /** Whether what it matches depends on what is around it. */
  private dependsOnPlace(tree: PatternTree): boolean {
    let depends = this.depending.get(tree);
    if (depends === undefined) {
      depends =
        tree.kind === 'assertion' || tree.kind === 'look' || partsOf(tree).some((part) => this.dependsOnPlace(part));
      this.depending.set(tree, depends);
    }
    return depends;
  }

  /** The bytes before a place, gathered by what follows them. */
  private byBefore(rest: Rest): { readonly set: ByteSet; readonly language: Language }[] {
    const sets = new Map<Language, ByteSet>();
    for (const [index, set] of this.befores.entries()) {
      const language = rest(index);
      sets.set(language, (sets.get(language) ?? NO_BYTES) | set);
    }
    return [...sets].map(([language, set]) => ({ set, language }));
  }

  private isIn(before: number, set: ByteSet): boolean {
    return ((this.befores[before] as ByteSet) & set) !== NO_BYTES;
  }
}

/** The sets of bytes that what looks back in the pattern can tell apart. */
function toldApart(tree: PatternTree): readonly ByteSet[] {
  let sets: readonly ByteSet[] = [ANY_BYTE];
  for (const node of nodesOf(tree)) {
    const looked = lookedBackFor(node);
    if (looked === undefined) continue;
    sets = sets.flatMap((set) => [set & looked, set & otherBytes(looked)]).filter((set) => set !== NO_BYTES);
    if (sets.length > 2 ** MOST_LOOK_BEHINDS) throw new UnreadablePattern('too many look-behinds');
  }
  return sets;
}

function lookedBackFor(node: PatternTree): ByteSet | undefined {
  if (node.kind === 'look' && !node.ahead) return singleByte(node.body);
  if (node.kind !== 'assertion') return undefined;
  if (node.what === 'lineStart') return NEWLINE;
  return node.what === 'wordBoundary' || node.what === 'notWordBoundary' ? WORD_BYTES : undefined;
}

function singleByte(tree: PatternTree): ByteSet {
  if (tree.kind === 'bytes') return tree.set;
  if (tree.kind === 'group') return singleByte(tree.body);
  throw new UnreadablePattern('a look-behind for more than one character');
}

function remembering(rest: Rest): Rest {
  const known = new Map<Before, Language>();
  return (before) => {
    let language = known.get(before);
    if (language === undefined) known.set(before, (language = rest(before)));
    return language;
  };
}
