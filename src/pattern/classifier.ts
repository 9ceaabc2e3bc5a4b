/**
 * Tells of a value which of many expressions it matches, in one walk over its bytes: the patterns' languages are followed side by
 * side, and where they lead is remembered. Only for patterns of which it can be proved that PCRE2 says the same.
 */
import type { Bytes } from '../bytes.js';
import { readExpression } from '../dialplan/expression.js';
import { matchLimit } from '../dialplan/pcre2.js';
import { LanguageLimitError, Languages, type Language } from './language.js';
import { mostSteps } from './most-steps.js';
import { parsePattern } from './parse-pattern.js';
import { languageOfPattern } from './pattern-language.js';
import { UnreadablePattern } from './unreadable-pattern.js';

/** Values that match the same of the expressions, at least: by the number of an expression whether they match it. */
export type ValueClass = readonly boolean[];

/** What the bytes so far lead to. */
interface State {
  readonly languages: readonly Language[];
  readonly matches: ValueClass;
  /** By the next byte. */
  readonly next: (State | undefined)[];
}

/** Longer values have no class. */
export const LONGEST_CLASSED = 32;
/** PCRE2 gives up at its limit, and then nothing matches: a pattern has to stay below it by far. */
const MARGIN = 8;
const MOST_STATES = 4_000;
/** So often may all states be forgotten; values that make ever new ones are not worth the walk. */
const MOST_TURNS = 8;
const MOST_EXPRESSIONS = 2_000;
const BYTES = 256;

export class Classifier {
  private readonly languages = new Languages();
  private readonly started: Language[] = [];
  private readonly states = new Map<string, State>();
  private start: State | undefined;
  private turnsLeft = MOST_TURNS;

  /** Takes an expression in; undefined if nothing can be proved of it, else its number. Classes made before know nothing of it. */
  add(expression: Bytes): number | undefined {
    if (this.started.length >= MOST_EXPRESSIONS) return undefined;
    const language = this.languageOf(expression);
    if (language === undefined) return undefined;
    this.started.push(language);
    this.forget();
    return this.started.length - 1;
  }

  /** Undefined for a value that is none FreeSWITCH can have, is long, or would need too much to be remembered. */
  classOf(value: Bytes): ValueClass | undefined {
    if (value.length > LONGEST_CLASSED || this.turnsLeft === 0) return undefined;
    let state = (this.start ??= this.stateOf(this.started));
    for (let at = 0; at < value.length; at += 1) {
      const byte = value.charCodeAt(at);
      if (byte === 0 || byte >= BYTES) return undefined;
      const next = state.next[byte] ?? this.goOn(state, byte);
      if (next === undefined) return undefined;
      state = next;
    }
    return state.matches;
  }

  private goOn(state: State, byte: number): State | undefined {
    try {
      const next = this.stateOf(state.languages.map((language) => this.languages.derive(language, byte)));
      state.next[byte] = next;
      return next;
    } catch (error) {
      if (!(error instanceof LanguageLimitError)) throw error;
      this.turnsLeft = 0;
      return undefined;
    }
  }

  private stateOf(languages: readonly Language[]): State {
    const key = languages.map(({ id }) => id).join(',');
    let state = this.states.get(key);
    if (state === undefined) {
      if (this.states.size >= MOST_STATES) {
        this.turnsLeft -= 1;
        this.forget();
      }
      state = { languages, matches: languages.map(({ nullable }) => nullable), next: new Array<undefined>(BYTES) };
      this.states.set(key, state);
    }
    return state;
  }

  private forget(): void {
    this.states.clear();
    this.start = undefined;
  }

  private languageOf(expression: Bytes): Language | undefined {
    const read = readExpression(expression);
    if ('message' in read) return undefined;
    try {
      const tree = parsePattern(read.pattern, read);
      if (mostSteps(tree, LONGEST_CLASSED) * MARGIN > matchLimit()) return undefined;
      const { language, exact } = languageOfPattern(tree, this.languages);
      return exact ? language : undefined;
    } catch (error) {
      if (error instanceof UnreadablePattern || error instanceof LanguageLimitError) return undefined;
      throw error;
    }
  }
}
