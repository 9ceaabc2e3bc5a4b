/** All that is kept of a domain, as plain names and texts: what push compares, pull writes and the history keeps. */
import { isDeepStrictEqual } from 'node:util';
import { placeOf } from '../../dialplan/place-of.js';
import type { DocumentText } from '../document.js';
import { parseContexts } from '../context-lists.js';
import { parseRoutes } from '../route-table.js';
import { composeContexts, composeRoutes, keyProblems, stateOf, type DomainKeys } from './domain-documents.js';
import type { Client } from './connection.js';
import type { KeyNames, KeyRole } from './key-names.js';
import { NO_KEY, takeReading, type KeyState } from './key-state.js';
import { typesOf } from './domain-documents.js';
import { measureKeys, readKeys } from './read-keys.js';
import type { Limits } from './store-options.js';

export interface DomainContent {
  /** JSON by name. */
  readonly extensions: ReadonlyMap<string, string>;
  /** Extensions' names by context. */
  readonly contexts: ReadonlyMap<string, readonly string[]>;
  /** Context by field, `gateway:trunk1` and the like. */
  readonly routes: ReadonlyMap<string, string>;
}

export type ContentKind = 'extension' | 'context' | 'route';

/** One thing that is added (without a before), removed (without an after) or changed. */
export interface ContentChange {
  readonly kind: ContentKind;
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface ReadContent {
  readonly content: DomainContent;
  readonly keys: DomainKeys;
  /** What is there but could not be taken, a line each. */
  readonly problems: readonly string[];
}

export const NOTHING: DomainContent = { extensions: new Map(), contexts: new Map(), routes: new Map() };

const READ_ROLES: readonly KeyRole[] = ['extension', 'extensionAlias', 'context', 'route'];

/** What Redis holds of a domain now, key by key: whoever needs all of one moment watches them. */
export async function readContent(
  client: Client,
  names: KeyNames,
  domain: string,
  limits: Limits,
): Promise<ReadContent> {
  const states = new Map<string, KeyState>();
  const problems: string[] = [];
  for (const role of READ_ROLES) {
    const key = names.keyOf(role, domain);
    const state = await readKey(client, key, typesOf(role), limits);
    states.set(key, state);
    for (const { location, message } of keyProblems(role, key, state)) problems.push(`${location}: ${message}`);
    for (const [field, { refusal }] of state.fields) {
      if (refusal !== undefined) problems.push(`${key} ${JSON.stringify(field)}: ${refusal}`);
    }
  }
  const keys = stateOf(states, domain, names);
  const contexts = composeContexts(names.keyOf('context', domain), keys.context, new Map());
  const routes = composeRoutes(names.keyOf('route', domain), keys.route);
  for (const problem of [...contexts.problems, ...routes.problems]) {
    problems.push(`${placeOf(problem)}: ${problem.message}`);
  }
  const extensions = new Map<string, string>();
  for (const { fields } of [keys.extensionAlias, keys.extension]) {
    for (const [name, { text }] of fields) if (text !== undefined) extensions.set(name, text);
  }
  return {
    keys,
    problems,
    content: {
      extensions,
      contexts: new Map([...contexts.lists].map(([name, list]) => [name, list.map(String)])),
      routes: routesIn(routes.text ?? '{}'),
    },
  };
}

/** The content that documents of one domain amount to; those that do not validate are left out. */
export function contentOf(documents: Iterable<DocumentText>): DomainContent {
  const extensions = new Map<string, string>();
  let contexts: DomainContent['contexts'] = new Map();
  let routes: DomainContent['routes'] = new Map();
  for (const { kind, name, text } of documents) {
    if (kind === 'extension') extensions.set(name, compact(text));
    if (kind === 'contexts') contexts = parseContexts(text).document ?? contexts;
    if (kind === 'routes') routes = routesIn(text);
  }
  return { extensions, contexts, routes };
}

/** What makes one content the other, in the order of names. */
export function compareContents(before: DomainContent, after: DomainContent): ContentChange[] {
  return [
    ...compare('extension', before.extensions, after.extensions, sameJson),
    ...compare('context', textsOf(before.contexts), textsOf(after.contexts), Object.is),
    ...compare('route', before.routes, after.routes, Object.is),
  ];
}

function compare(
  kind: ContentKind,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  isSame: (one: string, other: string) => boolean,
): ContentChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old !== undefined && now !== undefined && isSame(old, now)) return [];
    return [{ kind, name, before: old, after: now }];
  });
}

async function readKey(client: Client, key: string, wanted: readonly string[], limits: Limits): Promise<KeyState> {
  for (;;) {
    const [reading] = (await readKeys({ client }, await measureKeys(client, [key], limits), limits)) ?? [];
    if (reading !== undefined) return (await takeReading(NO_KEY, reading, wanted, limits.valueBytes)).state;
  }
}

function textsOf(lists: DomainContent['contexts']): Map<string, string> {
  return new Map([...lists].map(([name, list]) => [name, JSON.stringify(list)]));
}

function routesIn(text: string): Map<string, string> {
  const table = parseRoutes(text).document;
  if (table === undefined) return new Map();
  return new Map(
    (['extension', 'gateway', 'profile'] as const).flatMap((kind) =>
      [...table[kind]].map(([name, context]) => [`${kind}:${name}`, context] as const),
    ),
  );
}

function sameJson(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
  } catch {
    return false;
  }
}

/** As OKCC writes it, on one line; what is no JSON as it is. */
function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch {
    return text;
  }
}
