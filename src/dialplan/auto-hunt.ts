/** With `auto_hunt` a hunt begins at the extension named like the destination, in any case. */
import type { Bytes } from '../bytes.js';
import { lowerCase } from './c-values.js';
import type { Extension } from './extension.js';

/** The index of the first extension of that name; undefined if there is none. */
export function findNamed(extensions: readonly Extension[], destination: Bytes): number | undefined {
  const name = lowerCase(destination);
  const index = extensions.findIndex(({ huntName }) => huntName === name);
  return index < 0 ? undefined : index;
}

const firstByName = new WeakMap<readonly Extension[], ReadonlyMap<Bytes | undefined, number>>();

/** The same for one of many calls, which are worth an index. */
export function findNamedAgain(extensions: readonly Extension[], destination: Bytes): number | undefined {
  let first = firstByName.get(extensions);
  if (first === undefined) {
    // Of those of one name the first is put in last.
    first = new Map(extensions.map(({ huntName }, index) => [huntName, index] as const).reverse());
    firstByName.set(extensions, first);
  }
  return first.get(lowerCase(destination));
}
