/** Where a value a call is tested by comes from: what of the call would have to change for it to be another. */
import type { Bytes } from '../../bytes.js';
import { lowerCase } from '../../dialplan/c-values.js';
import { findProfileField } from '../../dialplan/caller-profile.js';
import type { ExpressionTest } from '../../pattern/text-finder.js';
import { referencesIn } from '../references.js';

/** What of a call can be chosen: `field:<name>`, `variable:<name>`, `api:<reference>`. */
export type Source = string;

export type Origin =
  | { readonly kind: 'input'; readonly source: Source }
  /** A prefix and what an expression captures of another value. */
  | {
      readonly kind: 'capture';
      readonly of: Origin;
      readonly expression: Bytes;
      readonly group: number;
      readonly prefix: Bytes;
    }
  /** The same for every call. */
  | { readonly kind: 'fixed' }
  /** Made of more than one value, or by what nobody here can follow. */
  | { readonly kind: 'unknown' };

/** What an expression was last matched with, of which `$1` speaks. */
export interface Matched {
  readonly of: Origin;
  readonly expression: Bytes;
}

const FIXED: Origin = { kind: 'fixed' };
const UNKNOWN: Origin = { kind: 'unknown' };
const WHOLE = '/^(.*)$/s';
const ENDING_CAPTURE = /^([^$]*)\$(?:(\d{1,3})|\{(\d{1,3})\})$/;
const ENDING_REFERENCE = /^([^$]*)\$\{([^${}()[\]: ]+)\}$/;

/** The origins of a call's fields and variables, where they are not the call's own. */
export class Origins {
  private readonly fields = new Map<string, Origin>();
  private readonly variables = new Map<Bytes, Origin>();

  setField(name: string, origin: Origin): void {
    this.fields.set(name, origin);
  }

  setVariable(name: Bytes, origin: Origin): void {
    this.variables.set(lowerCase(name), origin);
  }

  /** Of a condition's field as it is written: a field's name, or a text with references. */
  ofField(text: Bytes): Origin {
    if (text.includes('$')) return this.ofText(text, undefined);
    const field = findProfileField(text);
    return field === undefined ? FIXED : this.ofProfileField(field.name);
  }

  /** Of a text as it is written, such as an action's data. */
  ofText(text: Bytes, matched: Matched | undefined): Origin {
    const [reference, ...others] = referencesIn(text);
    const capture = ENDING_CAPTURE.exec(text);
    if (capture !== null) {
      if (matched === undefined) return FIXED;
      const group = Number(capture[2] ?? capture[3]);
      return { kind: 'capture', ...matched, group, prefix: capture[1] ?? '' };
    }
    if (reference === undefined) return text.includes('$') ? UNKNOWN : FIXED;
    if (reference.isCall && reference.text === text) return { kind: 'input', source: `api:${text}` };
    const ending = ENDING_REFERENCE.exec(text);
    if (ending === null || others.length > 0) return UNKNOWN;
    const [, prefix = '', name = ''] = ending;
    const of = this.ofVariable(name);
    return prefix === '' ? of : { kind: 'capture', of, expression: WHOLE, group: 1, prefix };
  }

  private ofVariable(name: Bytes): Origin {
    const known = this.variables.get(lowerCase(name));
    if (known !== undefined) return known;
    const field = findProfileField(name);
    return field === undefined
      ? { kind: 'input', source: `variable:${lowerCase(name)}` }
      : this.ofProfileField(field.name);
  }

  private ofProfileField(name: string): Origin {
    return this.fields.get(name) ?? { kind: 'input', source: `field:${name}` };
  }
}

/** What of the call a value depends on; undefined if that is not one thing. */
export function rootOf(origin: Origin): Source | undefined {
  if (origin.kind === 'capture') return rootOf(origin.of);
  return origin.kind === 'input' ? origin.source : undefined;
}

/** A test of a value as a test of what it is made of. */
export function testOfRoot(origin: Origin, test: ExpressionTest): ExpressionTest {
  if (origin.kind !== 'capture') return test;
  const { expression, group, prefix } = origin;
  return testOfRoot(origin.of, { expression, matches: true, captured: [{ group, prefix, tests: [test] }] });
}
