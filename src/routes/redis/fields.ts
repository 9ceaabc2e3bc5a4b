/**
 * The fields of a hash in Redis' own order, which stays the same while only values change: what is read again is looked for where it was. A list or a string is one field without a name.
 */
import type { Bytes } from '../../bytes.js';
import { Slices } from '../slices.js';

export interface Field {
  readonly name: string;
  readonly nameBytes: Bytes;
  /** As it was read, or its length where it is too long: by this it is known whether it changed. A list has none. */
  readonly value: Buffer | number | undefined;
  /** Undefined if the value was refused, for the reason told. */
  readonly text: string | undefined;
  /** A list's elements. */
  readonly elements: readonly string[] | undefined;
  readonly refusal: string | undefined;
  readonly bytes: number;
}

export class Fields implements Iterable<[name: string, field: Field]> {
  static readonly NONE = new Fields([], new Map());

  private constructor(
    private readonly order: readonly Field[],
    private readonly positions: ReadonlyMap<string, number>,
  ) {}

  /** In slices between which other questions are answered. */
  static async of(order: readonly Field[]): Promise<Fields> {
    const slices = new Slices();
    const positions = new Map<string, number>();
    for (const { name } of order) {
      positions.set(name, positions.size);
      if (slices.isOver) await slices.next();
    }
    return new Fields(order, positions);
  }

  /** The same names, some with other values. */
  withValues(changed: readonly Field[]): Fields {
    if (changed.length === 0) return this;
    const order = [...this.order];
    for (const field of changed) order[this.positions.get(field.name) as number] = field;
    return new Fields(order, this.positions);
  }

  get size(): number {
    return this.order.length;
  }

  has(name: string): boolean {
    return this.positions.has(name);
  }

  get(name: string): Field | undefined {
    const position = this.positions.get(name);
    return position === undefined ? undefined : this.order[position];
  }

  at(position: number): Field | undefined {
    return this.order[position];
  }

  names(): Iterable<string> {
    return this.positions.keys();
  }

  *[Symbol.iterator](): Iterator<[string, Field]> {
    for (const field of this.order) yield [field.name, field];
  }
}
