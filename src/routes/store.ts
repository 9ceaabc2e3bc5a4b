/**
 * Holds the documents in force and the snapshot made of them. An update validates and compiles what changed, before anything
 * live is touched, then swaps the snapshot. A document that does not validate never replaces one that did.
 */
import { ExpressionCompiler } from '../dialplan/expression.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { Extension } from '../dialplan/extension.js';
import { parseExtension } from '../dialplan/parse-extension.js';
import type { Problem } from '../dialplan/problem.js';
import { parseContexts, type ContextLists } from './context-lists.js';
import type { DocumentChanges, DocumentText } from './document.js';
import { NO_ROUTES, parseRoutes, type RouteTable } from './route-table.js';
import type { Context, DocumentProblem, Domain, Snapshot } from './snapshot.js';

type Parsed =
  | { readonly kind: 'extension'; readonly extension: Extension }
  | { readonly kind: 'contexts'; readonly contexts: ContextLists }
  | { readonly kind: 'routes'; readonly routes: RouteTable };

interface Held {
  readonly document: DocumentText;
  /** The version in force: of this text, or of an earlier one if this was refused; undefined if none ever validated. */
  readonly inForce: Parsed | undefined;
  readonly problems: readonly DocumentProblem[];
}

export interface StoreUpdate {
  readonly snapshot: Snapshot;
  /** Locations whose text is new, changed or gone. */
  readonly changed: readonly string[];
  /** Problems that were not there before this update. */
  readonly newProblems: readonly DocumentProblem[];
  /** How many problems are there no more. */
  readonly solved: number;
}

export class DialplanStore {
  private readonly documents = new Map<string, Held>();
  private current: Snapshot = {
    domains: new Map(),
    compiler: new ExpressionCompiler(),
    problems: [],
    version: 0,
  };

  get snapshot(): Snapshot {
    return this.current;
  }

  /** Takes changes over; undefined if nothing did change. @throws Pcre2MissingError */
  update(changes: DocumentChanges): StoreUpdate | undefined {
    const changed = [...changes].filter(([location, document]) => this.differs(location, document));
    if (changed.length === 0 && this.current.version > 0) return undefined;
    const compiler = new ExpressionCompiler();
    for (const [location, document] of changed) {
      if (document === undefined) this.documents.delete(location);
      else this.documents.set(location, hold(location, document, this.documents.get(location)?.inForce, compiler));
    }
    const before = new Set(this.current.problems.map(identify));
    this.current = this.compose(compiler);
    const after = new Set(this.current.problems.map(identify));
    return {
      snapshot: this.current,
      changed: changed.map(([location]) => location),
      newProblems: this.current.problems.filter((problem) => !before.has(identify(problem))),
      solved: [...before].filter((problem) => !after.has(problem)).length,
    };
  }

  private differs(location: string, document: DocumentText | undefined): boolean {
    return this.documents.get(location)?.document.text !== document?.text;
  }

  private compose(compiler: ExpressionCompiler): Snapshot {
    const problems: DocumentProblem[] = [];
    const parts = new Map<string, DomainParts>();
    for (const [location, held] of this.documents) {
      problems.push(...held.problems);
      const { domain } = held.document;
      const part = parts.get(lowerCase(domain)) ?? newParts(domain);
      parts.set(lowerCase(domain), part);
      addToParts(part, location, held);
    }
    const domains = new Map<string, Domain>();
    for (const [key, part] of parts) domains.set(key, composeDomain(part, problems));
    return { domains, compiler, problems, version: this.current.version + 1 };
  }
}

interface DomainParts {
  readonly name: string;
  readonly extensions: Map<string, Extension>;
  /** Extensions that are there but were refused. */
  readonly refused: Set<string>;
  contexts: { location: string; lists: ContextLists } | undefined;
  routes: RouteTable;
}

function newParts(name: string): DomainParts {
  return { name, extensions: new Map(), refused: new Set(), contexts: undefined, routes: NO_ROUTES };
}

function addToParts(parts: DomainParts, location: string, { document, inForce }: Held): void {
  if (inForce === undefined) {
    if (document.kind === 'extension') parts.refused.add(document.name);
  } else if (inForce.kind === 'extension') {
    parts.extensions.set(document.name, inForce.extension);
  } else if (inForce.kind === 'contexts') {
    parts.contexts = { location, lists: inForce.contexts };
  } else {
    parts.routes = inForce.routes;
  }
}

function composeDomain(parts: DomainParts, problems: DocumentProblem[]): Domain {
  const contexts = new Map<string, Context>();
  for (const [name, list] of parts.contexts?.lists ?? []) {
    const extensions: Extension[] = [];
    for (const [index, wanted] of list.entries()) {
      const extension = parts.extensions.get(wanted);
      if (extension !== undefined) extensions.push(extension);
      else if (!parts.refused.has(wanted)) {
        problems.push({
          severity: 'warning',
          location: parts.contexts?.location ?? parts.name,
          path: `/${name}/${index}`,
          message: `there is no extension "${wanted}" in domain ${parts.name}; the others of the context are used`,
        });
      }
    }
    contexts.set(lowerCase(name), { name, extensions });
  }
  return { name: parts.name, contexts, routes: parts.routes };
}

function hold(
  location: string,
  document: DocumentText,
  before: Parsed | undefined,
  compiler: ExpressionCompiler,
): Held {
  const { parsed, problems } = parse(document, compiler);
  const located = problems.map((problem) => ({ ...problem, location }));
  if (parsed !== undefined) return { document, inForce: parsed, problems: located };
  const consequence = before === undefined ? 'it is left out' : 'its previous version stays in force';
  return {
    document,
    inForce: before,
    problems: located.map((problem) => ({ ...problem, message: `${problem.message}; ${consequence}` })),
  };
}

function parse(
  document: DocumentText,
  compiler: ExpressionCompiler,
): { parsed: Parsed | undefined; problems: readonly Problem[] } {
  switch (document.kind) {
    case 'extension': {
      const { extension, problems } = parseExtension(document.name, document.text, compiler);
      return { parsed: extension && { kind: 'extension', extension }, problems };
    }
    case 'contexts': {
      const { document: contexts, problems } = parseContexts(document.text);
      return { parsed: contexts && { kind: 'contexts', contexts }, problems };
    }
    case 'routes': {
      const { document: routes, problems } = parseRoutes(document.text);
      return { parsed: routes && { kind: 'routes', routes }, problems };
    }
  }
}

function identify({ location, path, message }: DocumentProblem): string {
  return JSON.stringify([location, path, message]);
}
