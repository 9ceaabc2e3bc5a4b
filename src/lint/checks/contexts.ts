/** What the contexts and routes name and there is not, and what there is and nothing leads to. */
import { textOf } from '../../bytes.js';
import { lowerCase } from '../../dialplan/c-values.js';
import { suggestion } from '../../dialplan/validate.js';
import type { Check, Found, LintTools } from '../finding.js';
import type { LintedContexts, LintedDomain } from '../linted-domain.js';
import { pointerTo } from '../../dialplan/pointer.js';
import { transferTarget } from '../../dialplan/transfer-target.js';
import { actionsOf } from '../walk.js';

/** Contexts calls come to without a route that names them. */
const ALWAYS_ROUTED = ['default', 'global'];

export const contexts: Check = {
  codes: {
    'extension-missing': 'error',
    'extension-twice': 'warning',
    'extension-unused': 'warning',
    'context-missing': 'error',
    'context-unrouted': 'info',
  },
  *find(domain, tools) {
    const { contexts: lists } = domain;
    if (lists === undefined) return;
    yield* missingExtensions(domain, lists);
    yield* unusedExtensions(domain, lists);
    const known = new Set([...lists.lists.keys()].map(lowerCase));
    const named = [...namedContexts(domain)];
    for (const { context, location, path, fix } of named) {
      if (known.has(lowerCase(context))) continue;
      const instead = known.has('global') ? 'the context "global" takes its place' : 'calls find no route';
      yield {
        code: 'context-missing',
        location,
        path,
        message: `there is no context "${context}"${suggestion(context, [...lists.lists.keys()])}; ${instead}`,
        ...(fix === undefined ? {} : { fix }),
      };
    }
    yield* unroutedContexts(
      domain,
      lists,
      named.map(({ context }) => context),
      tools,
    );
  },
};

function* missingExtensions({ extensions, refused }: LintedDomain, lists: LintedContexts): Generator<Found> {
  const names = extensions.map(({ name }) => name);
  for (const [context, list] of lists.lists) {
    for (const [index, name] of list.entries()) {
      const path = pointerTo(context, index);
      if (!names.includes(name) && !refused.has(name)) {
        const message = `there is no extension "${name}"${suggestion(name, names)}; the others of the context are used`;
        yield { code: 'extension-missing', location: lists.location, path, message };
      }
      if (list.indexOf(name) < index) {
        const message = `"${name}" is in this context already; it is tried twice`;
        yield { code: 'extension-twice', location: lists.location, path, message, fix: 'remove it here or there' };
      }
    }
  }
}

function* unusedExtensions({ extensions }: LintedDomain, lists: LintedContexts): Generator<Found> {
  const used = new Set([...lists.lists.values()].flat());
  for (const { name, location } of extensions) {
    if (used.has(name)) continue;
    const message = `no context holds the extension "${name}": no call is tried with it`;
    yield { code: 'extension-unused', location, path: '', message, fix: 'add it to a context, or remove it' };
  }
}

function* unroutedContexts(
  { routes }: LintedDomain,
  lists: LintedContexts,
  named: readonly string[],
  { settings }: LintTools,
): Generator<Found> {
  if (routes === undefined) return;
  const routed = new Set(
    [...ALWAYS_ROUTED, ...named, ...settings.contexts, ...settings.tollFraud.contexts].map(lowerCase),
  );
  for (const context of lists.lists.keys()) {
    if (routed.has(lowerCase(context))) continue;
    yield {
      code: 'context-unrouted',
      location: lists.location,
      path: pointerTo(context),
      message: `no route and no transfer names the context "${context}"`,
      fix: 'if something else leads to it, such as "socket host:port/context", name it in the lint settings under "contexts"',
    };
  }
}

interface Named {
  readonly context: string;
  readonly location: string;
  readonly path: string;
  /** What was probably taken for something else. */
  readonly fix?: string;
}

function* namedContexts({ routes, extensions }: LintedDomain): Generator<Named> {
  if (routes !== undefined) {
    for (const kind of ['extension', 'gateway', 'profile'] as const) {
      for (const [name, context] of routes.table[kind]) {
        yield {
          context,
          location: routes.location,
          path: pointerTo(kind, name),
        };
      }
    }
  }
  for (const extension of extensions) {
    for (const { action, pointer } of actionsOf(extension)) {
      const target = transferTarget(action.application, action.data);
      if (target?.context === undefined || target.context.includes('$')) continue;
      const flag = /^-\w+$/.exec(target.destination)?.[0];
      yield {
        context: textOf(target.context),
        location: extension.location,
        path: `${pointer}/data`,
        ...(flag === undefined
          ? {}
          : { fix: `leave ${flag} out: it is no flag here, so FreeSWITCH takes it for the number` }),
      };
    }
  }
}
