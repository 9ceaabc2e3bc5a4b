/**
 * The fields of a hash, and the order in which Redis last sent them. What is read again is looked for where it was: while only values
 * change the order stays, but for a few fields that each command moves while Redis has a growing hash in two tables. A list or a string
 * is one field without a name.
 */
import type { Bytes } from '../../bytes.js';
import { Slices } from '../slices.js';

export interface Field {
  readonly name: string;
  readonly nameBytes: Bytes;
  /** Name and value as Redis sends them; undefined for what is no field of a hash, or is not kept. */
  readonly reply: Buffer | undefined;
  /** As it was read, or its length where it is too long: by this it is known whether it changed. A list has none. */
  readonly value: Buffer | number | undefined;
  /** Undefined if the value was refused, for the reason told. */
  readonly text: string | undefined;
  /** A list's elements. */
  readonly elements: readonly string[] | undefined;
  readonly refusal: string | undefined;
  readonly bytes: number;
}

/** What a field holds: its length where it is too long; a list's elements. */
export type Value = Buffer | number | readonly Buffer[];

/** A field that is known and was found unchanged, or what was read. */
export type Entry = Field | readonly [name: Buffer, value: Value];

export class Fields implements Iterable<[name: string, field: Field]> {
  static readonly NONE = new Fields([], new Map(), new Uint32Array());

  /** By slot: where each stands in the order. */
  private readonly places: Uint32Array;

  /**
   * @param slots fields, each in a place of its own for as long as the names stay the same
   * @param order slots, as Redis sent them
   */
  private constructor(
    private readonly slots: readonly Field[],
    private readonly slotsByName: ReadonlyMap<string, number>,
    private readonly order: Uint32Array,
  ) {
    this.places = new Uint32Array(order.length);
    order.forEach((slot, place) => {
      this.places[slot] = place;
    });
  }

  /** In slices between which other questions are answered. */
  static async of(fields: readonly Field[]): Promise<Fields> {
    const slices = new Slices();
    const slotsByName = new Map<string, number>();
    for (const { name } of fields) {
      slotsByName.set(name, slotsByName.size);
      if (slices.isOver) await slices.next();
    }
    return new Fields(fields, slotsByName, Uint32Array.from(fields.keys()));
  }

  /**
   * The same names, some with other values.
   * @param order all slots, as Redis sends them now
   */
  withValues(changed: readonly Field[], order: Uint32Array): Fields {
    const slots = [...this.slots];
    for (const field of changed) slots[this.slotsByName.get(field.name) as number] = field;
    return new Fields(slots, this.slotsByName, order);
  }

  get size(): number {
    return this.slots.length;
  }

  has(name: string): boolean {
    return this.slotsByName.has(name);
  }

  get(name: string): Field | undefined {
    const slot = this.slotsByName.get(name);
    return slot === undefined ? undefined : this.slots[slot];
  }

  /** What Redis last sent in that place. */
  at(place: number): Field | undefined {
    return this.slots[this.slotAt(place)];
  }

  /** -1 behind the last. */
  slotAt(place: number): number {
    return this.order[place] ?? -1;
  }

  placeOf(name: string): number | undefined {
    const slot = this.slotsByName.get(name);
    return slot === undefined ? undefined : this.places[slot];
  }

  names(): Iterable<string> {
    return this.slotsByName.keys();
  }

  *[Symbol.iterator](): Iterator<[string, Field]> {
    for (const field of this.slots) yield [field.name, field];
  }
}
