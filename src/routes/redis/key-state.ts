/** What is known of one key: its fields as they were last read, and what of it could not be taken. */
import { textOf } from '../../bytes.js';
import type { Entry, KeyReading } from './read-script.js';

export interface Field {
  readonly digest: string;
  /** Undefined if the value was refused, for the reason told. */
  readonly text: string | undefined;
  /** A list's elements. */
  readonly elements: readonly string[] | undefined;
  readonly refusal: string | undefined;
  readonly bytes: number;
}

export interface KeyState {
  readonly type: string;
  readonly count: number;
  /** `total` if all keys together are too much. */
  readonly excess: KeyReading['excess'] | 'total';
  readonly unnamed: number;
  /** By name; a list or a string is one field without a name. */
  readonly fields: ReadonlyMap<string, Field>;
  readonly nameByDigest: ReadonlyMap<string, string>;
  /** Of all values. */
  readonly bytes: number;
}

export const NO_KEY: KeyState = {
  type: 'none',
  count: 0,
  excess: undefined,
  unnamed: 0,
  fields: new Map(),
  nameByDigest: new Map(),
  bytes: 0,
};

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The state after a reading, and the names of the fields that differ. A key that is too large, or of a type that is not wanted,
 * keeps the fields it had.
 * @param longest bytes a value may have, for the message
 */
export function applyReading(
  before: KeyState,
  reading: KeyReading,
  wanted: readonly string[],
  longest: number,
): { state: KeyState; touched: readonly string[] } {
  const { type, count, excess, unnamed, entries, gone } = reading;
  const isWanted = type === 'none' || wanted.includes(type);
  if (!isWanted || excess !== undefined || (entries.length === 0 && gone.length === 0)) {
    return { state: { ...before, type, count, excess, unnamed }, touched: [] };
  }
  const fields = new Map(before.fields);
  const nameByDigest = new Map(before.nameByDigest);
  const touched = new Set<string>();
  let { bytes } = before;
  for (const digest of gone) {
    const name = nameByDigest.get(digest);
    if (name === undefined) continue;
    nameByDigest.delete(digest);
    touched.add(name);
    // Where its new value has come already, that one stays.
    const field = fields.get(name);
    if (field?.digest !== digest) continue;
    bytes -= field.bytes;
    fields.delete(name);
  }
  for (const entry of entries) {
    const name = textOf(entry.field.toString('latin1'));
    const field = fieldOf(entry, longest);
    bytes += field.bytes - (fields.get(name)?.bytes ?? 0);
    fields.set(name, field);
    nameByDigest.set(entry.digest, name);
    touched.add(name);
  }
  return { state: { type, count, excess, unnamed, fields, nameByDigest, bytes }, touched: [...touched] };
}

/** The digests of all fields, as the reading script wants them. */
export function digestsOf({ nameByDigest }: KeyState): Buffer {
  return Buffer.from([...nameByDigest.keys()].join(''), 'latin1');
}

function fieldOf({ value, digest }: Entry, longest: number): Field {
  const refused = (refusal: string): Field => ({ digest, text: undefined, elements: undefined, refusal, bytes: 0 });
  if (typeof value === 'number') return refused(`expected at most ${longest} bytes, found ${value}`);
  try {
    if (Buffer.isBuffer(value)) {
      return { digest, text: decoder.decode(value), elements: undefined, refusal: undefined, bytes: value.length };
    }
    const elements = value.map((element) => decoder.decode(element));
    const bytes = value.reduce((sum, { length }) => sum + length, 0);
    return { digest, text: undefined, elements, refusal: undefined, bytes };
  } catch {
    return refused('expected UTF-8, found bytes that are not');
  }
}
