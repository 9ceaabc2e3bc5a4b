/** The dialplan in force, as the API tells it. */
import { textOf, type Bytes } from '../bytes.js';
import type { Action, Condition, Extension, Test } from '../dialplan/extension.js';
import { printable, printableText } from '../report/printable.js';
import type { Context, Domain } from '../routes/snapshot.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { DaemonWatch } from './daemon-watch.js';
import { seenBy } from './mask-texts.js';
import { problemView } from './problem-view.js';
import type {
  ActionView,
  ConditionView,
  DialplanOverview,
  ExtensionDetails,
  ExtensionSummary,
} from './schemas/dialplan.js';

export function dialplanOverview(watch: DaemonWatch): DialplanOverview {
  const { snapshot } = watch;
  return {
    version: snapshot.version,
    domains: [...snapshot.domains.values()].map((domain) => ({
      name: domain.name,
      contexts: [...domain.contexts.values()].map((context) => ({
        name: context.name,
        extensions: context.extensions.map((extension) => summaryOf(watch, domain, context, extension)),
      })),
      routes: {
        extension: routesOf(domain.routes.extension),
        gateway: routesOf(domain.routes.gateway),
        profile: routesOf(domain.routes.profile),
      },
    })),
    problems: snapshot.problems.map(problemView),
    changes: watch.changes,
    countingSince: watch.startedAt,
  };
}

/**
 * One extension, whole; undefined if the context has none of that name.
 * @param isMasked whether a reader asks who does not see numbers: then names are as that reader sees them
 */
export function extensionDetails(
  watch: DaemonWatch,
  wanted: { readonly domain: string; readonly context: string; readonly extension: string },
  isMasked: boolean,
): ExtensionDetails | undefined {
  const isNamed = (name: string, by: string): boolean => lowerCase(seenBy(isMasked, name)) === lowerCase(by);
  const domain = [...watch.snapshot.domains.values()].find(({ name }) => isNamed(name, wanted.domain));
  const context = [...(domain?.contexts.values() ?? [])].find(({ name }) => isNamed(name, wanted.context));
  const extension = context?.extensions.find(({ name }) => seenBy(isMasked, printable(name)) === wanted.extension);
  if (domain === undefined || context === undefined || extension === undefined) return undefined;
  return {
    extension: summaryOf(watch, domain, context, extension),
    conditions: extension.conditions.flatMap((condition) => conditionViews(condition, 0)),
  };
}

function summaryOf(watch: DaemonWatch, domain: Domain, context: Context, extension: Extension): ExtensionSummary {
  const { today, sinceStart, lastMatchedAt } = watch.hits.hits(domain.name, context.name, textOf(extension.name));
  return {
    name: printable(extension.name),
    continues: extension.continues,
    today,
    sinceStart,
    lastMatchedAt: lastMatchedAt ?? null,
  };
}

function conditionViews(condition: Condition, depth: number): ConditionView[] {
  const { rule, nested, requireNested, actions, antiActions } = condition;
  const view: ConditionView = {
    ...testView(condition),
    depth,
    break: condition.break,
    rule: rule?.kind ?? null,
    tests: rule?.children.map(testView) ?? [],
    actions: actions.map(actionView),
    antiActions: antiActions.map(actionView),
    requireNested,
    hasNested: nested.length > 0,
  };
  return [view, ...nested.flatMap((inner) => conditionViews(inner, depth + 1))];
}

function testView({ field, expression, time }: Test): Pick<ConditionView, 'field' | 'expression' | 'time'> {
  const times = Object.entries<Bytes>(time ?? {});
  return {
    field: field === undefined ? null : printable(field.text),
    expression: printable(expression.text),
    time: Object.fromEntries(times.map(([attribute, value]) => [attribute, printable(value)])),
  };
}

function actionView({ application, data, inline, loop }: Action): ActionView {
  return { application: printable(application), data: printable(data), inline, loop };
}

function routesOf(table: ReadonlyMap<string, string>): { name: string; context: string }[] {
  return [...table].map(([name, context]) => ({ name: printableText(name), context: printableText(context) }));
}
