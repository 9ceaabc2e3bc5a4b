/** Where in a JSON text the things stand that JSON pointers name. */
import { visit } from 'jsonc-parser';
import { keysOf } from './pointer.js';
import type { Position } from './position.js';

/** A place that is asked for, or one on the way to it. */
interface Wanted {
  readonly inner: Map<string, Wanted>;
  position: Position | undefined;
}

/** A list or an object that is being read. */
interface Open {
  readonly wanted: Wanted | undefined;
  /** Of the next element; undefined in an object. */
  index: number | undefined;
  /** Of an object: what the last key leads to. */
  member: Wanted | undefined;
}

const START: Position = { line: 1, column: 1 };

/**
 * Of each pointer where it leads: to the key of what is in an object, to the element in a list, or to the deepest thing around it
 * that is there. The text is gone through once, however many are asked for.
 */
export function jsonPositions(json: string, pointers: Iterable<string>): ReadonlyMap<string, Position> {
  const root = place();
  const asked = [...pointers];
  for (const pointer of asked) {
    let at = root;
    for (const key of keysOf(pointer)) {
      const inner = at.inner.get(key) ?? place();
      at.inner.set(key, inner);
      at = inner;
    }
  }
  find(json.replace(/^\uFEFF/, ''), root);
  return new Map(asked.map((pointer) => [pointer, deepestFound(root, pointer)]));
}

function place(): Wanted {
  return { inner: new Map(), position: undefined };
}

function deepestFound(root: Wanted, pointer: string): Position {
  let { position = START } = root;
  let at: Wanted | undefined = root;
  for (const key of keysOf(pointer)) {
    at = at.inner.get(key);
    if (at?.position === undefined) break;
    ({ position } = at);
  }
  return position;
}

function find(json: string, root: Wanted): void {
  const opened: Open[] = [];
  const value = (position: Position): Wanted | undefined => {
    const around = opened.at(-1);
    if (around === undefined) return found(root, position);
    // A member of an object is where its key is.
    if (around.index === undefined) return around.member;
    return found(around.wanted?.inner.get(String(around.index)), position);
  };
  const open = (position: Position, index: number | undefined): boolean => {
    const wanted = value(position);
    opened.push({ wanted, index, member: undefined });
    return wanted !== undefined && wanted.inner.size > 0;
  };
  const close = (): void => {
    opened.pop();
  };
  visit(json, {
    onObjectBegin: (_offset, _length, line, column) => open(counted(line, column), undefined),
    onObjectProperty: (name, _offset, _length, line, column) => {
      const around = opened.at(-1);
      if (around !== undefined) around.member = found(around.wanted?.inner.get(name), counted(line, column));
    },
    onObjectEnd: close,
    onArrayBegin: (_offset, _length, line, column) => open(counted(line, column), 0),
    onLiteralValue: (_value, _offset, _length, line, column) => {
      value(counted(line, column));
    },
    onSeparator: (character) => {
      const around = opened.at(-1);
      if (character === ',' && around?.index !== undefined) around.index += 1;
    },
    onArrayEnd: close,
  });
}

/** From what counts from 0. */
function counted(line: number, column: number): Position {
  return { line: line + 1, column: column + 1 };
}

function found(wanted: Wanted | undefined, position: Position): Wanted | undefined {
  if (wanted === undefined) return undefined;
  // Of two members of one name the last counts.
  if (wanted.position !== undefined) forget(wanted);
  wanted.position = position;
  return wanted;
}

function forget(wanted: Wanted): void {
  wanted.position = undefined;
  for (const inner of wanted.inner.values()) if (inner.position !== undefined) forget(inner);
}
