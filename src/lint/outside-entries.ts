/** The contexts that calls from outside come in by. */
import { lowerCase } from '../dialplan/c-values.js';
import type { LintedDomain } from './linted-domain.js';
import type { LintSettings } from './settings.js';

export interface OutsideEntry {
  /** As it is written where it is routed to. */
  readonly context: string;
  /** Whose calls come in by it: `by gateway trunk`, `of profile external`. */
  readonly callers: readonly string[];
}

const DEFAULT_CONTEXT = 'default';

/**
 * Contexts of gateways, of profiles whose calls are not authenticated, and those the settings name. Where none of these
 * profiles has a route, their calls, and those of gateways without one, come to `default`.
 */
export function entriesFromOutside({ routes, contexts }: LintedDomain, { tollFraud }: LintSettings): OutsideEntry[] {
  const callers = new Map<string, { context: string; callers: string[] }>();
  const add = (context: string, caller: string): void => {
    const entry = callers.get(lowerCase(context)) ?? { context, callers: [] };
    entry.callers.push(caller);
    callers.set(lowerCase(context), entry);
  };
  for (const [gateway, context] of routes?.table.gateway ?? []) add(context, `by gateway ${gateway}`);
  const routed = tollFraud.profiles.filter((profile) => routes?.table.profile.has(profile) === true);
  for (const profile of routed) add(routes?.table.profile.get(profile) ?? '', `of profile ${profile}`);
  const [unrouted] = tollFraud.profiles;
  if (routed.length === 0 && unrouted !== undefined) {
    add(DEFAULT_CONTEXT, `of profile ${unrouted}, which no route names,`);
  }
  const names = [...(contexts?.lists.keys() ?? [])];
  for (const context of tollFraud.contexts) {
    if (names.some((name) => lowerCase(name) === lowerCase(context))) add(context, 'from outside');
  }
  return [...callers.values()];
}
