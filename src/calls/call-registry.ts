/** Calls in progress, and the last ones that ended: an observer that remembers. */
import { TransientMap } from '../transient-map.js';
import { printable } from '../report/printable.js';
import { callRow, type CallRow, type ShownCall } from '../report/call-row.js';
import type { Call, CallObserver } from './call.js';
import { CallArchive, type ArchivePlace } from './call-archive.js';
import { recordOf, type CallRecord } from './call-record.js';

export interface RegistryOptions {
  /** Calls that are remembered after their end. */
  readonly historySize: number;
  /** Memory their details may take, compressed; the oldest go first. */
  readonly historyBytes: number;
  /** Memory that calls may take which ended and are not compressed yet; details of the oldest go first. */
  readonly looseBytes?: number;
}

export interface RecentCall {
  readonly row: CallRow;
  /** All that free text is searched in, in lower case. */
  readonly haystack: string;
}

interface Remembered extends RecentCall {
  readonly place: ArchivePlace;
}

/** Hears that something changed of a call; its row is made only when it is wanted. */
export type ChangeListener = (key: string, row: () => CallRow) => void;

const LONGEST_HAYSTACK = 4000;

export class CallRegistry implements CallObserver {
  private readonly live = new TransientMap<string, Call>();
  private readonly keys = new WeakMap<Call, string>();
  /** Oldest first. */
  private readonly recent = new Map<string, Remembered>();
  private readonly archive: CallArchive;
  private readonly listeners = new Set<ChangeListener>();

  constructor(private readonly options: RegistryOptions) {
    this.archive = new CallArchive(options.looseBytes);
  }

  arrived(call: Call): void {
    const key = this.freeKey(call.id);
    this.keys.set(call, key);
    this.live.set(key, call);
    this.changed(call);
  }

  decided(call: Call): void {
    this.changed(call);
  }

  applicationStarted(call: Call): void {
    this.changed(call);
  }

  applicationEnded(call: Call): void {
    this.changed(call);
  }

  ended(call: Call): void {
    const key = this.keys.get(call) as string;
    this.live.delete(key);
    if (this.options.historySize > 0) this.remember(key, call);
    this.changed(call);
  }

  /** @returns what ends the subscription */
  onChange(listener: ChangeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get liveCount(): number {
    return this.live.size;
  }

  get historyCount(): number {
    return this.recent.size;
  }

  get historyBytes(): number {
    return this.archive.bytes;
  }

  /** Calls that are remembered without their details, because too many ended at once. */
  get forgottenDetails(): number {
    return this.archive.forgotten;
  }

  /** Whether a call ended whose row, at least, is remembered. */
  hasEnded(key: string): boolean {
    return this.recent.has(key);
  }

  /** Calls in progress, the longest first. */
  liveRows(): CallRow[] {
    return [...this.live].map(([key, call]) => callRow(key, call));
  }

  /** Calls that ended, the newest first. */
  recentCalls(): RecentCall[] {
    return [...this.recent.values()].reverse();
  }

  /** A call in progress or remembered, with all that is known of it; undefined also where only its row is left. */
  async find(key: string): Promise<{ row: CallRow; record: CallRecord } | undefined> {
    const call = this.live.get(key);
    if (call !== undefined) return { row: callRow(key, call), record: recordOf(call) };
    const remembered = this.recent.get(key);
    const record = remembered === undefined ? undefined : await this.archive.read(remembered.place);
    return remembered === undefined || record === undefined ? undefined : { row: remembered.row, record };
  }

  /** Resolves when what ended so far is compressed. */
  async settled(): Promise<void> {
    await this.archive.settled();
  }

  /** A channel's uuid; a channel that comes again while it is still known gets a number behind it. */
  private freeKey(id: string): string {
    if (!this.isKnown(id)) return id;
    let visit = 2;
    while (this.isKnown(`${id}:${visit}`)) visit += 1;
    return `${id}:${visit}`;
  }

  private isKnown(key: string): boolean {
    return this.live.has(key) || this.recent.has(key);
  }

  private remember(key: string, call: Call): void {
    const { row, haystack } = recentCall(key, call);
    const own = detached(row);
    this.recent.set(own.key, { row: own, haystack, place: this.archive.add(call) });
    while (this.recent.size > this.options.historySize || this.archive.bytes > this.options.historyBytes) {
      const [oldest] = this.recent;
      if (oldest === undefined) return;
      this.recent.delete(oldest[0]);
      this.archive.release(oldest[1].place);
    }
  }

  private changed(call: Call): void {
    if (this.listeners.size === 0) return;
    const key = this.keys.get(call) as string;
    // Of a call that ended meanwhile the row is made already.
    for (const listener of this.listeners) listener(key, () => this.recent.get(key)?.row ?? callRow(key, call));
  }
}

export function recentCall(key: string, call: ShownCall): RecentCall {
  const row = callRow(key, call);
  return { row, haystack: haystackOf(row, call) };
}

/** Texts cut from what FreeSWITCH sent hold on to all of it; of a row that stays for hours they are to be copies. */
function detached(row: CallRow): CallRow {
  return JSON.parse(JSON.stringify(row)) as CallRow;
}

function haystackOf(row: CallRow, call: ShownCall): string {
  const { origin } = row;
  const applications = call.applications.map(({ application, data }) => `${printable(application)} ${printable(data)}`);
  const parts = [
    ...[row.key, row.caller, row.callerName, row.destination, origin.name, origin.profile, row.domain, row.context],
    ...[...row.matched, row.cause, row.outcome, row.error, ...applications],
  ];
  // Lower-casing makes one flat string of the parts, which then no longer hold on to what they were cut from.
  return parts.join('\n').slice(0, LONGEST_HAYSTACK).toLowerCase();
}
