/** What is known of one key: its fields as they were last read, and what of it could not be taken. */
import { isAscii, isUtf8 } from 'node:buffer';
import type { Bytes } from '../../bytes.js';
import { Slices } from '../slices.js';
import { Fields, type Entry, type Field, type Value } from './fields.js';
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
  { type, count, excess, entries }: KeyReading,
  wanted: readonly string[],
  longest: number,
): Promise<{ state: KeyState; touched: readonly string[] }> {
  const isWanted = type === 'none' || wanted.includes(type);
  if (!isWanted || excess !== undefined) return { state: { ...before, type, count, excess, unnamed: 0 }, touched: [] };
  const taken = (await takeValues(before, entries, longest)) ?? (await takeFields(before, entries, longest));
  return { state: { type, count, excess, ...taken.fields }, touched: taken.touched };
}

interface Taken {
  readonly fields: Pick<KeyState, 'fields' | 'bytes' | 'unnamed'>;
  readonly touched: readonly string[];
}

/** Where there are the same fields as before, as nearly always; undefined if not. */
async function takeValues(
  { fields, bytes: bytesBefore }: KeyState,
  entries: readonly Entry[],
  longest: number,
): Promise<Taken | undefined> {
  if (entries.length !== fields.size) return undefined;
  const changed: Field[] = [];
  const order = new Uint32Array(fields.size);
  const seen = new Uint8Array(fields.size);
  let [bytes, expected] = [bytesBefore, 0];
  const slices = new Slices();
  for (let at = 0; at < entries.length; at += 1) {
    if (at % FIELDS_AT_ONCE === 0 && slices.isOver) await slices.next();
    const entry = entries[at] as Entry;
    const place = placeOf(entry, fields, expected);
    if (place === undefined) return undefined;
    expected = place + 1;
    const slot = fields.slotAt(place);
    if (seen[slot] === 1) return undefined;
    seen[slot] = 1;
    order[at] = slot;
    const known = fields.at(place) as Field;
    if (!isRead(entry) || isSame(known, entry[1])) continue;
    const field = fieldOf(...entry, longest);
    changed.push(field);
    bytes += field.bytes - known.bytes;
  }
  return {
    fields: { fields: fields.withValues(changed, order), bytes, unnamed: 0 },
    touched: changed.map(({ name }) => name),
  };
}

/** Where there may be others. */
async function takeFields(before: KeyState, entries: readonly Entry[], longest: number): Promise<Taken> {
  const order: Field[] = [];
  const touched: string[] = [];
  let [unnamed, bytes] = [0, 0];
  const slices = new Slices();
  for (const entry of entries) {
    if (slices.isOver) await slices.next();
    if (!isRead(entry)) {
      order.push(entry);
      bytes += entry.bytes;
      continue;
    }
    const [nameBytes, read] = entry;
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

function isRead(entry: Entry): entry is Exclude<Entry, Field> {
  return Array.isArray(entry);
}

/** The place of a field that was there, looked for where it is expected first: there are ten thousand of them. */
function placeOf(entry: Entry, fields: Fields, expected: number): number | undefined {
  if (!isRead(entry)) return entry === fields.at(expected) ? expected : fields.placeOf(entry.name);
  const [nameBytes] = entry;
  if (isName(nameBytes, fields.at(expected)?.nameBytes)) return expected;
  const place = fields.placeOf(nameBytes.toString());
  return place !== undefined && isName(nameBytes, fields.at(place)?.nameBytes) ? place : undefined;
}

/** Without a string for each. */
function isName(read: Buffer, known: Bytes | undefined): boolean {
  if (read.length !== known?.length) return false;
  for (let at = 0; at < read.length; at += 1) if (read[at] !== known.charCodeAt(at)) return false;
  return true;
}

/** A list is never said to be the same: it is compared by what it amounts to. */
function isSame({ value }: Field, read: Value): boolean {
  if (typeof value === 'number') return value === (typeof read === 'number' ? read : read.length);
  return Buffer.isBuffer(read) && value?.equals(read) === true;
}

function fieldOf(nameBytes: Buffer, read: Value, longest: number): Field {
  const name = nameBytes.toString();
  const nothing = {
    name,
    nameBytes: nameBytes.toString('latin1'),
    reply: undefined,
    text: undefined,
    elements: undefined,
  };
  if (typeof read === 'number' || (Buffer.isBuffer(read) && read.length > longest)) {
    const length = typeof read === 'number' ? read : read.length;
    return { ...nothing, value: length, refusal: `expected at most ${longest} bytes, found ${length}`, bytes: 0 };
  }
  // Copies: what was read is a part of all that came with it.
  const reply = Buffer.isBuffer(read) ? replyOf(nameBytes, read) : undefined;
  const value = reply?.subarray(reply.length - END.length - read.length, reply.length - END.length);
  const bytes = Buffer.isBuffer(read) ? read.length : read.reduce((sum, { length }) => sum + length, 0);
  try {
    const texts = Buffer.isBuffer(read) ? { text: textOf(read) } : { elements: read.map(textOf) };
    return { ...nothing, ...texts, reply, value, refusal: undefined, bytes };
  } catch {
    return { ...nothing, reply, value, refusal: 'expected UTF-8, found bytes that are not', bytes };
  }
}

const END = Buffer.from('\r\n');

function replyOf(name: Buffer, value: Buffer): Buffer {
  const [before, between] = [`$${name.length}\r\n`, `\r\n$${value.length}\r\n`];
  return Buffer.concat([Buffer.from(before), name, Buffer.from(between), value, END]);
}

/** @throws if it is no UTF-8 */
function textOf(read: Buffer): string {
  return isAscii(read) ? read.toString('latin1') : decoder.decode(read);
}
