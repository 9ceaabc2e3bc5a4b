/** A capture that lets a caller write more than a number into a dial string, a shell command, a script's arguments. */
import { textOf, type Bytes } from '../../bytes.js';
import { lowerCase } from '../../dialplan/c-values.js';
import type { Condition, Test } from '../../dialplan/extension.js';
import type { ExpressionTest, TextFinder } from '../../pattern/text-finder.js';
import { extensionCheck } from '../finding.js';
import { quoted } from '../quoted.js';
import { capturesIn, referencesIn } from '../references.js';
import { actionsIn, conditionsOf, testsIn } from '../walk.js';

interface Sink {
  /** A pattern of one character that means something there. */
  readonly special: Bytes;
  readonly what: string;
}

const SHELL: Sink = { special: '[\\s;&|`$()<>\\\\"\'*?{}!#~[\\]]', what: 'a shell would run what follows' };
const SCRIPT: Sink = { special: '[\\s"\']', what: 'a script takes what follows for another argument' };
const TRANSFER: Sink = {
  special: '[ ]',
  what: 'what follows is taken for a dialplan and a context: a caller chooses where to go',
};
const SINKS: Readonly<Record<string, Sink>> = {
  bridge: { special: '[,|{[<^]', what: 'what follows is taken for another leg, or for variables' },
  system: SHELL,
  bgsystem: SHELL,
  lua: SCRIPT,
  javascript: SCRIPT,
  perl: SCRIPT,
  python: SCRIPT,
  java: SCRIPT,
  transfer: TRANSFER,
  execute_extension: TRANSFER,
  sched_transfer: TRANSFER,
};
const FUNCTION: Sink = { special: '[\\s)|,]', what: 'an API function takes what follows for another argument' };

export const capturedText = extensionCheck({ 'captured-text': 'warning' }, function* (extension, { finder }) {
  for (const walked of conditionsOf(extension)) {
    for (const { action, anti, pointer } of actionsIn(walked)) {
      const sink = sinkOf(lowerCase(action.application), action.data);
      if (anti || sink === undefined) continue;
      for (const group of new Set(capturesIn(action.data))) {
        const example = [...testsIn(walked)]
          .map(({ test }) =>
            specialCapture(test, group, sink, passedBefore(extension.extension.conditions, walked.condition), finder),
          )
          .find((text) => text !== undefined);
        if (example === undefined) continue;
        yield {
          path: `${pointer}/data`,
          message:
            `$${group} may hold more than a number, as in ${quoted(example)}: in the data of ` +
            `${textOf(action.application)} ${sink.what}`,
          fix: 'capture only what is meant, such as (\\d+) or ([\\w.+-]+)',
        };
      }
    }
  }
});

function sinkOf(application: string, data: Bytes): Sink | undefined {
  const callsFunction = referencesIn(data).some(({ isCall, text }) => isCall && capturesIn(text).length > 0);
  return callsFunction ? FUNCTION : SINKS[application];
}

/** A field's value whose capture holds a special character, although all tests passed; undefined if there is none for sure. */
function specialCapture(
  { field, expression }: Test,
  group: number,
  { special }: Sink,
  others: readonly Test[],
  finder: TextFinder,
): Bytes | undefined {
  if (field === undefined || expression.expands) return undefined;
  const tests: ExpressionTest[] = others
    .filter((other) => other.field?.text === field.text && !other.expression.expands)
    .map((other) => ({ expression: other.expression.text, matches: true }));
  const captured = [{ group, prefix: '', tests: [{ expression: special, matches: true }] }];
  const found = finder.find([...tests, { expression: expression.text, matches: true, captured }], {
    preferred: ['^[ -~]{4,}$', '^[ -~]+$'],
  });
  return found.kind === 'found' ? found.text : undefined;
}

/** Tests that must have passed where a condition is evaluated. */
function passedBefore(conditions: readonly Condition[], wanted: Condition): Test[] {
  const passed: Test[] = [];
  for (const condition of conditions) {
    if (condition === wanted) return passed;
    const inner = contains(condition.nested, wanted) ? passedBefore(condition.nested, wanted) : undefined;
    if (condition.rule === undefined && (inner !== undefined || condition.break === 'on-false')) passed.push(condition);
    if (inner !== undefined) return [...passed, ...inner];
  }
  return passed;
}

function contains(conditions: readonly Condition[], wanted: Condition): boolean {
  return conditions.some((condition) => condition === wanted || contains(condition.nested, wanted));
}
