/**
 * Reads changed keys such that no MULTI is seen by half. What is read together is of one moment; where keys changed meanwhile, and
 * some of them together with what was read, all of those are read together again.
 */
import type { KeySize } from './read-keys.js';

export interface Reader {
  /** Keys that can be read in one moment together. */
  groups(keys: Iterable<string>): Promise<string[][]>;
  /** Splits a group into what is read at one time; one part where it is not too much. */
  parts(group: readonly string[]): Promise<KeySize[][]>;
  read(part: readonly KeySize[]): Promise<void>;
  /** Resolves when every change there was until now is among the dirty. */
  barrier(): Promise<void>;
}

/**
 * @param dirty keys known to have changed; others add to it at any time. Those that were read are taken out, those that changed again
 * stay in.
 */
export async function readConsistently(dirty: Set<string>, reader: Reader): Promise<void> {
  const read = new Set<string>();
  /** What was read together with a key, in one moment; none for a key that was read in parts. */
  const moments = new Map<string, ReadonlySet<string>>();
  do {
    const next = new Set(dirty);
    for (const key of dirty) for (const other of moments.get(key) ?? []) next.add(other);
    dirty.clear();
    for (const group of await reader.groups(next)) {
      const together = new Set(group);
      const parts = await reader.parts(group);
      for (const part of parts) {
        await reader.read(part);
        for (const { key } of part) {
          read.add(key);
          if (parts.length === 1) moments.set(key, together);
          else moments.delete(key);
        }
      }
    }
    await reader.barrier();
  } while (await isTorn(dirty, read, moments, reader));
}

/** Whether a change may have been read by half: of a group, some keys that changed were read and others were not, or apart. */
async function isTorn(
  dirty: ReadonlySet<string>,
  read: ReadonlySet<string>,
  moments: ReadonlyMap<string, ReadonlySet<string>>,
  reader: Reader,
): Promise<boolean> {
  if (dirty.size === 0) return false;
  for (const group of await reader.groups(dirty)) {
    if (!group.some((key) => read.has(key))) continue;
    const [first = ''] = group;
    const together = moments.get(first);
    if (together === undefined || !group.every((key) => together.has(key))) return true;
  }
  return false;
}
