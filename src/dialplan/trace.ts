/**
 * What the evaluator says while it hunts: the one account of a decision, from which logs, pages and explanations are made.
 * Values are the bytes the evaluator compared; `depth` counts the nested condition lists around an entry.
 */
import type { Bytes } from '../bytes.js';
import type { ChannelClock, Moment, TimeTest } from './date-time.js';

export type BreakMode = 'on-false' | 'on-true' | 'always' | 'never';
export type RegexRule = 'all' | 'any' | 'xor';

export interface ParsingEntry {
  readonly kind: 'parsing';
  readonly context: Bytes;
  readonly extension: Bytes;
  /** The attribute as written; `false` where it is missing. */
  readonly continue: Bytes;
}

export interface NestedEntry {
  readonly kind: 'nested';
  readonly depth: number;
  readonly extension: Bytes;
  readonly requireNested: boolean;
}

/**
 * Where a test belongs to: a condition, with its `break` as written, or one child of a rule; `pointer` is the JSON pointer
 * of either in its extension's document.
 */
export type TestPlace =
  | { readonly in: 'condition'; readonly break: Bytes; readonly pointer: string }
  | { readonly in: 'rule'; readonly rule: RegexRule; readonly pointer: string };

export interface TimeEntry {
  readonly kind: 'time';
  readonly depth: number;
  readonly extension: Bytes;
  readonly passed: boolean;
  readonly place: TestPlace;
  /** What was compared, which FreeSWITCH does not log; `compareTime` says how each attribute came out. */
  readonly test: TimeTest;
  readonly moment: Moment;
  readonly clock: ChannelClock;
}

export interface RegexEntry {
  readonly kind: 'regex';
  readonly depth: number;
  readonly extension: Bytes;
  readonly passed: boolean;
  /** The field as written, and what it read. */
  readonly field: Bytes;
  readonly value: Bytes;
  /** The expression after expansion. */
  readonly expression: Bytes;
  readonly place: TestPlace;
}

/** What the children of a condition's rule came to. FreeSWITCH writes no line for it. */
export interface RuleEntry {
  readonly kind: 'rule';
  readonly depth: number;
  readonly extension: Bytes;
  readonly passed: boolean;
  readonly place: TestPlace;
}

/** A condition or child without any test: it passes. */
export interface AbsoluteEntry {
  readonly kind: 'absolute';
  readonly depth: number;
  readonly extension: Bytes;
  readonly place: TestPlace;
}

export interface ActionEntry {
  readonly kind: 'action';
  readonly depth: number;
  readonly anti: boolean;
  readonly application: Bytes;
  readonly data: Bytes;
  readonly inline: boolean;
  /** Its data as the document has it, and the JSON pointer of the action there. */
  readonly written: Bytes;
  readonly pointer: string;
}

/** What FreeSWITCH would write as a warning or an error of its own. */
export interface ProblemEntry {
  readonly kind: 'problem';
  readonly message: Bytes;
}

export type TraceEntry =
  ParsingEntry | NestedEntry | TimeEntry | RegexEntry | RuleEntry | AbsoluteEntry | ActionEntry | ProblemEntry;

export type Trace = readonly TraceEntry[];
