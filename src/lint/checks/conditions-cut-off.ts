/** Conditions that are never evaluated because the one before always breaks; an extension that has none at all. */
import type { Condition } from '../../dialplan/extension.js';
import { extensionCheck, type FoundInExtension } from '../finding.js';

export const conditionsCutOff = extensionCheck(
  { 'condition-cut-off': 'warning', 'no-conditions': 'error' },
  function* ({ extension }) {
    if (extension.conditions.length === 0) {
      yield {
        code: 'no-conditions',
        path: '/condition',
        message: 'an extension without conditions never matches',
        fix: 'add an empty condition, {}, which always passes',
      };
    }
    yield* cutOff(extension.conditions);
  },
);

function* cutOff(conditions: readonly Condition[]): Generator<FoundInExtension> {
  const breaking = conditions.findIndex(breaksAlways);
  const next = conditions[breaking + 1];
  if (breaking >= 0 && next !== undefined) {
    yield {
      path: next.place.pointer,
      message: `never evaluated: ${(conditions[breaking] as Condition).place.pointer} always ends the list (break)`,
      fix: 'change "break", or nest the condition',
    };
  }
  for (const { nested } of conditions) yield* cutOff(nested);
}

function breaksAlways({ break: mode, field, time, rule }: Condition): boolean {
  if (mode === 'always') return true;
  return mode === 'on-true' && field === undefined && time === undefined && rule === undefined;
}
