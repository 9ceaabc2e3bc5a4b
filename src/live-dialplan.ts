/** The dialplan that calls are routed by now: follows its source, says in the log what changes, survives a source that is away. */
import type { Logger } from 'winston';
import { storeDirectory, type Configuration } from './configuration.js';
import { placeOf } from './dialplan/place-of.js';
import type { DialplanStatus } from './routes/dialplan-status.js';
import type { DocumentSource, DocumentText, SourceListener } from './routes/document.js';
import { FileSource } from './routes/file-source.js';
import { connectionOf, isRedisUrl } from './routes/redis/connection.js';
import { hashGetter, type HashGet } from './routes/redis/hash-get.js';
import { readSavedDialplan } from './routes/redis/saved-dialplan.js';
import { ThreadedRedisSource, type ThreadListener } from './routes/redis/threaded-redis-source.js';
import type { Snapshot } from './routes/snapshot.js';
import { DialplanStore, type StoreUpdate } from './routes/store.js';

/** Hears of what becomes of the dialplan, besides the log. */
export interface DialplanObserver {
  storeUpdated(update: StoreUpdate): void;
  /** The store is away, or its changes may go unnoticed. */
  storeFailed(error: Error): void;
  storeRecovered(): void;
}

const MS = 1_000;
/** Locations that one line of the log names. */
const MOST_LOGGED = 20;

export class LiveDialplan {
  private readonly store = new DialplanStore();
  private source!: DocumentSource;
  private redis: ThreadedRedisSource | undefined;
  /** When what an earlier run left was saved. */
  private savedAt: number | undefined;

  private constructor(
    private readonly configuration: Configuration,
    private readonly logger: Logger,
    private readonly observer: DialplanObserver | undefined,
  ) {}

  /** @throws if the store cannot be read; a Redis that is away only where it is required */
  static async open(
    configuration: Configuration,
    logger: Logger,
    observer: DialplanObserver | undefined,
  ): Promise<LiveDialplan> {
    const dialplan = new LiveDialplan(configuration, logger, observer);
    if (isRedisUrl(configuration.store.url)) await dialplan.openRedis();
    else dialplan.source = await FileSource.open(storeDirectory(configuration.store.url), dialplan.listener());
    return dialplan;
  }

  get snapshot(): Snapshot {
    return this.store.snapshot;
  }

  get status(): DialplanStatus {
    const redis = this.redis?.status;
    return {
      isStale: this.redis !== undefined && redis?.syncedAt === undefined,
      asOf: redis === undefined ? Date.now() : (redis.syncedAt ?? this.savedAt),
      redis,
    };
  }

  /** What answers `${cti_hash_get(key field)}`; undefined where that is FreeSWITCH's to answer. */
  hashGet(): HashGet | undefined {
    const { redis } = this;
    if (redis === undefined) return undefined;
    return hashGetter(
      (key, field) => redis.hashGet(key, field),
      this.configuration.store.hashGet,
      (message, call) => {
        this.logger.warn(message, { event: 'hashGet', call });
      },
    );
  }

  async reload(): Promise<void> {
    await this.source.reload();
    this.observer?.storeRecovered();
  }

  async close(): Promise<void> {
    await this.source.close();
  }

  private async openRedis(): Promise<void> {
    const { store, stateDir } = this.configuration;
    const { name } = connectionOf(store.url, store.options);
    const saved = await this.readSaved(name);
    if (saved.size > 0) this.store.update(saved);
    const source = await ThreadedRedisSource.open(
      name,
      { options: store, stateDirectory: stateDir },
      this.redisListener(name),
      () => new Map(this.store.documentsInForce()),
    );
    this.source = source;
    this.redis = source;
    if (await isWithin(source.firstSync, store.startSeconds * MS)) return;
    const { lastError } = source.status;
    const why = `${name} is away (${lastError ?? 'no answer'})`;
    if (store.require) {
      await source.close();
      throw new Error(`${why}, and the store is required`);
    }
    if (this.savedAt === undefined) {
      this.logger.error(`${why}, and no dialplan is saved: calls are ended by onError until it comes`, {
        event: 'store',
      });
      return;
    }
    const age = Math.round((Date.now() - this.savedAt) / MS);
    this.logger.warn(`${why}: calls are routed by the dialplan saved ${age} s ago`, {
      event: 'store',
      staleSeconds: age,
    });
  }

  private async readSaved(store: string): Promise<ReadonlyMap<string, DocumentText>> {
    const { stateDir } = this.configuration;
    if (stateDir === undefined) {
      this.logger.warn('no stateDir: without it there is no dialplan after a start while Redis is away', {
        event: 'store',
      });
      return new Map();
    }
    try {
      const saved = await readSavedDialplan(stateDir, store);
      this.savedAt = saved?.savedAt;
      return saved?.documents ?? new Map();
    } catch (error) {
      this.logger.error(`the saved dialplan is not used: ${(error as Error).message}`, { event: 'store' });
      return new Map();
    }
  }

  private listener(): SourceListener {
    return {
      onChange: async (changes, problems) => {
        const update = await this.store.updateInSlices(changes, problems);
        if (update !== undefined) {
          this.observer?.storeUpdated(update);
          this.logUpdate(update);
        }
        return [...changes]
          .filter(([location, document]) => document !== undefined && !this.store.isInForce(location))
          .map(([location]) => location);
      },
      onError: (error) => {
        this.observer?.storeFailed(error);
        this.logger.error(`watching the dialplan: ${error.message}; a change may go unnoticed until SIGHUP`);
      },
    };
  }

  private redisListener(name: string): ThreadListener {
    return {
      ...this.listener(),
      onConnected: (mode, reason) => {
        this.observer?.storeRecovered();
        const how = mode === 'tracking' ? 'told by client tracking' : `found by ${mode} (${reason})`;
        this.logger.info(`${name} is there; its changes are ${how}`, { event: 'store', connected: true, mode });
      },
      onLost: (error) => {
        this.observer?.storeFailed(error);
        const goingOn = this.store.snapshot.version > 0 ? '; calls go on with the dialplan there is' : '';
        this.logger.warn(`${name} is away: ${error.message}${goingOn}`, { event: 'store', connected: false });
      },
      onGuarded: (domain, what) => {
        this.logger.error(
          `DOMAIN ${domain} HAS SUDDENLY ${what.toUpperCase()} in Redis. Its previous state stays in force. ` +
            `If it is meant to be empty: parkway accept-empty ${domain}`,
          { event: 'guarded', domain },
        );
      },
      onNotSaved: (error) => {
        this.logger.error(`the dialplan is not saved: ${error.message}`, { event: 'store' });
      },
    };
  }

  private logUpdate({ snapshot, changed, newProblems, solved }: StoreUpdate): void {
    for (const problem of newProblems) {
      const { severity, location, at, path, message } = problem;
      this.logger.log(severity === 'error' ? 'error' : 'warn', `${placeOf(problem)}: ${message}`, {
        event: 'document',
        location,
        line: at?.line,
        column: at?.column,
        path,
      });
    }
    const problems = snapshot.problems.length;
    this.logger.info(
      `dialplan version ${snapshot.version}: ${changed.length} ${changed.length === 1 ? 'document' : 'documents'} read, ` +
        `${snapshot.domains.size} ${snapshot.domains.size === 1 ? 'domain' : 'domains'}, ` +
        `${problems} ${problems === 1 ? 'problem' : 'problems'}${solved > 0 ? `, ${solved} solved` : ''}`,
      { event: 'dialplan', version: snapshot.version, changed: changed.slice(0, MOST_LOGGED) },
    );
  }
}

async function isWithin(done: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, ms);
  });
  const isDone = await Promise.race([done.then(() => true as const), late]);
  clearTimeout(timer);
  return isDone;
}
