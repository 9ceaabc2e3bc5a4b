/** The lines of a log folded to calls, in bounded memory: a call is given out when it ends. */
import type { LogEntry } from './log-entry.js';
import { continueCall, isStepOfCall, newCall, type LoggedCall } from './logged-call.js';

/** Bytes of the lines that belong to calls which have not ended. */
const MOST_HELD_BYTES = 64 * 1024 * 1024;
/** Parkway begins anew; whatever went on before ended unseen. */
const BEGINNING = 'listening';

export class CallFolder {
  /** In the order in which they were first heard of. */
  private readonly open = new Map<string, { readonly call: LoggedCall; bytes: number }>();
  private heldBytes = 0;

  constructor(private readonly mostHeldBytes = MOST_HELD_BYTES) {}

  /** @param bytes how long the line was. @returns calls that are to be shown now */
  take(entry: LogEntry, bytes: number): LoggedCall[] {
    if (entry.event === BEGINNING) return this.giveUpAll();
    if (entry.call === undefined) return [];
    const held = this.open.get(entry.call) ?? { call: newCall(entry.call, entry.at), bytes: 0 };
    continueCall(held.call, entry);
    // Of a call that was refused, or is over, there is but this line.
    if (!this.open.has(entry.call) && !isStepOfCall(entry)) return [{ ...held.call, state: 'noted' }];
    if (held.call.state === 'ended') {
      this.forget(entry.call);
      return [held.call];
    }
    held.bytes += bytes;
    this.heldBytes += bytes;
    this.open.set(entry.call, held);
    return this.giveUpTooMuch();
  }

  /** The calls that have not ended, the oldest first. */
  unfinished(): LoggedCall[] {
    return [...this.open.values()].map(({ call }) => call);
  }

  private giveUpTooMuch(): LoggedCall[] {
    const given: LoggedCall[] = [];
    for (const [id, { call }] of this.open) {
      if (this.heldBytes <= this.mostHeldBytes) break;
      this.forget(id);
      given.push({ ...call, state: 'lost' });
    }
    return given;
  }

  private giveUpAll(): LoggedCall[] {
    const given = this.unfinished().map((call): LoggedCall => ({ ...call, state: 'lost' }));
    this.open.clear();
    this.heldBytes = 0;
    return given;
  }

  private forget(id: string): void {
    this.heldBytes -= this.open.get(id)?.bytes ?? 0;
    this.open.delete(id);
  }
}
