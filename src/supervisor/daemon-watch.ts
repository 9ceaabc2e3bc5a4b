/** What the supervisor's page knows of the daemon: the daemon tells it, the page and the API read it. */
import type { CallObserver } from '../calls/call.js';
import { CallActivity } from '../calls/call-activity.js';
import { CallRegistry } from '../calls/call-registry.js';
import { ExtensionHitCounter } from '../calls/extension-hits.js';
import type { DialplanStatus } from '../routes/dialplan-status.js';
import type { Snapshot } from '../routes/snapshot.js';
import type { StoreUpdate } from '../routes/store.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { problemView } from './problem-view.js';
import { RecentTroubles } from './recent-troubles.js';
import type { Counters } from './schemas/calls.js';
import type { DialplanChange } from './schemas/dialplan.js';
import type { StoreStatus } from './schemas/status.js';

export interface WatchOptions {
  /** Calls that are remembered after their end. */
  readonly historySize: number;
  /** The domain of calls that name none that is known. */
  readonly domain: string | undefined;
  /** The zone in which a day begins. */
  readonly timezone: string;
  /** Whether captures are neutralised, which a dump tells `parkway replay`. */
  readonly neutraliseCaptures: boolean;
  /** Where the dialplan is, as it may be shown. */
  readonly storeLocation: string;
  /** Where captured calls are; undefined if none are kept. */
  readonly captureDirectory: string | undefined;
}

/** The dialplan that is watched. */
export interface WatchedDialplan {
  readonly snapshot: Snapshot;
  readonly status: DialplanStatus;
}

const HISTORY_BYTES = 96 * 1024 * 1024;
const CHANGES_REMEMBERED = 20;
const DOCUMENTS_NAMED = 100;

export class DaemonWatch {
  readonly startedAt = Date.now();
  readonly calls: CallRegistry;
  readonly activity = new CallActivity();
  readonly hits: ExtensionHitCounter;
  readonly troubles = new RecentTroubles();
  readonly eventLoop = new EventLoopDelay();
  /** Newest first. */
  readonly changes: DialplanChange[] = [];
  /** What learns of calls. */
  readonly observers: readonly CallObserver[];
  isDraining = false;
  private readonly refusals = new Map<string, number>();
  private readonly changeListeners = new Set<() => void>();
  private storeError: string | undefined;

  constructor(
    readonly options: WatchOptions,
    private readonly dialplan: () => WatchedDialplan,
  ) {
    this.calls = new CallRegistry({ historySize: options.historySize, historyBytes: HISTORY_BYTES });
    this.hits = new ExtensionHitCounter(options.timezone);
    this.observers = [this.activity, this.hits, this.calls];
  }

  get snapshot(): Snapshot {
    return this.dialplan().snapshot;
  }

  get counters(): Counters {
    return { live: this.calls.liveCount, arrivals: this.activity.arrivals, ends: this.activity.ends() };
  }

  get refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.refusals);
  }

  get store(): StoreStatus {
    const { version, problems } = this.snapshot;
    const { isStale, asOf, redis } = this.dialplan().status;
    const refused = problems.filter(({ severity }) => severity === 'error');
    return {
      location: this.options.storeLocation,
      isUp: this.storeError === undefined,
      error: this.storeError ?? null,
      version,
      loadedAt: this.changes[0]?.at ?? null,
      refusedDocuments: new Set(refused.map(({ location }) => location)).size,
      isStale,
      asOf: asOf ?? null,
      redis:
        redis === undefined
          ? null
          : { invalidation: redis.invalidation ?? null, guarded: [...redis.guarded], counters: redis.counters },
    };
  }

  /** A connection became no session, or a call was not taken. */
  connectionRefused(reason: string): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  storeUpdated({ snapshot, changed, newProblems, solved }: StoreUpdate): void {
    this.changes.unshift({
      at: Date.now(),
      version: snapshot.version,
      changed: changed.slice(0, DOCUMENTS_NAMED),
      changedCount: changed.length,
      newProblems: newProblems.slice(0, DOCUMENTS_NAMED).map(problemView),
      solved,
    });
    this.changes.splice(CHANGES_REMEMBERED);
    this.storeRecovered();
    for (const listener of this.changeListeners) listener();
  }

  /** Changes may go unnoticed. */
  storeFailed(error: Error): void {
    this.storeError = error.message;
  }

  storeRecovered(): void {
    this.storeError = undefined;
  }

  /** @returns what ends the subscription */
  onDialplanChange(listener: () => void): () => void {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  }

  close(): void {
    this.eventLoop.close();
  }
}
