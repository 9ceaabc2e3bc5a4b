/**
 * Documents kept in Redis under OKCC's keys. Follows every change while a session lasts; when one ends, opens another and compares
 * everything. Whatever Redis does, what was told last stays until something better is read.
 */
import type { DocumentSource, DocumentText, SourceListener } from '../document.js';
import type { Client, Connection } from './connection.js';
import type { InvalidationMode } from './invalidation.js';
import { KeyMirror } from './key-mirror.js';
import { KeyNames } from './key-names.js';
import { openSession, type Session } from './session.js';
import type { StoreOptions } from './store-options.js';

export interface RedisListener extends SourceListener {
  /** The connection is there, and everything was read for the first time since; the changes follow. */
  onConnected(mode: InvalidationMode, reason: string): void;
  /** Told once, not at every attempt to connect again. */
  onLost(error: Error): void;
  /** A domain is suddenly empty, and its previous state is kept. */
  onGuarded(domain: string, what: string): void;
  /** What there is to know of the source may be another now. */
  onStatus?(status: RedisStatus): void;
}

/** What there is to know of the source at a moment: for metrics, readiness, pages. Times in epoch milliseconds. */
export interface RedisStatus {
  /** Without passwords. */
  readonly name: string;
  readonly isConnected: boolean;
  /** Since when it is connected, or is not. */
  readonly since: number;
  /** Undefined while it is not connected. */
  readonly invalidation: InvalidationMode | undefined;
  /** When it was last known to be in step; undefined if never. */
  readonly syncedAt: number | undefined;
  /** Domains that are empty in Redis and keep their previous state. */
  readonly guarded: readonly string[];
  readonly lastError: string | undefined;
  readonly counters: RedisCounters;
}

/** All since the start. */
export interface RedisCounters {
  /** Keys Redis said are changed. */
  readonly invalidations: number;
  readonly readings: number;
  readonly fieldsRead: number;
  readonly connections: number;
  readonly failures: number;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** While changes keep coming, readings have pauses between them, each longer than the one before. */
const FIRST_PAUSE_MS = 10;
const LAST_PAUSE_MS = 250;
/** Where notifications leave FLUSHALL out, everything is looked at so often. */
const POLLS_PER_COMPARISON = 10;
const MS = 1_000;

export class RedisSource implements DocumentSource {
  private readonly names: KeyNames;
  private readonly mirror: KeyMirror;
  private readonly counters = { invalidations: 0, connections: 0, failures: 0 };
  private session: Session | undefined;
  private since = Date.now();
  private syncedAt: number | undefined;
  private lastError: string | undefined;
  /** Of this absence. */
  private readonly toldErrors = new Set<string>();
  private readonly closing = new AbortController();
  private wake: () => void = () => undefined;
  private stopWaiting: () => void = () => undefined;
  private synced!: { promise: Promise<void>; resolve: () => void };
  private running: Promise<void> = Promise.resolve();

  private constructor(
    private readonly connection: Connection,
    private readonly options: StoreOptions,
    private readonly listener: RedisListener,
    before: ReadonlyMap<string, DocumentText>,
  ) {
    this.names = new KeyNames(options.keys, options.domains);
    this.mirror = new KeyMirror(this.names, options, before);
    this.expectSync();
  }

  /**
   * Follows a Redis that may be away now.
   * @param before documents told before, in an earlier run; changes are told against them
   */
  static open(
    connection: Connection,
    options: StoreOptions,
    listener: RedisListener,
    before: ReadonlyMap<string, DocumentText> = new Map(),
  ): RedisSource {
    const source = new RedisSource(connection, options, listener, before);
    source.running = source.run();
    return source;
  }

  /** Resolves as soon as everything has been read once. */
  get firstSync(): Promise<void> {
    return this.synced.promise;
  }

  /** For reading besides; undefined while Redis is away. */
  get client(): Client | undefined {
    return this.session?.client;
  }

  get status(): RedisStatus {
    return {
      name: this.connection.name,
      isConnected: this.session !== undefined,
      since: this.since,
      invalidation: this.session?.invalidation.mode,
      syncedAt: this.syncedAt,
      guarded: this.mirror.guarded,
      lastError: this.lastError,
      counters: { ...this.counters, ...this.mirror.counters },
    };
  }

  /** Compares everything; rejects while Redis is away. */
  async reload(): Promise<void> {
    if (this.session === undefined)
      throw new Error(`${this.connection.name} is away: ${this.lastError ?? 'not yet connected'}`);
    this.expectSync();
    this.markAll();
    await this.synced.promise;
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.stopWaiting();
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    let attempts = 0;
    while (this.isOpen()) {
      try {
        const session = await openSession(this.connection, this.names, this.invalidations, this.closing.signal);
        try {
          await this.follow(session, () => {
            attempts = 0;
          });
        } finally {
          session.close();
        }
      } catch (error) {
        if (!this.isOpen()) return;
        this.lose(error as Error);
      }
      const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts);
      attempts += 1;
      // Not all daemons at the same moment.
      await this.pause(delay * (0.5 + Math.random() / 2));
    }
  }

  private readonly invalidations = {
    onKeys: (keys: readonly string[]): void => {
      this.counters.invalidations += keys.length;
      for (const key of keys) this.mirror.mark(key);
      this.wake();
    },
    onAll: (): void => {
      this.markAll();
    },
  };

  /** Until the session ends; throws why. */
  private async follow(session: Session, onSynced: () => void): Promise<void> {
    let pauseMs = 0;
    const ended = session.ended.then((error) => {
      throw error;
    });
    ended.catch(() => undefined);
    const polling = this.poll(session);
    try {
      this.markAll();
      while (this.isOpen()) {
        await this.sync(session);
        onSynced();
        this.syncedAt = Date.now();
        this.listener.onStatus?.(this.status);
        if (!this.mirror.needsComparison) this.synced.resolve();
        if (this.mirror.isInStep) {
          pauseMs = 0;
          await Promise.race([this.changed(), ended]);
        } else {
          pauseMs = Math.min(LAST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pauseMs * 2));
          await Promise.race([this.pause(pauseMs), ended]);
        }
      }
    } finally {
      polling.stop();
    }
  }

  private connected(session: Session): void {
    this.session = session;
    this.since = Date.now();
    this.lastError = undefined;
    this.counters.connections += 1;
    const { mode, reason } = session.invalidation;
    this.listener.onStatus?.(this.status);
    this.listener.onConnected(mode, reason);
  }

  private lose(error: Error): void {
    this.counters.failures += 1;
    if (this.session !== undefined) {
      this.since = Date.now();
      this.toldErrors.clear();
    }
    this.session = undefined;
    this.lastError = error.message;
    this.listener.onStatus?.(this.status);
    if (this.toldErrors.has(error.message)) return;
    this.toldErrors.add(error.message);
    this.listener.onLost(error);
  }

  /** Reads what is marked, and tells what of it changed. */
  private async sync(session: Session): Promise<void> {
    const staged = await this.mirror.read(session);
    if (this.session !== session) this.connected(session);
    const { changes, problems, guarded } = await this.mirror.take(staged);
    for (const [domain, loss] of guarded) this.listener.onGuarded(domain, loss);
    await this.listener.onChange(changes, problems);
  }

  private markAll(): void {
    this.mirror.markAll();
    this.wake();
  }

  /** Looks for changes where Redis does not tell all of them. */
  private poll(session: Session): { stop(): void } {
    const { mode } = session.invalidation;
    if (mode === 'tracking') return { stop: () => undefined };
    const every = this.options.pollSeconds * MS * (mode === 'polling' ? 1 : POLLS_PER_COMPARISON);
    let seen: string | undefined;
    let isDiscoveryOwed = false;
    let timer: NodeJS.Timeout;
    const look = async (): Promise<void> => {
      const writes = await session.writes();
      if (writes === undefined || writes !== seen || isDiscoveryOwed) {
        seen = writes;
        isDiscoveryOwed = this.mirror.isDiscoveryTooSoon;
        if (isDiscoveryOwed) this.mirror.markKnown();
        else this.mirror.markAll();
        this.wake();
      }
      schedule();
    };
    const schedule = (): void => {
      timer = setTimeout(() => {
        // A connection that fails ends the session.
        look().catch(() => undefined);
      }, every);
    };
    schedule();
    return {
      stop: () => {
        clearTimeout(timer);
      },
    };
  }

  private changed(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (!this.mirror.isInStep || !this.isOpen()) resolve();
    });
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.stopWaiting = () => {
        clearTimeout(timer);
        resolve();
      };
      if (!this.isOpen()) this.stopWaiting();
    });
  }

  private expectSync(): void {
    let resolve: () => void = () => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    this.synced = { promise, resolve };
  }

  private isOpen(): boolean {
    return !this.closing.signal.aborted;
  }
}
