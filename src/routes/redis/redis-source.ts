/**
 * Documents kept in Redis under OKCC's keys. Follows every change while a session lasts; when one ends, opens another and compares
 * everything. Whatever Redis does, what was told last stays until something better is read.
 */
import type { DocumentSource, DocumentText, SourceListener } from '../document.js';
import type { DocumentProblem } from '../snapshot.js';
import type { Client, Connection } from './connection.js';
import { readConsistently } from './consistent-read.js';
import { stateOf, typesOf } from './domain-documents.js';
import { DomainState } from './domain-state.js';
import type { InvalidationMode } from './invalidation.js';
import { KeyNames } from './key-names.js';
import { applyReading, digestsOf, NO_KEY, type KeyState } from './key-state.js';
import { readKeys } from './read-script.js';
import { openSession, type Session } from './session.js';
import type { StoreOptions } from './store-options.js';

export interface RedisListener extends SourceListener {
  /** The connection is there, and everything was read for the first time since; the changes follow. */
  onConnected(mode: InvalidationMode, reason: string): void;
  /** Told once, not at every attempt to connect again. */
  onLost(error: Error): void;
  /** A domain is suddenly empty, and its previous state is kept. */
  onGuarded(domain: string, what: string): void;
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
const FIELDS_AT_ONCE = 20_000;
/** Where notifications leave FLUSHALL out, everything is looked at so often. */
const POLLS_PER_COMPARISON = 10;
/** Looking for new keys may take this share of the time. */
const DISCOVERY_SHARE = 20;
const MS = 1_000;

type MutableCounters = { -readonly [Name in keyof RedisCounters]: number };

export class RedisSource implements DocumentSource {
  private readonly names: KeyNames;
  private readonly keys = new Map<string, KeyState>();
  private readonly domains = new Map<string, DomainState>();
  private readonly dirty = new Set<string>();
  private readonly counters: MutableCounters = {
    invalidations: 0,
    readings: 0,
    fieldsRead: 0,
    connections: 0,
    failures: 0,
  };
  private needsDiscovery = true;
  private hasMoreDomains = false;
  private discoveryDueAt = 0;
  private acceptsEmpty: boolean;
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
    this.acceptsEmpty = options.acceptEmpty;
    for (const [location, document] of before) this.domainOf(document.domain).remember(location, document);
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
    const guarded = [...this.domains.values()].filter(({ isGuarded }) => isGuarded).map(({ name }) => name);
    return {
      name: this.connection.name,
      isConnected: this.session !== undefined,
      since: this.since,
      invalidation: this.session?.invalidation.mode,
      syncedAt: this.syncedAt,
      guarded,
      lastError: this.lastError,
      counters: { ...this.counters },
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
      for (const key of keys) this.mark(key);
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
        if (!this.needsDiscovery) this.synced.resolve();
        if (this.isInStep()) {
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

  private isInStep(): boolean {
    return this.dirty.size === 0 && !this.needsDiscovery;
  }

  private connected(session: Session): void {
    this.session = session;
    this.since = Date.now();
    this.lastError = undefined;
    this.counters.connections += 1;
    const { mode, reason } = session.invalidation;
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
    if (this.toldErrors.has(error.message)) return;
    this.toldErrors.add(error.message);
    this.listener.onLost(error);
  }

  /** Reads what is dirty, and tells what of it changed. */
  private async sync(session: Session): Promise<void> {
    const isFull = this.needsDiscovery;
    this.needsDiscovery = false;
    const staged = new Map<string, KeyState>();
    const touched = new Map<string, Set<string>>();
    try {
      if (isFull) await this.discover(session);
      await readConsistently(this.dirty, {
        groups: (keys) => session.groups(keys),
        parts: (group) => this.parts(group),
        barrier: () => session.barrier(),
        read: (keys) => this.read(session.client, keys, staged, touched),
      });
    } catch (error) {
      // A connection that is lost says only that; a refusal to read would come again.
      this.needsDiscovery = true;
      throw error;
    }
    if (this.session !== session) this.connected(session);
    await this.tell(staged, touched, isFull);
  }

  private async read(
    client: Client,
    keys: readonly string[],
    staged: Map<string, KeyState>,
    touched: Map<string, Set<string>>,
  ): Promise<void> {
    const { limits } = this.options;
    const before = (key: string): KeyState => staged.get(key) ?? this.keys.get(key) ?? NO_KEY;
    let hasMore = true;
    while (hasMore) {
      const readings = await readKeys(client, keys, (key) => digestsOf(before(key)), limits);
      this.counters.readings += 1;
      ({ hasMore } = readings);
      for (const reading of readings.keys) {
        const { key } = reading;
        const place = this.names.placeOf(key);
        if (place === undefined) continue;
        const applied = applyReading(before(key), reading, typesOf(place.role), limits.valueBytes);
        staged.set(key, applied.state);
        this.counters.fieldsRead += reading.entries.length;
        const fields = touched.get(key) ?? new Set();
        for (const name of applied.touched) fields.add(name);
        touched.set(key, fields);
      }
    }
  }

  /** Whoever waits for Redis to compute digests should not wait long: few fields at one time, or one key. */
  private parts(group: readonly string[]): string[][] {
    const parts: string[][] = [];
    let room = 0;
    for (const key of group) {
      const fields = 1 + (this.keys.get(key)?.count ?? 0);
      if (parts.length === 0 || fields > room) {
        parts.push([]);
        room = FIELDS_AT_ONCE;
      }
      room -= fields;
      parts.at(-1)?.push(key);
    }
    return parts;
  }

  private async tell(
    staged: ReadonlyMap<string, KeyState>,
    touched: ReadonlyMap<string, ReadonlySet<string>>,
    isFull: boolean,
  ): Promise<void> {
    const affected = new Set(isFull ? this.domains.keys() : []);
    for (const key of staged.keys()) {
      const place = this.names.placeOf(key);
      if (place !== undefined) affected.add(this.domainOf(place.domain).name);
    }
    const after = new Map([...this.keys, ...staged]);
    this.dropExcess(after, staged);
    const changes = new Map<string, DocumentText | undefined>();
    for (const name of affected) this.tellDomain(name, after, isFull ? undefined : touched, changes);
    this.acceptsEmpty = false;
    const problems: DocumentProblem[] = [];
    for (const domain of this.domains.values()) problems.push(...domain.problems());
    if (this.hasMoreDomains) problems.push(this.tooManyDomains());
    await this.listener.onChange(changes, problems);
  }

  private tooManyDomains(): DocumentProblem {
    const message = `expected no more domains than store.limits.domains (${this.options.limits.domains}); the others are left out`;
    return { severity: 'error', location: this.names.pattern(), path: '', message };
  }

  private tellDomain(
    name: string,
    after: ReadonlyMap<string, KeyState>,
    touched: ReadonlyMap<string, ReadonlySet<string>> | undefined,
    changes: Map<string, DocumentText | undefined>,
  ): void {
    const domain = this.domainOf(name);
    const keys = stateOf(after, name, this.names);
    const isAccepted = !this.options.emptyGuard || this.acceptsEmpty || keys.acceptEmpty.type === 'string';
    const loss = isAccepted ? undefined : domain.lossIn(keys);
    if (loss !== undefined) {
      const isNews = !domain.isGuarded;
      domain.guard(loss);
      if (isNews) this.listener.onGuarded(name, loss);
      return;
    }
    for (const [location, document] of domain.take(keys, touched)) changes.set(location, document);
    for (const key of this.names.keysOf(name)) {
      const state = after.get(key);
      if (state === undefined || state.type === 'none') this.keys.delete(key);
      else this.keys.set(key, state);
    }
    if (domain.isGone) this.domains.delete(name);
  }

  /** All keys together may hold only so much; what is read last is left out. */
  private dropExcess(after: Map<string, KeyState>, staged: ReadonlyMap<string, KeyState>): void {
    let bytes = 0;
    for (const state of after.values()) bytes += state.bytes;
    for (const [key, state] of staged) {
      if (bytes <= this.options.limits.totalBytes) return;
      const before = this.keys.get(key) ?? NO_KEY;
      if (state.bytes <= before.bytes) continue;
      bytes -= state.bytes - before.bytes;
      after.set(key, { ...before, type: state.type, count: state.count, excess: 'total' });
    }
  }

  /** Keys of domains that are known, and of new ones. */
  private async discover(session: Session): Promise<void> {
    for (const name of [...this.domains.keys(), ...this.options.domains]) {
      for (const key of this.names.keysOf(name)) this.dirty.add(key);
    }
    if (this.options.domains.length > 0) return;
    this.hasMoreDomains = false;
    const began = Date.now();
    for await (const keys of session.scan(this.names.pattern())) for (const key of keys) this.mark(key);
    this.discoveryDueAt = Date.now() + DISCOVERY_SHARE * (Date.now() - began);
  }

  private mark(key: string): void {
    const place = this.names.placeOf(key);
    // A name that is no UTF-8 could not be asked for.
    if (place === undefined || key.includes('\ufffd')) return;
    const domain = this.domains.get(place.domain);
    if (domain === undefined && this.domains.size >= this.options.limits.domains) {
      this.hasMoreDomains = true;
      return;
    }
    this.domainOf(place.domain);
    this.dirty.add(key);
    // What was read of a domain while it was guarded is not kept.
    if (domain?.isGuarded === true || place.role === 'acceptEmpty') {
      for (const other of this.names.keysOf(place.domain)) this.dirty.add(other);
    }
  }

  private markAll(): void {
    this.needsDiscovery = true;
    this.wake();
  }

  private domainOf(name: string): DomainState {
    let domain = this.domains.get(name);
    if (domain === undefined) {
      domain = new DomainState(name, this.names);
      this.domains.set(name, domain);
    }
    return domain;
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
        isDiscoveryOwed = Date.now() < this.discoveryDueAt;
        if (isDiscoveryOwed) this.invalidations.onKeys([...this.keys.keys()]);
        else this.markAll();
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
      if (!this.isInStep() || !this.isOpen()) resolve();
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
