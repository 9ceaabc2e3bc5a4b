/** An extension as OKCC writes it in JSON: FreeSWITCH's XML, key for attribute. See `schema/extension.schema.json`. */
import type { TimeAttribute } from './date-time.js';

/** XML knows only text; JSON documents also have numbers and booleans where text is meant. */
export type Scalar = string | number | boolean;

/** One where a list is expected is a list of one. */
export type OneOrMany<Item> = Item | readonly Item[];

/** What lint finds and its author knows to be no fault: code to reason. */
interface Ignoring {
  readonly 'lint-ignore'?: Readonly<Record<string, string>>;
}

type TimeAttributes = Readonly<Partial<Record<TimeAttribute, Scalar>>>;

export interface ActionDocument extends Ignoring {
  readonly application?: Scalar;
  readonly data?: Scalar;
  readonly inline?: Scalar;
  readonly loop?: Scalar;
  readonly description?: string;
}

export interface RegexDocument extends TimeAttributes, Ignoring {
  readonly field?: Scalar;
  readonly expression?: Scalar;
  readonly description?: string;
}

export interface ConditionDocument extends TimeAttributes, Ignoring {
  readonly field?: Scalar;
  readonly expression?: Scalar;
  readonly break?: Scalar;
  readonly 'require-nested'?: Scalar;
  readonly regex?: Scalar;
  readonly regexes?: OneOrMany<RegexDocument>;
  readonly action?: OneOrMany<ActionDocument>;
  readonly 'anti-action'?: OneOrMany<ActionDocument>;
  readonly condition?: OneOrMany<ConditionDocument>;
  readonly description?: string;
}

export interface ExtensionDocument extends Ignoring {
  readonly name?: Scalar;
  readonly continue?: Scalar;
  readonly condition?: OneOrMany<ConditionDocument>;
  readonly description?: string;
}
