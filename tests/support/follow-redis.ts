/** A dialplan followed in a real Redis, as the daemon follows it, and what was told of it. */
import { loadConfiguration } from '../../src/configuration.js';
import type { DocumentText } from '../../src/routes/document.js';
import { connectionOf } from '../../src/routes/redis/connection.js';
import { RedisSource, type RedisListener } from '../../src/routes/redis/redis-source.js';
import type { StoreOptions } from '../../src/routes/redis/store-options.js';
import type { DocumentProblem, Snapshot } from '../../src/routes/snapshot.js';
import { DialplanStore, type StoreUpdate } from '../../src/routes/store.js';

export interface Followed {
  readonly store: DialplanStore;
  readonly source: RedisSource;
  readonly updates: StoreUpdate[];
  /** `connected: …`, `lost: …`, `guarded: …`, in order. */
  readonly events: string[];
  readonly problems: readonly DocumentProblem[];
  /** Resolves as soon as it is true, looked at after whatever is told. */
  readonly until: (isTrue: (snapshot: Snapshot) => boolean) => Promise<void>;
  close(): Promise<void>;
}

const { store: DEFAULTS } = loadConfiguration({ file: undefined, environment: {}, flags: [] }).configuration;

export const KEYS = DEFAULTS.keys;
export const LIMITS = DEFAULTS.limits;

export function storeOptions(url: string, options: Partial<StoreOptions> = {}): StoreOptions {
  return { ...DEFAULTS, url, pollSeconds: 0.1, ...options };
}

export function followRedis(
  url: string,
  options: Partial<StoreOptions> = {},
  before: ReadonlyMap<string, DocumentText> = new Map(),
): Followed {
  const all = storeOptions(url, options);
  const store = new DialplanStore();
  if (before.size > 0) store.update(before);
  const updates: StoreUpdate[] = [];
  const events: string[] = [];
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const each of [...waiting]) each();
  };
  const listener: RedisListener = {
    async onChange(changes, problems) {
      const update = await store.updateInSlices(changes, problems);
      if (update !== undefined) updates.push(update);
      look();
      return [];
    },
    onError(error) {
      events.push(`error: ${error.message}`);
      look();
    },
    onConnected(mode, reason) {
      events.push(`connected: ${mode}${reason === '' ? '' : `, ${reason}`}`);
      look();
    },
    onLost(error) {
      events.push(`lost: ${error.message}`);
      look();
    },
    onGuarded(domain, what) {
      events.push(`guarded: ${domain} has ${what}`);
      look();
    },
  };
  const source = RedisSource.open(connectionOf(all.url, all.options), all, listener, before);
  return {
    store,
    source,
    updates,
    events,
    get problems() {
      return store.snapshot.problems;
    },
    until: (isTrue) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!isTrue(store.snapshot)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    close: () => source.close(),
  };
}
