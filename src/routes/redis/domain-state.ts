/** What was told of one domain, and what is to be told when its keys change. */
import type { DocumentText } from '../document.js';
import { Slices } from '../slices.js';
import type { DocumentProblem } from '../snapshot.js';
import {
  composeContexts,
  composeRoutes,
  extensionAt,
  keyProblems,
  locationOf,
  type ComposedContexts,
  type DomainKeys,
} from './domain-documents.js';
import type { KeyNames, KeyRole } from './key-names.js';

const KEPT = 'its previous version stays in force';
const LEFT_OUT = 'it is left out';
const DOCUMENT_ROLES: readonly KeyRole[] = ['extension', 'extensionAlias', 'context', 'route'];

export class DomainState {
  private readonly documents = new Map<string, DocumentText>();
  private readonly problemsBy = new Map<string, readonly DocumentProblem[]>();
  private extensions = 0;
  private contexts: ComposedContexts['lists'] = new Map();
  private lost: string | undefined;

  constructor(
    readonly name: string,
    private readonly names: KeyNames,
  ) {}

  /** Whether it is empty in Redis and keeps what it had. */
  get isGuarded(): boolean {
    return this.lost !== undefined;
  }

  /** Whether there is nothing to remember of it. */
  get isGone(): boolean {
    return this.documents.size === 0 && this.problemsBy.size === 0;
  }

  *problems(): Iterable<DocumentProblem> {
    for (const problems of this.problemsBy.values()) yield* problems;
    if (this.lost === undefined) return;
    yield {
      severity: 'error',
      location: this.names.keyOf('extension', this.name),
      path: '',
      message:
        `domain ${this.name} has suddenly ${this.lost}: its previous state stays in force ` +
        `until "parkway accept-empty ${this.name}"`,
    };
  }

  /** A document told in an earlier run. */
  remember(location: string, document: DocumentText): void {
    if (document.kind === 'extension' && !this.documents.has(location)) this.extensions += 1;
    if (document.kind === 'contexts') {
      this.contexts = new Map(Object.entries(JSON.parse(document.text) as Record<string, unknown[]>));
    }
    this.documents.set(location, document);
  }

  /**
   * What the domain would suddenly have lost altogether, in words; undefined if nothing.
   * @param touched keys that were read; undefined: all
   */
  lossIn(keys: DomainKeys, touched: Touched | undefined): string | undefined {
    if (this.extensions > 0 && keys.extension.fields.size === 0 && keys.extensionAlias.fields.size === 0) {
      return 'no extension any more';
    }
    if (touched?.has(this.names.keyOf('context', this.name)) === false) return undefined;
    const hadContexts = [...this.contexts.values()].some(isFilled);
    const { lists } = composeContexts('', keys.context, this.contexts);
    return hadContexts && ![...lists.values()].some(isFilled) ? 'no context with extensions any more' : undefined;
  }

  guard(lost: string): void {
    this.lost = lost;
  }

  /**
   * Takes its keys for what they are, in slices between which other questions are answered.
   * @param touched fields that changed, by key; undefined: compare all
   * @returns documents to tell, by location; undefined for those that are no more
   */
  async take(keys: DomainKeys, touched: Touched | undefined): Promise<Map<string, DocumentText | undefined>> {
    this.lost = undefined;
    const changes = new Map<string, DocumentText | undefined>();
    const tell: TellDocument = (location, document) => {
      if (this.documents.get(location)?.text === document?.text) return;
      changes.set(location, document);
      if (document?.kind !== 'extension' && this.documents.get(location)?.kind !== 'extension') return;
      this.extensions += (document === undefined ? 0 : 1) - (this.documents.has(location) ? 1 : 0);
    };
    await this.takeExtensions(keys, touched, tell);
    const contextKey = this.names.keyOf('context', this.name);
    if (touched?.has(contextKey) !== false) this.takeContexts(contextKey, keys, tell);
    const routeKey = this.names.keyOf('route', this.name);
    if (touched?.has(routeKey) !== false) this.takeRoutes(routeKey, keys, tell);
    for (const role of DOCUMENT_ROLES) {
      const key = this.names.keyOf(role, this.name);
      this.setProblems(key, keyProblems(role, key, keys[role]));
    }
    for (const [location, document] of changes) {
      if (document === undefined) this.documents.delete(location);
      else this.documents.set(location, document);
    }
    return changes;
  }

  private async takeExtensions(keys: DomainKeys, touched: Touched | undefined, tell: TellDocument): Promise<void> {
    const slices = new Slices();
    const own = [this.names.keyOf('extension', this.name), this.names.keyOf('extensionAlias', this.name)];
    const fields =
      touched === undefined
        ? [keys.extension.fields.names(), keys.extensionAlias.fields.names()]
        : own.map((key) => touched.get(key) ?? []);
    const names = new Set(fields.flatMap((each) => [...each]));
    const there = new Set<string>();
    for (const name of names) {
      if (slices.isOver) await slices.next();
      const found = extensionAt(this.name, name, keys, this.names);
      if (found !== undefined) there.add(found.location);
      if (found?.document !== undefined) tell(found.location, found.document);
      const consequence = this.documents.has(found?.location ?? '') ? KEPT : LEFT_OUT;
      this.setProblems(
        `extension ${name}`,
        (found?.problems ?? []).map((problem) =>
          problem.severity === 'error' ? { ...problem, message: `${problem.message}; ${consequence}` } : problem,
        ),
      );
      if (touched === undefined) continue;
      for (const location of own.map((key) => locationOf(key, name))) {
        if (location !== found?.location && this.documents.has(location)) tell(location, undefined);
      }
    }
    if (touched !== undefined) return;
    for (const [location, { kind }] of this.documents) {
      if (slices.isOver) await slices.next();
      if (kind === 'extension' && !there.has(location)) tell(location, undefined);
    }
    for (const name of [...this.problemsBy.keys()]) {
      if (name.startsWith('extension ') && !names.has(name.slice('extension '.length))) this.problemsBy.delete(name);
    }
  }

  private takeContexts(key: string, { context }: DomainKeys, tell: TellDocument): void {
    const { text, lists, problems } = composeContexts(key, context, this.contexts);
    this.contexts = lists;
    this.setProblems('contexts', problems);
    tell(key, this.composed('contexts', text));
  }

  private takeRoutes(key: string, { route }: DomainKeys, tell: TellDocument): void {
    const { text, problems } = composeRoutes(key, route);
    this.setProblems('routes', problems);
    tell(key, this.composed('routes', text));
  }

  private composed(kind: 'contexts' | 'routes', text: string | undefined): DocumentText | undefined {
    return text === undefined ? undefined : { domain: this.name, kind, name: kind, text, isComposed: true };
  }

  private setProblems(of: string, problems: readonly DocumentProblem[]): void {
    if (problems.length === 0) this.problemsBy.delete(of);
    else this.problemsBy.set(of, problems);
  }
}

/** Fields that changed, by key that was read. */
export type Touched = ReadonlyMap<string, ReadonlySet<string>>;

type TellDocument = (location: string, document: DocumentText | undefined) => void;

function isFilled(list: readonly unknown[]): boolean {
  return list.length > 0;
}
