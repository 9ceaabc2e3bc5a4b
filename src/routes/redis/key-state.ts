/** What is known of one key: its fields as they were last read, and what of it could not be taken. */
import { isAscii, isUtf8 } from 'node:buffer';
import type { Bytes } from '../../bytes.js';
import { Slices } from '../slices.js';
import { Fields, type Field } from './fields.js';
import type { KeyReading } from './read-keys.js';

export interface KeyState {
  readonly type: string;
  readonly count: number;
  /** `total` if all keys together are too much. */
  readonly excess: KeyReading['excess'] | 'total';
  /** Fields that are left out, because their name is too long or no UTF-8. */
  readonly unnamed: number;
  readonly fields: Fields;
  /** Of all values. */
  readonly bytes: number;
}

export const NO_KEY: KeyState = {
  type: 'none',
  count: 0,
  excess: undefined,
  unnamed: 0,
  fields: Fields.NONE,
  bytes: 0,
};

/** Bytes of a field's name; with a longer one it is left out. */
export const LONGEST_NAME = 512;
/** Fields compared without a look at the clock. */
const FIELDS_AT_ONCE = 100;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The state after a reading, and the names of the fields that differ. A key that is too large, or of a type that is not wanted,
 * keeps the fields it had. Works in slices: a large hash is compared whole, and other questions are answered meanwhile.
 * @param longest bytes a value may have
 */
export async function takeReading(
  before: KeyState,
  { type, count, excess, content }: KeyReading,
  wanted: readonly string[],
  longest: number,
): Promise<{ state: KeyState; touched: readonly string[] }> {
  const isWanted = type === 'none' || wanted.includes(type);
  if (!isWanted || excess !== undefined) return { state: { ...before, type, count, excess, unnamed: 0 }, touched: [] };
  const entries = entriesOf(type, content);
  const taken = (await takeValues(before, entries, longest)) ?? (await takeFields(before, entries, longest));
  return { state: { type, count, excess, ...taken.fields }, touched: taken.touched };
}

interface Taken {
  readonly fields: Pick<KeyState, 'fields' | 'bytes' | 'unnamed'>;
  readonly touched: readonly string[];
}

/** Where there are the same fields as before in the same order, as nearly always; undefined if not. */
async function takeValues(before: KeyState, entries: readonly Read[], longest: number): Promise<Taken | undefined> {
  if (entries.length !== 2 * before.fields.size) return undefined;
  const changed: Field[] = [];
  let { bytes } = before;
  const slices = new Slices();
  for (let position = 0; position < before.fields.size; position += 1) {
    if (position % FIELDS_AT_ONCE === 0 && slices.isOver) await slices.next();
    const known = before.fields.at(position) as Field;
    const [nameBytes, read] = [entries[2 * position] as Buffer, entries[2 * position + 1] as Read];
    if (!isName(nameBytes, known.nameBytes)) return undefined;
    if (isSame(known, read)) continue;
    const field = fieldOf(nameBytes, read, longest);
    changed.push(field);
    bytes += field.bytes - known.bytes;
  }
  return {
    fields: { fields: before.fields.withValues(changed), bytes, unnamed: 0 },
    touched: changed.map(({ name }) => name),
  };
}

/** Where there may be others. */
async function takeFields(before: KeyState, entries: readonly Read[], longest: number): Promise<Taken> {
  const order: Field[] = [];
  const touched: string[] = [];
  let [unnamed, bytes] = [0, 0];
  const slices = new Slices();
  for (let at = 0; at < entries.length; at += 2) {
    if (slices.isOver) await slices.next();
    const [nameBytes, read] = [entries[at] as Buffer, entries[at + 1] as Read];
    if (nameBytes.length > LONGEST_NAME || !isUtf8(nameBytes)) {
      unnamed += 1;
      continue;
    }
    const known = before.fields.get(nameBytes.toString());
    const field = known !== undefined && isSame(known, read) ? known : fieldOf(nameBytes, read, longest);
    if (field !== known) touched.push(field.name);
    order.push(field);
    bytes += field.bytes;
  }
  const fields = await Fields.of(order);
  for (const name of before.fields.names()) if (!fields.has(name)) touched.push(name);
  return { fields: { fields, bytes, unnamed }, touched };
}

type Read = Buffer | number | readonly Buffer[];

/** Names and values in turn. */
function entriesOf(type: string, content: KeyReading['content']): readonly Read[] {
  if (type === 'hash') return content;
  if (type === 'list') return [NO_NAME, content as readonly Buffer[]];
  return type === 'string' ? [NO_NAME, content[0] as Buffer | number] : [];
}

const NO_NAME = Buffer.alloc(0);

/** Without a string for each: there are ten thousand of them. */
function isName(read: Buffer, known: Bytes): boolean {
  if (read.length !== known.length) return false;
  for (let at = 0; at < read.length; at += 1) if (read[at] !== known.charCodeAt(at)) return false;
  return true;
}

/** A list is never said to be the same: it is compared by what it amounts to. */
function isSame({ value }: Field, read: Read): boolean {
  if (typeof value === 'number') return value === (typeof read === 'number' ? read : read.length);
  return Buffer.isBuffer(read) && value?.equals(read) === true;
}

function fieldOf(nameBytes: Buffer, read: Read, longest: number): Field {
  const name = nameBytes.toString();
  const nothing = { name, nameBytes: nameBytes.toString('latin1'), text: undefined, elements: undefined };
  if (typeof read === 'number' || (Buffer.isBuffer(read) && read.length > longest)) {
    const length = typeof read === 'number' ? read : read.length;
    return { ...nothing, value: length, refusal: `expected at most ${longest} bytes, found ${length}`, bytes: 0 };
  }
  // A copy: what was read is a part of all that came with it.
  const value = Buffer.isBuffer(read) ? Buffer.from(read) : undefined;
  const bytes = Buffer.isBuffer(read) ? read.length : read.reduce((sum, { length }) => sum + length, 0);
  try {
    const texts = Buffer.isBuffer(read) ? { text: textOf(read) } : { elements: read.map(textOf) };
    return { ...nothing, ...texts, value, refusal: undefined, bytes };
  } catch {
    return { ...nothing, value, refusal: 'expected UTF-8, found bytes that are not', bytes };
  }
}

/** @throws if it is no UTF-8 */
function textOf(read: Buffer): string {
  return isAscii(read) ? read.toString('latin1') : decoder.decode(read);
}
