/**
 * Holds the documents in force and the snapshot made of them. An update validates and compiles what changed, before anything
 * live is touched, then swaps the snapshot. A document that does not validate never replaces one that did.
 */
import { ExpressionCompiler } from '../dialplan/expression.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { Extension } from '../dialplan/extension.js';
import { parseExtension } from '../dialplan/parse-extension.js';
import { pointerTo } from '../dialplan/pointer.js';
import type { Problem } from '../dialplan/problem.js';
import { parseContexts, type ContextLists } from './context-lists.js';
import type { DocumentChanges, DocumentText } from './document.js';
import { locateProblems } from './locate-problems.js';
import { NO_ROUTES, parseRoutes, type RouteTable } from './route-table.js';
import { Slices } from './slices.js';
import type { Context, DocumentProblem, Domain, Snapshot } from './snapshot.js';

type Parsed =
  | { readonly kind: 'extension'; readonly extension: Extension }
  | { readonly kind: 'contexts'; readonly contexts: ContextLists }
  | { readonly kind: 'routes'; readonly routes: RouteTable };

interface Held {
  readonly document: DocumentText;
  /** The version in force: of this text, or of an earlier one if this was refused; undefined if none ever validated. */
  readonly inForce: { readonly parsed: Parsed; readonly document: DocumentText } | undefined;
  readonly problems: readonly DocumentProblem[];
}

/** What a domain's documents amount to, worked out again only when one of them changes. */
interface Composed {
  readonly domain: Domain;
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

/** Work that yields wherever it may be interrupted. */
type Work<Result> = Generator<undefined, Result, undefined>;

/** Looked up in a context without an interruption: each takes next to nothing. */
const EXTENSIONS_AT_ONCE = 100;
const FEW_REPLACEMENTS = 8;

export class DialplanStore {
  /** By domain in lower case, then by location. */
  private readonly documents = new Map<string, Map<string, Held>>();
  private readonly domainOf = new Map<string, string>();
  private readonly composed = new Map<string, Composed>();
  private sourceProblems: readonly DocumentProblem[] = [];
  private current: Snapshot = {
    domains: new Map(),
    compiler: new ExpressionCompiler(),
    problems: [],
    version: 0,
  };

  get snapshot(): Snapshot {
    return this.current;
  }

  /** Whether the document there is in force as it was told last, and not an earlier version of it. */
  isInForce(location: string): boolean {
    const held = this.heldAt(location);
    return held !== undefined && held.inForce?.document === held.document;
  }

  /** The documents in force, by location: of one that was refused the version before. */
  *documentsInForce(): Iterable<[string, DocumentText]> {
    for (const held of this.documents.values()) {
      for (const [location, { inForce }] of held) if (inForce !== undefined) yield [location, inForce.document];
    }
  }

  /**
   * Takes changes over; undefined if nothing did change.
   * @param sourceProblems all there are with how the documents are kept
   * @throws Pcre2MissingError
   */
  update(changes: DocumentChanges, sourceProblems: readonly DocumentProblem[] = []): StoreUpdate | undefined {
    const work = this.work(changes, sourceProblems);
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
    }
  }

  /** The same, in slices between which calls go on. The one before must be done. */
  async updateInSlices(
    changes: DocumentChanges,
    sourceProblems: readonly DocumentProblem[] = [],
  ): Promise<StoreUpdate | undefined> {
    const work = this.work(changes, sourceProblems);
    const slices = new Slices();
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      if (slices.isOver) await slices.next();
    }
  }

  /** Nothing is in force before its end. */
  private *work(changes: DocumentChanges, sourceProblems: readonly DocumentProblem[]): Work<StoreUpdate | undefined> {
    const changed: string[] = [];
    const compiler = new ExpressionCompiler();
    const held = new Map<string, Held>();
    for (const [location, document] of changes) {
      const before = this.heldAt(location);
      if (before?.document.text === document?.text) continue;
      changed.push(location);
      if (document === undefined) continue;
      held.set(location, hold(location, document, before?.inForce, compiler));
      yield;
    }
    const problemsChanged = sourceProblems.length > 0 || this.sourceProblems.length > 0;
    if (changed.length === 0 && this.current.version > 0 && !problemsChanged) return undefined;
    return yield* this.putInForce(changed, held, sourceProblems, compiler);
  }

  private *putInForce(
    changed: readonly string[],
    held: ReadonlyMap<string, Held>,
    sourceProblems: readonly DocumentProblem[],
    compiler: ExpressionCompiler,
  ): Work<StoreUpdate | undefined> {
    const affected = new Set<string>();
    for (const location of changed) {
      const domain = this.domainOf.get(location);
      if (domain !== undefined) affected.add(domain);
      const next = held.get(location);
      if (next !== undefined) affected.add(lowerCase(next.document.domain));
    }
    const before = this.problemsOf(affected);
    const replacements = yield* this.replacements(changed, held);
    for (const location of changed) {
      this.put(location, held.get(location));
      yield;
    }
    for (const domain of affected) {
      if (replacements === undefined) yield* this.compose(domain);
      else yield* this.replace(domain, replacements);
    }
    this.sourceProblems = sourceProblems;
    const after = this.problemsOf(affected);
    const newProblems = [...after].filter(([id]) => !before.has(id)).map(([, problem]) => problem);
    const solved = [...before.keys()].filter((id) => !after.has(id)).length;
    if (changed.length === 0 && newProblems.length === 0 && solved === 0 && this.current.version > 0) return undefined;
    this.current = {
      domains: new Map([...this.composed].map(([name, { domain }]) => [name, domain])),
      compiler,
      problems: [...[...this.composed.values()].flatMap(({ problems }) => problems), ...sourceProblems],
      version: this.current.version + 1,
    };
    return { snapshot: this.current, changed, newProblems, solved };
  }

  private heldAt(location: string): Held | undefined {
    const domain = this.domainOf.get(location);
    return domain === undefined ? undefined : this.documents.get(domain)?.get(location);
  }

  private put(location: string, held: Held | undefined): void {
    const from = this.domainOf.get(location);
    const to = held === undefined ? undefined : lowerCase(held.document.domain);
    if (from !== undefined && from !== to) {
      this.documents.get(from)?.delete(location);
      this.domainOf.delete(location);
    }
    if (held === undefined || to === undefined) return;
    const documents = this.documents.get(to) ?? new Map<string, Held>();
    this.documents.set(to, documents.set(location, held));
    this.domainOf.set(location, to);
  }

  /** New versions of extensions by the old ones, if nothing else changes: most changes are of that kind, and need no more. */
  private *replacements(
    changed: readonly string[],
    held: ReadonlyMap<string, Held>,
  ): Work<ReadonlyMap<Extension, Extension> | undefined> {
    const replacements = new Map<Extension, Extension>();
    for (const location of changed) {
      const [before, after] = [this.heldAt(location), held.get(location)];
      if (before === undefined || after === undefined || !isSameDocument(before.document, after.document))
        return undefined;
      const [old, next] = [before.inForce?.parsed, after.inForce?.parsed];
      if (old?.kind !== 'extension' || next?.kind !== 'extension') return undefined;
      if (before.problems.length > 0 || after.problems.length > 0) return undefined;
      replacements.set(old.extension, next.extension);
      yield;
    }
    return replacements;
  }

  private *replace(name: string, replacements: ReadonlyMap<Extension, Extension>): Work<void> {
    const composed = this.composed.get(name);
    if (composed === undefined) return;
    const contexts = new Map<string, Context>();
    for (const [key, context] of composed.domain.contexts) {
      const extensions = [...context.extensions];
      yield* replaceIn(extensions, replacements);
      contexts.set(key, { ...context, extensions });
      yield;
    }
    this.composed.set(name, { ...composed, domain: { ...composed.domain, contexts } });
  }

  private *compose(name: string): Work<void> {
    const documents = this.documents.get(name);
    if (documents === undefined || documents.size === 0) {
      this.documents.delete(name);
      this.composed.delete(name);
      return;
    }
    const problems: DocumentProblem[] = [];
    let parts: DomainParts | undefined;
    for (const [location, held] of documents) {
      problems.push(...held.problems);
      parts ??= newParts(held.document.domain);
      addToParts(parts, location, held);
      yield;
    }
    if (parts !== undefined) this.composed.set(name, { domain: yield* composeDomain(parts, problems), problems });
  }

  /** Those of some domains and of the source, each by what makes it the same. */
  private problemsOf(domains: ReadonlySet<string>): Map<string, DocumentProblem> {
    const problems = new Map(this.sourceProblems.map((problem) => [identify(problem), problem]));
    for (const name of domains) {
      for (const problem of this.composed.get(name)?.problems ?? []) problems.set(identify(problem), problem);
    }
    return problems;
  }
}

/** A few are searched for one by one, of many each extension is looked up. */
function* replaceIn(extensions: Extension[], replacements: ReadonlyMap<Extension, Extension>): Work<void> {
  if (replacements.size <= FEW_REPLACEMENTS) {
    for (const [old, next] of replacements) {
      for (let at = extensions.indexOf(old); at >= 0; at = extensions.indexOf(old, at + 1)) extensions[at] = next;
    }
    return;
  }
  for (const [index, extension] of extensions.entries()) {
    extensions[index] = replacements.get(extension) ?? extension;
    if (index % EXTENSIONS_AT_ONCE === 0) yield;
  }
}

function isSameDocument(one: DocumentText, other: DocumentText): boolean {
  return one.domain === other.domain && one.name === other.name && one.kind === other.kind;
}

interface DomainParts {
  readonly name: string;
  readonly extensions: Map<string, Extension>;
  /** Extensions that are there but were refused. */
  readonly refused: Set<string>;
  contexts: { location: string; document: DocumentText; lists: ContextLists } | undefined;
  routes: RouteTable;
}

function newParts(name: string): DomainParts {
  return { name, extensions: new Map(), refused: new Set(), contexts: undefined, routes: NO_ROUTES };
}

function addToParts(parts: DomainParts, location: string, { document, inForce }: Held): void {
  const parsed = inForce?.parsed;
  if (parsed === undefined) {
    if (document.kind === 'extension') parts.refused.add(document.name);
  } else if (parsed.kind === 'extension') {
    parts.extensions.set(document.name, parsed.extension);
  } else if (parsed.kind === 'contexts') {
    parts.contexts = { location, document: inForce?.document ?? document, lists: parsed.contexts };
  } else {
    parts.routes = parsed.routes;
  }
}

function* composeDomain(parts: DomainParts, problems: DocumentProblem[]): Work<Domain> {
  const contexts = new Map<string, Context>();
  const missing: Problem[] = [];
  for (const [name, list] of parts.contexts?.lists ?? []) {
    const extensions: Extension[] = [];
    for (const [index, wanted] of list.entries()) {
      const extension = parts.extensions.get(wanted);
      if (extension !== undefined) extensions.push(extension);
      else if (!parts.refused.has(wanted)) {
        missing.push({
          severity: 'warning',
          path: pointerTo(name, index),
          message: `there is no extension "${wanted}" in domain ${parts.name}; the others of the context are used`,
        });
      }
      if (index % EXTENSIONS_AT_ONCE === 0) yield;
    }
    contexts.set(lowerCase(name), { name, extensions });
  }
  if (parts.contexts !== undefined) {
    problems.push(...locateProblems(missing, parts.contexts.location, parts.contexts.document));
  }
  return { name: parts.name, contexts, routes: parts.routes };
}

function hold(location: string, document: DocumentText, before: Held['inForce'], compiler: ExpressionCompiler): Held {
  const { parsed, problems } = parse(document, compiler);
  const located = locateProblems(problems, location, document);
  if (parsed !== undefined) return { document, inForce: { parsed, document }, problems: located };
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

/** Where in the text is not part of it, but where a document is no JSON: that has no other place. */
function identify({ severity, location, path, message, at }: DocumentProblem): string {
  return [location, path, message, ...(path === '' && severity === 'error' ? [at?.line, at?.column] : [])].join('\0');
}
