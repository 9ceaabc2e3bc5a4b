/** Where a hunt stands in an extension's conditions: a list of them, and the lists around it. */
import type { Bytes } from '../bytes.js';
import type { Condition } from './extension.js';

const LONGEST_NESTED_NAME = 127;

/** A condition list being evaluated: an extension's own, or nested in a condition of another. */
export interface ConditionList {
  readonly conditions: readonly Condition[];
  readonly depth: number;
  /** The extension's name as the trace shows it at this depth. */
  readonly label: Bytes;
  readonly requireNested: boolean;
  readonly outer: ConditionList | undefined;
  next: number;
  proceed: boolean;
}

export function openList(
  conditions: readonly Condition[],
  name: Bytes,
  outer: ConditionList | undefined,
  requireNested = true,
): ConditionList {
  const depth = outer === undefined ? 0 : outer.depth + 1;
  const label = depth === 0 ? name : `${name}_recur_${depth}`.slice(0, LONGEST_NESTED_NAME);
  return { conditions, depth, label, requireNested, outer, next: 0, proceed: false };
}

/** Back to the list around one that is done: it proceeds as that one did, and ends where that one failed. */
export function closeList(outer: ConditionList | undefined, proceeded: boolean): ConditionList | undefined {
  if (outer === undefined) return undefined;
  outer.proceed = proceeded;
  const condition = outer.conditions[outer.next - 1];
  if (!proceeded && condition?.break !== 'never') outer.next = outer.conditions.length;
  return outer;
}

export function breaks(condition: Condition, passed: boolean): boolean {
  return condition.break === 'always' || condition.break === (passed ? 'on-true' : 'on-false');
}
