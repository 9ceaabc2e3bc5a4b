/** Actions by time, and among equal times in the order they were added: a binary heap. */
import type { Timer } from './clock.js';

interface Entry extends Timer {
  readonly time: number;
  readonly turn: number;
  action: (() => void) | undefined;
}

export interface DueAction {
  readonly time: number;
  action(): void;
}

export class TimerQueue {
  private readonly heap: Entry[] = [];
  private turns = 0;
  private cancelled = 0;

  add(time: number, action: () => void): Timer {
    const entry: Entry = {
      time,
      turn: this.turns++,
      action,
      cancel: () => {
        if (entry.action === undefined) return;
        entry.action = undefined;
        this.cancelled += 1;
      },
    };
    this.heap.push(entry);
    this.rise(this.heap.length - 1);
    if (this.cancelled > this.heap.length / 2) this.dropCancelled();
    return entry;
  }

  /** The time of the next action; infinite if there is none. */
  nextTime(): number {
    this.dropCancelledFirst();
    return this.heap[0]?.time ?? Infinity;
  }

  /** Takes out the next action, if it is due at a time. */
  takeDue(time: number): DueAction | undefined {
    if (this.nextTime() > time) return undefined;
    const { time: due, action } = this.heap[0] as Entry;
    this.removeFirst();
    return action === undefined ? undefined : { time: due, action };
  }

  private dropCancelledFirst(): void {
    while (this.heap.length > 0 && (this.heap[0] as Entry).action === undefined) {
      this.removeFirst();
      this.cancelled -= 1;
    }
  }

  private dropCancelled(): void {
    const kept = this.heap
      .filter((entry) => entry.action !== undefined)
      .sort((one, other) => (before(one, other) ? -1 : 1));
    this.heap.splice(0, this.heap.length, ...kept);
    this.cancelled = 0;
  }

  private removeFirst(): void {
    (this.heap[0] as Entry).action = undefined;
    const last = this.heap.pop() as Entry;
    if (this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink();
  }

  private rise(start: number): void {
    for (let at = start; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!before(this.heap[at] as Entry, this.heap[parent] as Entry)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private sink(): void {
    for (let at = 0; ;) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.heap.length && before(this.heap[child] as Entry, this.heap[first] as Entry)) first = child;
      }
      if (first === at) return;
      this.swap(at, first);
      at = first;
    }
  }

  private swap(one: number, other: number): void {
    [this.heap[one], this.heap[other]] = [this.heap[other] as Entry, this.heap[one] as Entry];
  }
}

function before(one: Entry, other: Entry): boolean {
  return one.time < other.time || (one.time === other.time && one.turn < other.turn);
}
