/** Where a call goes: what is compared when two dialplans are. */
import { textOf } from '../bytes.js';
import { isSameApplication, type HuntedApplication } from '../dialplan/captures.js';
import type { Hunted } from '../dialplan/hunt.js';
import type { Trace } from '../dialplan/trace.js';
import type { SelectedContext } from '../routes/select-context.js';

/** A call's way through a dialplan, with actions as its documents write them, so that calls that differ only in numbers agree. */
export interface Route {
  readonly domain: string;
  readonly context: string;
  readonly extensions: readonly string[];
  /** `bridge user/$1`; undefined: there is no route. */
  readonly actions: readonly string[] | undefined;
}

/** @param trace of the same hunt */
export function routeOf(selected: SelectedContext, hunted: Hunted, trace: Trace): Route {
  const actions = trace.flatMap((entry) =>
    entry.kind === 'action' ? [`${textOf(entry.application)} ${textOf(entry.written)}`.trimEnd()] : [],
  );
  return {
    domain: selected.domain,
    context: selected.context?.name ?? selected.name,
    extensions: hunted.matched.map(textOf),
    actions: hunted.route ? actions : undefined,
  };
}

/** Whether the same would be executed, whatever contexts and extensions led to it. */
export function doesTheSame(one: Hunted, other: Hunted): boolean {
  return (
    one.route === other.route &&
    sameList(one.applications, other.applications) &&
    sameList(one.inline.map(executed), other.inline.map(executed))
  );
}

/** Whether also the same context and extensions led to it. */
export function goesTheSameWay(
  one: { readonly selected: SelectedContext; readonly hunted: Hunted },
  other: { readonly selected: SelectedContext; readonly hunted: Hunted },
): boolean {
  return (
    one.selected.domain === other.selected.domain &&
    one.selected.context?.name === other.selected.context?.name &&
    one.hunted.matched.length === other.hunted.matched.length &&
    one.hunted.matched.every((name, index) => name === other.hunted.matched[index])
  );
}

function executed({ application, data, executed: expanded = data }: Hunted['inline'][number]): HuntedApplication {
  return { application, data: expanded };
}

function sameList(one: readonly HuntedApplication[], other: readonly HuntedApplication[]): boolean {
  return (
    one.length === other.length &&
    one.every((application, index) => {
      const counterpart = other[index];
      return counterpart !== undefined && isSameApplication(application, counterpart);
    })
  );
}
