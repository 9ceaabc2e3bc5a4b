/** An extension, compiled: everything that does not depend on the channel is worked out once, when it is loaded. */
import type { Bytes } from '../bytes.js';
import type { ProfileField } from './caller-profile.js';
import type { TimeTest } from './date-time.js';
import type { BrokenExpression } from './expression.js';
import type { Pattern } from './pcre2.js';
import type { BreakMode, RegexRule, TestPlace } from './trace.js';

/** What a condition looks at: a caller profile field by name, or with a `$` in it a text, to expand or as it is. */
export interface Field {
  readonly text: Bytes;
  readonly kind: 'profile' | 'text' | 'expanding';
  /** The caller profile field; undefined where there is none of that name, which reads as empty. */
  readonly profileField: ProfileField | undefined;
  /** The variable's name where the text is one plain reference, `${name}`. */
  readonly variable: Bytes | undefined;
}

export interface Expression {
  readonly text: Bytes;
  readonly expands: boolean;
  /** Whether there is a parenthesis in it, without which FreeSWITCH keeps no captures; of the text before expansion. */
  readonly captures: boolean;
  /** Undefined where the pattern is known only after expansion. */
  readonly compiled: Pattern | BrokenExpression | undefined;
}

export interface Action {
  readonly application: Bytes;
  readonly data: Bytes;
  readonly inline: boolean;
  /** How many times it is taken; below 1 it is passed over. */
  readonly loop: number;
  /** Its JSON pointer in the extension's document, for the trace. */
  readonly pointer: string;
}

/** What a condition or a child of a rule tests. */
export interface Test {
  readonly field: Field | undefined;
  readonly expression: Expression;
  readonly time: TimeTest | undefined;
  /** Where it stands, for the trace. */
  readonly place: TestPlace;
}

export interface Rule {
  readonly kind: RegexRule;
  readonly children: readonly Test[];
}

export interface Condition extends Test {
  readonly rule: Rule | undefined;
  readonly break: BreakMode;
  readonly actions: readonly Action[];
  readonly antiActions: readonly Action[];
  readonly nested: readonly Condition[];
  /** Whether its nested conditions decide whether it proceeds; if not, it does whatever happened in them. */
  readonly requireNested: boolean;
}

export interface Extension {
  /** `UNKNOWN` where it has none, as a trace reads. */
  readonly name: Bytes;
  /** Its name in lower case, under which `auto_hunt` finds it; undefined where it has none. */
  readonly huntName: Bytes | undefined;
  /** `continue` as written; undefined where it is missing. */
  readonly continueText: Bytes | undefined;
  readonly continues: boolean;
  readonly conditions: readonly Condition[];
}
