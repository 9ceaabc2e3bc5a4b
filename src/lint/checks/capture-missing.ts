/** `$1` in an action's data where there is nothing it could stand for. */
import { textOf } from '../../bytes.js';
import type { Test } from '../../dialplan/extension.js';
import { Pattern } from '../../dialplan/pcre2.js';
import { extensionCheck } from '../finding.js';
import { capturesIn } from '../references.js';
import { actionsIn, conditionsOf, testsIn, type WalkedCondition } from '../walk.js';

export const captureMissing = extensionCheck(
  { 'capture-missing': 'error', 'capture-in-anti-action': 'error' },
  function* (extension) {
    for (const walked of conditionsOf(extension)) {
      const groups = groupsOf(walked);
      for (const { action, anti, pointer } of actionsIn(walked)) {
        const numbers = capturesIn(action.data);
        if (numbers.length === 0) continue;
        const path = `${pointer}/data`;
        if (anti) {
          yield {
            code: 'capture-in-anti-action',
            path,
            message: `in an anti-action $${numbers[0] ?? 0} stays as it is: the expression did not match`,
            fix: 'use ${destination_number} or another field',
          };
          continue;
        }
        const missing = numbers.find((number) => groups === undefined || number > groups);
        if (missing === undefined) continue;
        yield {
          path,
          message:
            groups === undefined
              ? `$${missing} stays as it is: there is no parenthesis in this condition's expression${fromOutside(walked)}`
              : `$${missing} is empty: the expression has ${groups} ${groups === 1 ? 'group' : 'groups'}`,
          fix: groups === undefined ? 'put parentheses around what is meant' : 'use a group there is',
        };
      }
    }
  },
);

/** The most groups an expression of the condition may have; undefined where none can capture, infinite where it is not known. */
function groupsOf(walked: WalkedCondition): number | undefined {
  const counts = [...testsIn(walked)].flatMap(({ test }) => groupsOfTest(test) ?? []);
  return counts.length === 0 ? undefined : Math.max(...counts);
}

function groupsOfTest({ field, expression }: Test): number | undefined {
  if (field === undefined) return undefined;
  if (expression.expands) return Infinity;
  if (!expression.captures) return undefined;
  return expression.compiled instanceof Pattern ? expression.compiled.groups : Infinity;
}

function fromOutside({ outer }: WalkedCondition): string {
  const capturing = outer.find((condition) => groupsOfTest(condition) !== undefined);
  if (capturing === undefined) return '';
  return `; captures of the condition it is nested in (${textOf(capturing.expression.text)}) do not reach in here`;
}
