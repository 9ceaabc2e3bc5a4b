/**
 * A map of what comes and goes by the hundred a second. When a table of a `Map` or `Set` has been filled, deleted entries included,
 * V8 makes another and links the old one to it; one dead table that has reached the old generation so keeps alive every later
 * one, each with all that was in it, until the next full collection. A map with ten calls in it at a time thus kept all calls of many
 * seconds. Here the tables hold small places only, which are emptied when their content goes.
 */
interface Place<Value> {
  value: Value | undefined;
}

export class TransientMap<Key extends string | number, Value extends object> {
  private readonly places = new Map<Key, Place<Value>>();

  get size(): number {
    return this.places.size;
  }

  get(key: Key): Value | undefined {
    return this.places.get(key)?.value;
  }

  has(key: Key): boolean {
    return this.places.has(key);
  }

  set(key: Key, value: Value): void {
    const place = this.places.get(key);
    if (place === undefined) this.places.set(key, { value });
    else place.value = value;
  }

  delete(key: Key): void {
    const place = this.places.get(key);
    if (place === undefined) return;
    this.places.delete(key);
    place.value = undefined;
  }

  clear(): void {
    for (const key of this.places.keys()) this.delete(key);
  }

  /** In the order they were set first. */
  *[Symbol.iterator](): Generator<[Key, Value], void> {
    for (const [key, { value }] of this.places) yield [key, value as Value];
  }
}
