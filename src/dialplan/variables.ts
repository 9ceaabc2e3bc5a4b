/**
 * A channel's variables as FreeSWITCH keeps them (`switch_event_base_add_header`): names without case, values that may be
 * arrays. An array's value is `ARRAY::a|:b`; a variable that was pushed to once is an array of one whose value is plain.
 */
import type { Bytes } from '../bytes.js';
import { atoi, lowerCase } from './c-values.js';

export interface Variable {
  readonly name: Bytes;
  readonly value: Bytes;
  /** The elements, if it is an array. */
  readonly elements?: readonly Bytes[];
}

const ARRAY_PREFIX = 'ARRAY::';
const SEPARATOR = '|:';
const HIGHEST_INDEX = 4000;

/** Where variables are looked up and changed. Names are given in any case. */
export interface VariableStore {
  get(name: Bytes): Variable | undefined;
  put(variable: Variable): void;
  delete(name: Bytes): void;
}

/** A store of its own, empty at first. */
export class VariableMap implements VariableStore {
  private readonly variables = new Map<Bytes, Variable>();

  get(name: Bytes): Variable | undefined {
    return this.variables.get(lowerCase(name));
  }

  put(variable: Variable): void {
    this.variables.set(lowerCase(variable.name), variable);
  }

  delete(name: Bytes): void {
    this.variables.delete(lowerCase(name));
  }

  /** All variables, in the order they were first set. */
  all(): Iterable<Variable> {
    return this.variables.values();
  }
}

/** The variable a header `variable_<name>` of a channel's data stands for. */
export function variableFromData(name: Bytes, value: Bytes): Variable {
  return value.startsWith(ARRAY_PREFIX)
    ? { name, value, elements: value.slice(ARRAY_PREFIX.length).split(SEPARATOR) }
    : { name, value };
}

/** `switch_var_clean_string`: FreeSWITCH defuses references in caller id and in the values of global variables. */
export function defuseReferences(value: Bytes): Bytes {
  return value.replace(/\$(?=\\*\{)/g, '%');
}

/** The whole value, or with an index of 0 or more that element: undefined where there is none, also on a plain value. */
export function valueAt(variable: Variable, index: number): Bytes | undefined {
  return index < 0 ? variable.value : variable.elements?.[index];
}

/** Sets `name` (or `name[index]`); an empty value removes it, `ARRAY::a|:b` makes an array. */
export function setVariable(store: VariableStore, name: Bytes, value: Bytes | undefined): void {
  if (name === '') return;
  if (value === undefined || value === '') {
    store.delete(name);
    return;
  }
  const bracket = name.indexOf('[');
  if (bracket >= 0) {
    setElement(store, name.slice(0, bracket), atoi(name.slice(bracket + 1)), value);
    return;
  }
  store.delete(name);
  if (value.startsWith(ARRAY_PREFIX)) addArray(store, name, value);
  else store.put({ name, value });
}

/** Adds an element at the end or at the beginning; an empty value removes the whole variable. */
export function pushVariable(
  store: VariableStore,
  name: Bytes,
  value: Bytes | undefined,
  where: 'end' | 'start',
): void {
  if (name === '') return;
  if (value === undefined || value === '') {
    store.delete(name);
    return;
  }
  if (name.includes('[')) setVariable(store, name, value);
  else addElement(store, name, value, where);
}

function addElement(store: VariableStore, name: Bytes, value: Bytes, where: 'end' | 'start'): void {
  const existing = store.get(name);
  if (existing === undefined) {
    if (value === '') return;
    if (value.startsWith(ARRAY_PREFIX)) addArray(store, name, value);
    else store.put({ name, value, elements: [value] });
    return;
  }
  const elements = existing.elements ?? [existing.value];
  putElements(store, existing.name, where === 'end' ? [...elements, value] : [value, ...elements]);
}

function addArray(store: VariableStore, name: Bytes, value: Bytes): void {
  if (value.length <= ARRAY_PREFIX.length) return;
  for (const element of value.slice(ARRAY_PREFIX.length).split(SEPARATOR)) addElement(store, name, element, 'end');
}

function setElement(store: VariableStore, name: Bytes, index: number, value: Bytes): void {
  if (index < 0 || index > HIGHEST_INDEX) return;
  const existing = store.get(name);
  const elements = [...(existing?.elements ?? [])];
  if (existing !== undefined && index < elements.length) {
    // FreeSWITCH does not write the whole value anew here: only `${name[index]}` shows the new element.
    elements[index] = value;
    store.put({ name: existing.name, value: existing.value, elements });
    return;
  }
  while (elements.length < index) elements.push('');
  elements.push(value);
  putElements(store, existing?.name ?? name, elements);
}

function putElements(store: VariableStore, name: Bytes, elements: readonly Bytes[]): void {
  const joined = elements.join(SEPARATOR);
  store.put({ name, value: elements.length > 1 ? ARRAY_PREFIX + joined : joined, elements });
}
