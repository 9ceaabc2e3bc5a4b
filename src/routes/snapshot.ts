/** Everything a call is decided by, as one frozen value: a call keeps the snapshot it began with. */
import { lowerCase } from '../dialplan/c-values.js';
import type { ExpressionCompiler } from '../dialplan/expression.js';
import type { Extension } from '../dialplan/extension.js';
import type { Problem } from '../dialplan/problem.js';
import type { RouteTable } from './route-table.js';

export interface Context {
  readonly name: string;
  readonly extensions: readonly Extension[];
}

export interface Domain {
  readonly name: string;
  /** By name in lower case: FreeSWITCH finds a context in any case. */
  readonly contexts: ReadonlyMap<string, Context>;
  readonly routes: RouteTable;
}

/** Something wrong with a document, and where the document is: a file's path, or a key and field. */
export interface DocumentProblem extends Problem {
  readonly location: string;
}

export interface Snapshot {
  /** By name in lower case. */
  readonly domains: ReadonlyMap<string, Domain>;
  readonly compiler: ExpressionCompiler;
  readonly problems: readonly DocumentProblem[];
  /** Counts the loads since the start. */
  readonly version: number;
}

const FALLBACK_CONTEXT = 'global';
const FALLBACK_DOMAIN = 'default';

export function findDomain(snapshot: Snapshot, name: string): Domain | undefined {
  return findInAnyCase(snapshot.domains, name);
}

/** A context by its name, or the one named `global`; undefined if there is neither. */
export function findContext(domain: Domain | undefined, name: string): Context | undefined {
  if (domain === undefined) return undefined;
  return findInAnyCase(domain.contexts, name) ?? domain.contexts.get(FALLBACK_CONTEXT);
}

/** The domain of calls that name none, or one there is not: the configured one, else the only one there is, else `default`. */
export function defaultDomain({ domains }: Snapshot, configured: string | undefined): string {
  const [only] = domains.values();
  return configured ?? (domains.size === 1 ? only?.name : undefined) ?? FALLBACK_DOMAIN;
}

/** Most names are written as they are kept. */
function findInAnyCase<Value>(byLowerCase: ReadonlyMap<string, Value>, name: string): Value | undefined {
  return byLowerCase.get(name) ?? byLowerCase.get(lowerCase(name));
}
