/**
 * Finds a text that some expressions match and others do not: from the patterns' languages, and tried with PCRE2 before it
 * is handed out. For whoever looks for a call that would go somewhere.
 *
 *     const finder = new TextFinder();
 *     finder.find([{ expression: '^00', matches: false }, { expression: '^\\d{4,}$', matches: true }]);
 *     // { kind: 'found', text: '1111' }
 *     finder.find([{ expression: '^1\\d+$', matches: true }, { expression: '^\\d+$', matches: false }]);
 *     // { kind: 'impossible' }: proven, so the first implies the second
 *     finder.find([{ expression: '^1\\d{3}$', matches: true }], { near: '2001' });
 *     // { kind: 'found', text: '1001' }
 *     const captured = [{ group: 1, prefix: '', tests: [{ expression: '^00', matches: true }] }];
 *     finder.find([{ expression: '^9(\\d+)$', matches: true, captured }]);
 *     // { kind: 'found', text: '900' }
 *
 * Expressions are dialplan expressions (bare, `/pattern/flags`, `_NXX`), expanded already. A finder remembers languages:
 * use one for many questions about one dialplan, and drop it with the dialplan.
 */
import type { Bytes } from '../bytes.js';
import { compileExpression, readExpression } from '../dialplan/expression.js';
import { Pattern } from '../dialplan/pcre2.js';
import { LanguageLimitError, Languages, type Language } from './language.js';
import { parsePattern } from './parse-pattern.js';
import { languageOfPattern, type PatternLanguage } from './pattern-language.js';
import { nearestText, SearchLimitError, shortestTexts } from './search-language.js';
import { UnreadablePattern } from './unreadable-pattern.js';

export interface ExpressionTest {
  readonly expression: Bytes;
  readonly matches: boolean;
  /** What is wanted of what it captures, if it is to match. */
  readonly captured?: readonly CapturedTest[];
}

export interface CapturedTest {
  readonly group: number;
  /** What is put before the captured text before it is tested: `9$1` has `9`. */
  readonly prefix: Bytes;
  readonly tests: readonly ExpressionTest[];
}

export type FoundText =
  | { readonly kind: 'found'; readonly text: Bytes }
  /** No text passes all tests: this is certain. */
  | { readonly kind: 'impossible' }
  /** Nothing is certain: a pattern that cannot be read, or too large a search. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface FindOptions {
  /** The text that should differ from this one in the fewest bytes; without it the shortest is found. */
  readonly near?: Bytes;
  /** Expressions that the text should match as well; the first that leaves a text counts. */
  readonly preferred?: readonly Bytes[];
}

/** Of texts that the languages allow and PCRE2 does not, so many are tried. */
const MOST_TRIED = 200;
/** Languages a finder remembers from one question to the next. */
const MOST_REMEMBERED = 100_000;

export class TextFinder {
  private languages = new Languages();
  private forgotten = 0;
  private readonly patterns = new Map<Bytes, Pattern | undefined>();
  /** By the expression and what is wanted of its captures. */
  private known = new Map<string, PatternLanguage | UnreadablePattern>();

  /** How much was done so far, in languages that were derived: a bound in these is the same on every machine. */
  get work(): number {
    return this.forgotten + this.languages.size;
  }

  /** @throws Pcre2MissingError */
  find(tests: readonly ExpressionTest[], options: FindOptions = {}): FoundText {
    if (this.languages.size > MOST_REMEMBERED) this.forget();
    try {
      return this.findUnbounded(tests, options);
    } catch (error) {
      if (error instanceof LanguageLimitError) this.forget();
      else if (!(error instanceof SearchLimitError)) throw error;
      return { kind: 'unknown', reason: error.message };
    }
  }

  private findUnbounded(tests: readonly ExpressionTest[], { near, preferred = [] }: FindOptions): FoundText {
    const { language, unread } = this.allowing(tests);
    for (const expression of preferred) {
      const liked = this.languages.intersection(language, this.allowing([{ expression, matches: true }]).language);
      const found = this.search(liked, tests, undefined);
      if (found.kind === 'found') return found;
    }
    const found = this.search(language, tests, near);
    return found.kind === 'unknown' && unread !== undefined ? { kind: 'unknown', reason: unread } : found;
  }

  /** Whether PCRE2 matches the text as the test wants it. @throws Pcre2MissingError */
  passes(text: Bytes, { expression, matches, captured = [] }: ExpressionTest): boolean {
    const pattern = this.compile(expression);
    if (captured.length === 0) return (pattern?.test(text) ?? false) === matches;
    const match = pattern?.match(text);
    if (match === undefined) return !matches;
    return (
      matches &&
      captured.every(({ group, prefix, tests }) => {
        const value = prefix + (match.group(group) ?? '');
        return tests.every((test) => this.passes(value, test));
      })
    );
  }

  private compile(expression: Bytes): Pattern | undefined {
    if (!this.patterns.has(expression)) {
      const compiled = compileExpression(expression);
      this.patterns.set(expression, compiled instanceof Pattern ? compiled : undefined);
    }
    return this.patterns.get(expression);
  }

  /** The language of all texts that may pass, perhaps of more: what cannot be read or is not exact allows every text. */
  private allowing(tests: readonly ExpressionTest[]): { language: Language; unread: string | undefined } {
    const allowed: Language[] = [];
    let unread: string | undefined;
    for (const test of tests) {
      const { expression, matches } = test;
      const known = this.languageOf(matches ? test : { expression, matches });
      if (known instanceof UnreadablePattern) {
        unread ??= `${known.message} in /${expression}/`;
        // Without what is wanted of its captures it may be readable.
        if (matches && test.captured !== undefined) allowed.push(this.allowing([{ expression, matches }]).language);
      } else if (matches) {
        allowed.push(known.language);
      } else if (known.exact) {
        allowed.push(this.languages.complement(known.language));
      }
    }
    return { language: this.languages.intersection(...allowed), unread };
  }

  private search(language: Language, tests: readonly ExpressionTest[], near: Bytes | undefined): FoundText {
    const passesAll = (text: Bytes): boolean => tests.every((test) => this.passes(text, test));
    if (near !== undefined) {
      const text = nearestText(language, near, this.languages);
      if (text === undefined) return { kind: 'impossible' };
      if (passesAll(text)) return { kind: 'found', text };
    }
    let tried = 0;
    for (const text of shortestTexts(language, this.languages)) {
      if (passesAll(text)) return { kind: 'found', text };
      tried += 1;
      if (tried >= MOST_TRIED) break;
    }
    if (tried === 0) return { kind: 'impossible' };
    return { kind: 'unknown', reason: `none of ${tried} texts that seem to fit passes` };
  }

  private languageOf({ expression, captured = [] }: ExpressionTest): PatternLanguage | UnreadablePattern {
    const key = captured.length === 0 ? expression : `${expression} ${JSON.stringify(captured)}`;
    let language = this.known.get(key);
    if (language === undefined) {
      language = this.readLanguage(expression, captured);
      this.known.set(key, language);
    }
    return language;
  }

  private readLanguage(expression: Bytes, captured: readonly CapturedTest[]): PatternLanguage | UnreadablePattern {
    const read = readExpression(expression);
    if ('message' in read || this.compile(expression) === undefined) {
      return { language: this.languages.none, exact: true };
    }
    try {
      const groups = new Map(captured.map((wanted) => [wanted.group, this.capturing(wanted)] as const));
      return languageOfPattern(parsePattern(read.pattern, read), this.languages, groups);
    } catch (error) {
      if (error instanceof UnreadablePattern) return error;
      throw error;
    }
  }

  /** What may be captured: behind the prefix, the texts that pass. @throws UnreadablePattern */
  private capturing({ prefix, tests }: CapturedTest): Language {
    const { language, unread } = this.allowing(tests);
    if (unread !== undefined) throw new UnreadablePattern(unread);
    let rest = language;
    for (let at = 0; at < prefix.length; at += 1) rest = this.languages.derive(rest, prefix.charCodeAt(at));
    return rest;
  }

  private forget(): void {
    this.forgotten += this.languages.size;
    this.languages = new Languages();
    this.known = new Map();
  }
}
