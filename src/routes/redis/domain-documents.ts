/** From what the keys of a domain hold to documents, in all the forms that OKCC and its users write them. */
import { pointerTo } from '../../dialplan/pointer.js';
import { createValidator } from '../../dialplan/validate.js';
import type { Problem } from '../../dialplan/problem.js';
import type { DocumentText } from '../document.js';
import { locateProblems } from '../locate-problems.js';
import type { DocumentProblem } from '../snapshot.js';
import type { KeyNames, KeyRole } from './key-names.js';
import type { Field } from './fields.js';
import { LONGEST_NAME, NO_KEY, type KeyState } from './key-state.js';

type Written = Pick<DocumentText, 'text' | 'isComposed'>;

export type DomainKeys = Readonly<Record<KeyRole, KeyState>>;

export interface DocumentAt {
  readonly location: string;
  /** Undefined if it is there, but not to be read: what is in force stays. */
  readonly document: DocumentText | undefined;
  readonly problems: readonly DocumentProblem[];
}

export interface ComposedContexts {
  /** Undefined where there are none. */
  readonly text: string | undefined;
  /** The lists in it, to go on with where one is refused later. */
  readonly lists: ReadonlyMap<string, readonly unknown[]>;
  readonly problems: readonly DocumentProblem[];
}

const EXCESS: Readonly<Record<NonNullable<KeyState['excess']>, string>> = {
  fields: 'expected no more fields than store.limits.fields',
  bytes: 'expected no more bytes than store.limits.keyBytes',
  total: 'expected no more bytes in all keys than store.limits.totalBytes',
};
const ROUTE_KINDS = new Set(['extension', 'gateway', 'profile']);
const DEFAULT_CONTEXT = 'default';

const list = createValidator<readonly (string | number | boolean)[]>(
  { type: 'array', items: { title: "an extension's name", type: ['string', 'number', 'boolean'] } },
  { unknownKey: 'error' },
);
const anything = createValidator<unknown>({}, { unknownKey: 'error' });

/** One document's place, as messages name it. */
export function locationOf(key: string, field: string): string {
  return `${key} ${JSON.stringify(field)}`;
}

/** The extension of that name; undefined where there is none. A name under both spellings is taken from the documented one. */
export function extensionAt(domain: string, name: string, keys: DomainKeys, names: KeyNames): DocumentAt | undefined {
  const field = keys.extension.fields.get(name);
  const other = keys.extensionAlias.fields.get(name);
  const used = field ?? other;
  if (used === undefined) return undefined;
  const key = names.keyOf(field === undefined ? 'extensionAlias' : 'extension', domain);
  const location = locationOf(key, name);
  const problems: DocumentProblem[] = [];
  if (field !== undefined && other !== undefined && field.text !== other.text) {
    const alias = names.keyOf('extensionAlias', domain);
    const message = `is under ${alias} too, and differs; this one is used`;
    problems.push({ severity: 'warning', location, path: '', message });
  }
  if (used.refusal !== undefined) problems.push({ severity: 'error', location, path: '', message: used.refusal });
  const document: DocumentText = { domain, kind: 'extension', name: name.normalize('NFC'), text: used.text ?? '' };
  return { location, document: used.text === undefined ? undefined : document, problems };
}

/** What is wrong with a key as a whole: its type, its size. */
export function keyProblems(role: KeyRole, key: string, state: KeyState): DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  const add = (severity: Problem['severity'], message: string): void => {
    problems.push({ severity, location: key, path: '', message });
  };
  const kept = state.fields.size === 0 ? 'it is left out' : 'what was read of it before stays in force';
  if (state.type !== 'none' && !typesOf(role).includes(state.type)) {
    add('error', `expected a ${typesOf(role).join(' or a ')}, found a ${state.type}; ${kept}`);
  } else if (state.excess !== undefined) {
    add('error', `${EXCESS[state.excess]}, found ${state.count} fields; ${kept}`);
  }
  if (state.unnamed > 0) {
    add(
      'error',
      `${state.unnamed} ${state.unnamed === 1 ? 'field has' : 'fields have'} a name of more than ${LONGEST_NAME} bytes, or one that is no UTF-8; left out`,
    );
  }
  return problems;
}

/** @param before the lists in force, by context */
export function composeContexts(
  key: string,
  state: KeyState,
  before: ReadonlyMap<string, readonly unknown[]>,
): ComposedContexts {
  switch (state.type) {
    case 'hash':
      return composeHash(key, state, before);
    case 'list': {
      const elements = state.fields.get('');
      return ofOne(key, elements, elements?.elements, before);
    }
    case 'string': {
      const field = state.fields.get('');
      const { document } = anything.validateText(field?.text ?? '');
      if (document === null || typeof document !== 'object' || Array.isArray(document))
        return ofText(key, field, before);
      return composeObject(key, document, textOf(field), before);
    }
    default:
      return { text: undefined, lists: new Map(), problems: [] };
  }
}

export function composeRoutes(
  key: string,
  { fields }: KeyState,
): { text: string | undefined; problems: DocumentProblem[] } {
  const tables: Record<string, Record<string, string>> = {};
  const problems: DocumentProblem[] = [];
  for (const [name, { text, refusal }] of fields) {
    const [kind = '', ...rest] = name.split(':');
    const of = rest.join(':');
    if (!ROUTE_KINDS.has(kind) || of === '' || text === undefined) {
      const message = refusal ?? 'expected extension:<number>, gateway:<name> or profile:<name>; it is left out';
      problems.push({ severity: 'error', location: locationOf(key, name), path: '', message });
      continue;
    }
    const table = (tables[kind] ??= Object.create(null) as Record<string, string>);
    table[of] = contextName(text);
  }
  return { text: fields.size === 0 ? undefined : JSON.stringify(tables), problems };
}

/** The types of Redis a key may have. */
export function typesOf(role: KeyRole): readonly string[] {
  if (role === 'context') return ['hash', 'list', 'string'];
  return role === 'acceptEmpty' ? ['string'] : ['hash'];
}

function composeHash(key: string, { fields }: KeyState, before: ComposedContexts['lists']): ComposedContexts {
  const lists = new Map<string, readonly unknown[]>();
  const problems: DocumentProblem[] = [];
  for (const [name, field] of fields) {
    const location = locationOf(key, name);
    const { document, problems: found } = listIn(field);
    const kept = document ?? before.get(name);
    if (kept !== undefined) lists.set(name, kept);
    problems.push(...locateProblems(consequences(found, before.has(name)), location, textOf(field)));
  }
  return { text: textOfLists(lists), lists, problems };
}

function composeObject(
  key: string,
  object: object,
  written: Written,
  before: ComposedContexts['lists'],
): ComposedContexts {
  const lists = new Map<string, readonly unknown[]>();
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    const { document, problems: found } = list.validateValue(value);
    const kept = document ?? before.get(name);
    if (kept !== undefined) lists.set(name, kept);
    const inWhole = found.map((problem) => ({ ...problem, path: `${pointerTo(name)}${problem.path}` }));
    problems.push(...consequences(inWhole, before.has(name)));
  }
  return { text: textOfLists(lists), lists, problems: locateProblems(problems, key, written) };
}

function ofText(key: string, field: Field | undefined, before: ComposedContexts['lists']): ComposedContexts {
  const { document, problems } = listIn(field);
  return ofOne(key, field, document, before, problems);
}

function ofOne(
  key: string,
  field: Field | undefined,
  elements: readonly unknown[] | undefined,
  before: ComposedContexts['lists'],
  found: readonly Problem[] = refusalOf(field),
): ComposedContexts {
  const kept = elements ?? before.get(DEFAULT_CONTEXT);
  const lists = new Map(kept === undefined ? [] : [[DEFAULT_CONTEXT, kept]]);
  const problems = locateProblems(consequences(found, before.has(DEFAULT_CONTEXT)), key, textOf(field));
  return { text: textOfLists(lists), lists, problems };
}

function listIn(field: Field | undefined): ReturnType<typeof list.validateText> {
  const refused = refusalOf(field);
  return refused.length > 0 ? { document: undefined, problems: refused } : list.validateText(field?.text ?? '');
}

function refusalOf(field: Field | undefined): Problem[] {
  if (field?.refusal === undefined) return [];
  return [{ severity: 'error', path: '', message: field.refusal }];
}

function consequences(problems: readonly Problem[], isKept: boolean): Problem[] {
  const consequence = isKept ? 'its previous version stays in force' : 'it is left out';
  return problems.map((problem) => ({ ...problem, message: `${problem.message}; ${consequence}` }));
}

/** What is not read, and the elements of a list, have no lines. */
function textOf(field: Field | undefined): Written {
  return field?.text === undefined || field.refusal !== undefined
    ? { text: '', isComposed: true }
    : { text: field.text };
}

function textOfLists(lists: ReadonlyMap<string, readonly unknown[]>): string | undefined {
  if (lists.size === 0) return undefined;
  const object = Object.create(null) as Record<string, string[]>;
  for (const [name, elements] of lists) object[name] = elements.map(String);
  return JSON.stringify(object);
}

/** A name, or a name as JSON. */
function contextName(text: string): string {
  if (!text.startsWith('"')) return text.trim();
  const { document } = anything.validateText(text);
  return typeof document === 'string' ? document : text.trim();
}

export function stateOf(keys: ReadonlyMap<string, KeyState>, domain: string, names: KeyNames): DomainKeys {
  const of = (role: KeyRole): KeyState => keys.get(names.keyOf(role, domain)) ?? NO_KEY;
  return {
    extension: of('extension'),
    extensionAlias: of('extensionAlias'),
    context: of('context'),
    route: of('route'),
    acceptEmpty: of('acceptEmpty'),
  };
}
