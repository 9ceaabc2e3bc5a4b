/** Goes through an extension's conditions and actions, compiled and as they are written, side by side. */
import { listOf } from '../dialplan/compile-extension.js';
import type { Action, Condition, Test } from '../dialplan/extension.js';
import type { ActionDocument, ConditionDocument, OneOrMany } from '../dialplan/extension-document.js';
import type { LintedExtension } from './linted-domain.js';

export interface WalkedCondition {
  readonly condition: Condition;
  readonly document: ConditionDocument;
  readonly pointer: string;
  /** The conditions it is nested in, the outermost first. */
  readonly outer: readonly Condition[];
}

export interface WalkedAction {
  readonly action: Action;
  readonly document: ActionDocument;
  readonly pointer: string;
  readonly anti: boolean;
  readonly in: WalkedCondition;
}

export interface WalkedTest {
  readonly test: Test;
  readonly pointer: string;
  readonly in: WalkedCondition;
}

/** Every condition, each before those nested in it: the order in which they are written. */
export function conditionsOf({ extension, document }: LintedExtension): Generator<WalkedCondition> {
  return walk(extension.conditions, document.condition, []);
}

function* walk(
  conditions: readonly Condition[],
  documents: OneOrMany<ConditionDocument> | undefined,
  outer: readonly Condition[],
): Generator<WalkedCondition> {
  const written = listOf(documents);
  for (const [index, condition] of conditions.entries()) {
    const document = written[index] as ConditionDocument;
    yield { condition, document, pointer: condition.place.pointer, outer };
    yield* walk(condition.nested, document.condition, [...outer, condition]);
  }
}

export function* actionsOf(extension: LintedExtension): Generator<WalkedAction> {
  for (const condition of conditionsOf(extension)) yield* actionsIn(condition);
}

/** A condition's own actions, then its anti-actions. */
export function* actionsIn(walked: WalkedCondition): Generator<WalkedAction> {
  const { condition, document } = walked;
  for (const [anti, actions, documents] of [
    [false, condition.actions, listOf(document.action)],
    [true, condition.antiActions, listOf(document['anti-action'])],
  ] as const) {
    for (const [index, action] of actions.entries()) {
      yield { action, document: documents[index] as ActionDocument, pointer: action.pointer, anti, in: walked };
    }
  }
}

/** The tests that decide: a condition's own, or the children of its rule. */
export function* testsOf(extension: LintedExtension): Generator<WalkedTest> {
  for (const walked of conditionsOf(extension)) yield* testsIn(walked);
}

export function* testsIn(walked: WalkedCondition): Generator<WalkedTest> {
  const { condition } = walked;
  for (const test of condition.rule?.children ?? [condition]) yield { test, pointer: test.place.pointer, in: walked };
}
