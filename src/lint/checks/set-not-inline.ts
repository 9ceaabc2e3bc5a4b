/**
 * A condition that reads a variable which only an action without `inline` sets: the whole hunt is over before that action
 * runs, so the condition sees the variable as it was when the call came in.
 */
import { textOf, type Bytes } from '../../bytes.js';
import { lowerCase } from '../../dialplan/c-values.js';
import { findProfileField } from '../../dialplan/caller-profile.js';
import type { Action } from '../../dialplan/extension.js';
import type { Check, Found } from '../finding.js';
import type { LintedDomain, LintedExtension } from '../linted-domain.js';
import { referencesIn } from '../references.js';
import { actionsOf, testsOf } from '../walk.js';

const SETTING = new Set(['set', 'export', 'multiset', 'bridge_export', 'push', 'unshift']);
/** Applications of which it is known what they set. */
const UNDERSTOOD = new Set([...SETTING, 'unset', 'multiunset', 'set_profile_var', 'log', 'info', 'eval', 'event']);
const NAME = /^(?:%[^[]?\[[^\]]*\])?([^=,[]+)/;

interface Writing {
  readonly action: Action;
  readonly extension: LintedExtension;
}

export const setNotInline: Check = {
  codes: { 'set-not-inline': 'warning' },
  *find(domain) {
    const inline = namesSetInline(domain);
    const found = new Map<string, Found>();
    for (const list of domain.contexts?.lists.values() ?? []) {
      for (const each of findInContext(list, domain, inline)) found.set(`${each.location} ${each.path}`, each);
    }
    yield* found.values();
  },
};

/** Goes through a context in the order of the hunt; what is set later may well have been set by a hunt before. */
function* findInContext(list: readonly string[], domain: LintedDomain, inline: ReadonlySet<Bytes>): Generator<Found> {
  const before = new Map<Bytes, Writing>();
  for (const name of list) {
    const extension = domain.extensions.find((each) => each.name === name);
    if (extension === undefined) continue;
    const own = new Map(before);
    for (const step of inHuntingOrder(extension)) {
      if ('action' in step) {
        const { action } = step;
        // A script, a look-up: it may set any variable while hunting, so nothing is certain behind it.
        if (action.inline && !UNDERSTOOD.has(lowerCase(action.application))) own.clear();
        for (const variable of namesSetBy(action)) own.set(variable, { action, extension });
        continue;
      }
      for (const { name: variable, isCall } of referencesIn(step.text)) {
        const writing = own.get(variable);
        if (isCall || writing === undefined || inline.has(variable) || findProfileField(variable) !== undefined)
          continue;
        const where = writing.extension === extension ? '' : ` of ${JSON.stringify(writing.extension.name)}`;
        yield {
          code: 'set-not-inline',
          location: extension.location,
          path: step.pointer,
          message:
            `\${${textOf(variable)}} is read here while hunting, but ${writing.action.pointer}${where}, which sets it, ` +
            'runs when the hunt is over',
          fix: `add "inline": true to ${writing.action.pointer}${where}`,
        };
      }
    }
    // What an extension that ends the hunt sets, no extension behind it can read.
    if (extension.extension.continues) for (const [variable, writing] of own) before.set(variable, writing);
  }
}

type Step = { readonly action: Action } | { readonly text: Bytes; readonly pointer: string };

function inHuntingOrder(extension: LintedExtension): Step[] {
  const actions = new Map<string, Action[]>();
  for (const { action, in: walked } of actionsOf(extension)) {
    actions.set(walked.pointer, [...(actions.get(walked.pointer) ?? []), action]);
  }
  const steps: Step[] = [];
  let condition: string | undefined;
  const takeActions = (): void => {
    for (const action of actions.get(condition ?? '') ?? []) steps.push({ action });
  };
  for (const { test, pointer, in: walked } of testsOf(extension)) {
    if (walked.pointer !== condition) takeActions();
    condition = walked.pointer;
    if (test.field === undefined) continue;
    steps.push({ text: test.field.text, pointer: `${pointer}/field` });
    steps.push({ text: test.expression.text, pointer: `${pointer}/expression` });
  }
  return steps;
}

function namesSetInline({ extensions }: LintedDomain): Set<Bytes> {
  const actions = extensions.flatMap((extension) => [...actionsOf(extension)].map(({ action }) => action));
  return new Set(actions.filter(({ inline }) => inline).flatMap(namesSetBy));
}

function namesSetBy({ application, data }: Action): Bytes[] {
  const kind = lowerCase(application);
  if (!SETTING.has(kind)) return [];
  const assignments = kind === 'multiset' ? splitMultiset(data) : [data];
  return assignments.flatMap((assignment) => {
    const name = NAME.exec(assignment)?.[1];
    return name === undefined || name.includes('$') ? [] : [lowerCase(name.trim())];
  });
}

function splitMultiset(data: Bytes): Bytes[] {
  return data.startsWith('^^') ? data.slice(3).split(data[2] ?? ' ') : data.split(' ');
}
