/** What Redis holds under the dialplan's keys, as it was last read: which keys are to be read again, and what that changes. */
import type { DocumentText } from '../document.js';
import type { DocumentProblem } from '../snapshot.js';
import { readConsistently } from './consistent-read.js';
import { stateOf, typesOf } from './domain-documents.js';
import { DomainState } from './domain-state.js';
import type { KeyNames } from './key-names.js';
import { NO_KEY, takeReading, type KeyState } from './key-state.js';
import { measureKeys, readKeys, type KeyReading, type KeySize } from './read-keys.js';
import type { Session } from './session.js';
import type { StoreOptions } from './store-options.js';

/** What was read, before it is taken over. */
export interface Staged {
  /** Whether everything was compared. */
  readonly isFull: boolean;
  readonly states: Map<string, KeyState>;
  /** Fields that changed, by key that was read. */
  readonly touched: Map<string, Set<string>>;
  /** Of all keys, with these. */
  bytes: number;
}

export interface MirrorChange {
  /** Documents by location; undefined for those that are no more. */
  readonly changes: ReadonlyMap<string, DocumentText | undefined>;
  /** All there are. */
  readonly problems: readonly DocumentProblem[];
  /** Domains that are suddenly empty and were not before, with what they lost. */
  readonly guarded: ReadonlyMap<string, string>;
}

/** What is read at one time: others wait while Redis answers. */
const PART_BYTES = 16 * 1024 * 1024;
const PART_KEYS = 1_000;
/** Looking for new keys may take this share of the time. */
const DISCOVERY_SHARE = 20;

export class KeyMirror {
  readonly counters = { readings: 0, fieldsRead: 0 };
  private readonly states = new Map<string, KeyState>();
  private readonly domains = new Map<string, DomainState>();
  private readonly dirty = new Set<string>();
  private needsDiscovery = true;
  private hasMoreDomains = false;
  private discoveryDueAt = 0;
  private acceptsEmpty: boolean;

  /** @param before documents told in an earlier run; changes are told against them */
  constructor(
    private readonly names: KeyNames,
    private readonly options: StoreOptions,
    before: ReadonlyMap<string, DocumentText>,
  ) {
    this.acceptsEmpty = options.acceptEmpty;
    for (const [location, document] of before) this.domainOf(document.domain).remember(location, document);
  }

  /** Whether nothing is known that was not read. */
  get isInStep(): boolean {
    return this.dirty.size === 0 && !this.needsDiscovery;
  }

  /** Whether everything is to be compared. */
  get needsComparison(): boolean {
    return this.needsDiscovery;
  }

  /** Whether looking for new keys would take too large a share of the time now. */
  get isDiscoveryTooSoon(): boolean {
    return Date.now() < this.discoveryDueAt;
  }

  /** Domains that are empty in Redis and keep their previous state. */
  get guarded(): string[] {
    return [...this.domains.values()].filter(({ isGuarded }) => isGuarded).map(({ name }) => name);
  }

  /** Takes down that a key may have changed. */
  mark(key: string): void {
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

  markKnown(): void {
    for (const key of this.states.keys()) this.mark(key);
  }

  markAll(): void {
    this.needsDiscovery = true;
  }

  /** Reads what is marked. */
  async read(session: Session): Promise<Staged> {
    let bytes = 0;
    for (const state of this.states.values()) bytes += state.bytes;
    const staged: Staged = { isFull: this.needsDiscovery, states: new Map(), touched: new Map(), bytes };
    this.needsDiscovery = false;
    try {
      if (staged.isFull) await this.discover(session);
      await readConsistently(this.dirty, {
        groups: (keys) => session.groups(keys),
        parts: async (group) => partsOf(await measureKeys(session.client, group, this.options.limits)),
        barrier: () => session.barrier(),
        read: (part) => this.readPart(session, part, staged),
      });
      return staged;
    } catch (error) {
      // A connection that is lost says only that; a refusal to read would come again.
      this.needsDiscovery = true;
      throw error;
    }
  }

  /** Takes over what was read, in slices between which other questions are answered. */
  async take({ isFull, states, touched }: Staged): Promise<MirrorChange> {
    const affected = new Set(isFull ? this.domains.keys() : []);
    for (const key of states.keys()) {
      const place = this.names.placeOf(key);
      if (place !== undefined) affected.add(this.domainOf(place.domain).name);
    }
    const after = new Map([...this.states, ...states]);
    const changes = new Map<string, DocumentText | undefined>();
    const guarded = new Map<string, string>();
    for (const name of affected) {
      const domain = this.domainOf(name);
      const keys = stateOf(after, name, this.names);
      const isAccepted = !this.options.emptyGuard || this.acceptsEmpty || keys.acceptEmpty.type === 'string';
      const loss = isAccepted ? undefined : domain.lossIn(keys, isFull ? undefined : touched);
      if (loss !== undefined) {
        if (!domain.isGuarded) guarded.set(name, loss);
        domain.guard(loss);
        continue;
      }
      const told = await domain.take(keys, isFull ? undefined : touched);
      for (const [location, document] of told) changes.set(location, document);
      this.keep(name, after);
      if (domain.isGone) this.domains.delete(name);
    }
    this.acceptsEmpty = false;
    return { changes, problems: this.problems(), guarded };
  }

  private keep(domain: string, after: ReadonlyMap<string, KeyState>): void {
    for (const key of this.names.keysOf(domain)) {
      const state = after.get(key);
      if (state === undefined || state.type === 'none') this.states.delete(key);
      else this.states.set(key, state);
    }
  }

  private problems(): DocumentProblem[] {
    const problems: DocumentProblem[] = [];
    for (const domain of this.domains.values()) problems.push(...domain.problems());
    if (this.hasMoreDomains) {
      const message = `expected no more domains than store.limits.domains (${this.options.limits.domains}); the others are left out`;
      problems.push({ severity: 'error', location: this.names.pattern(), path: '', message });
    }
    return problems;
  }

  private async readPart(session: Session, part: readonly KeySize[], staged: Staged): Promise<void> {
    const { limits } = this.options;
    const keys = part.map(({ key }) => key);
    const knownOf = (key: string): KeyState => staged.states.get(key) ?? this.states.get(key) ?? NO_KEY;
    const read = (sizes: readonly KeySize[]): Promise<KeyReading[] | undefined> =>
      readKeys(session, sizes, limits, (key) => knownOf(key).fields);
    let readings = await read(part);
    while (readings === undefined) readings = await read(await measureKeys(session.client, keys, limits));
    this.counters.readings += 1;
    for (const reading of readings) {
      const { key, type, count } = reading;
      const place = this.names.placeOf(key);
      if (place === undefined) continue;
      const before = knownOf(key);
      const { state, touched } = await takeReading(before, reading, typesOf(place.role), limits.valueBytes);
      const fields = staged.touched.get(key) ?? new Set();
      staged.touched.set(key, fields);
      const growth = state.bytes - before.bytes;
      if (growth > 0 && staged.bytes + growth > limits.totalBytes) {
        staged.states.set(key, { ...before, type, count, excess: 'total' });
        continue;
      }
      staged.bytes += growth;
      staged.states.set(key, state);
      this.counters.fieldsRead += touched.length;
      for (const name of touched) fields.add(name);
    }
  }

  /** Marks the keys of domains that are known, and of new ones. */
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

  private domainOf(name: string): DomainState {
    let domain = this.domains.get(name);
    if (domain === undefined) {
      domain = new DomainState(name, this.names);
      this.domains.set(name, domain);
    }
    return domain;
  }
}

function partsOf(sizes: readonly KeySize[]): KeySize[][] {
  const parts: KeySize[][] = [];
  let room = 0;
  for (const size of sizes) {
    const bytes = size.bytes ?? PART_BYTES;
    const part = parts.at(-1);
    if (part === undefined || bytes > room || part.length === PART_KEYS) {
      parts.push([size]);
      room = PART_BYTES - bytes;
    } else {
      part.push(size);
      room -= bytes;
    }
  }
  return parts;
}
