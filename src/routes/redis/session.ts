/**
 * All connections to a Redis together, with one life: as soon as one of them ends the others are closed too, because what was
 * missed meanwhile is known to nobody. Whoever wants to go on opens another session and compares everything.
 */
import { Cluster, Redis } from 'ioredis';
import type { Client, Connection } from './connection.js';
import { HashConnection } from './hash-connection.js';
import { isRefusal, startInvalidation, type Invalidation, type InvalidationListener } from './invalidation.js';
import type { KeyNames } from './key-names.js';

export interface Session {
  readonly client: Client;
  /** Undefined for a cluster. */
  readonly hashes: HashConnection | undefined;
  readonly invalidation: Invalidation;
  /** Resolves when a connection is lost, with why. */
  readonly ended: Promise<Error>;
  /** Resolves when every invalidation there was until now has been heard. */
  barrier(): Promise<void>;
  /** Keys that can be read in one moment, together. */
  groups(keys: Iterable<string>): Promise<string[][]>;
  /** All keys that match a glob, some perhaps twice. */
  scan(pattern: string): AsyncIterable<string[]>;
  /** A text that differs if anything was written meanwhile; undefined where Redis does not tell. */
  writes(): Promise<string | undefined>;
  close(): void;
}

/** All of it: connecting, asking, subscribing. */
const OPEN_MS = 5_000;
const HEARTBEAT_MS = 2_000;
const HEARTBEAT_LIMIT_MS = 5_000;
const SCAN_COUNT = 1_000;
const COUNTERS = ['rdb_changes_since_last_save', 'rdb_last_save_time', 'master_repl_offset'];

/** @param closing closes it at any time. @throws what kept it from being opened */
export async function openSession(
  connection: Connection,
  names: KeyNames,
  listener: InvalidationListener,
  closing: AbortSignal,
): Promise<Session> {
  const session = new RedisSession(connection, names, listener);
  const close = (): void => {
    session.fail(new Error('closed'));
  };
  const timer = setTimeout(() => {
    session.fail(new Error(`no answer within ${OPEN_MS / 1000} s`));
  }, OPEN_MS);
  closing.addEventListener('abort', close);
  void session.ended.then(() => {
    closing.removeEventListener('abort', close);
  });
  try {
    await Promise.race([
      session.open(),
      session.ended.then((error) => {
        throw error;
      }),
    ]);
    return session;
  } catch (error) {
    session.fail(error as Error);
    throw session.firstError ?? error;
  } finally {
    clearTimeout(timer);
  }
}

class RedisSession implements Session {
  readonly client: Client;
  hashes: HashConnection | undefined;
  readonly ended: Promise<Error>;
  firstError: Error | undefined;
  invalidation: Invalidation = { mode: 'polling', reason: '' };
  private watchers: Redis[] = [];
  private hashReader: Redis | undefined;
  private readonly slots = new Map<string, number>();
  private heartbeat: NodeJS.Timeout | undefined;
  private end!: (error: Error) => void;

  constructor(
    connection: Connection,
    private readonly names: KeyNames,
    private readonly listener: InvalidationListener,
  ) {
    this.client = connection.create();
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    this.follow(this.client);
    if (this.client instanceof Cluster) return;
    this.watchers = [connection.create() as Redis];
    this.hashReader = connection.create() as Redis;
    this.follow(this.hashReader);
  }

  async open(): Promise<void> {
    await this.client.connect();
    if (this.client instanceof Cluster) {
      const cluster = this.client;
      this.watchers = cluster.nodes('master').map((node) => node.duplicate({ lazyConnect: true }));
      for (const change of ['+node', '-node']) {
        cluster.on(change, () => {
          this.fail(new Error('the cluster has other nodes now'));
        });
      }
    }
    for (const watcher of this.watchers) this.follow(watcher);
    const all = await Promise.all(
      this.watchers.map(async (watcher) => {
        await watcher.connect();
        if (this.client instanceof Redis) await expectSameServer(watcher, this.client);
        return startInvalidation(watcher, this.names, this.listener);
      }),
    );
    if (this.hashReader !== undefined) {
      await this.hashReader.connect();
      await expectSameServer(this.hashReader, this.client as Redis);
      this.hashes = HashConnection.over(this.hashReader);
    }
    const worst = (['polling', 'keyspace', 'tracking'] as const).find((mode) => all.some((each) => each.mode === mode));
    this.invalidation = all.find(({ mode }) => mode === worst) ?? this.invalidation;
    this.heartbeat = setInterval(() => {
      this.beat();
    }, HEARTBEAT_MS);
  }

  async barrier(): Promise<void> {
    await Promise.all(this.watchers.map((watcher) => watcher.ping()));
  }

  async groups(keys: Iterable<string>): Promise<string[][]> {
    if (!(this.client instanceof Cluster)) return [[...keys]];
    const bySlot = new Map<number, string[]>();
    for (const key of keys) {
      const slot = this.slots.get(key) ?? (await this.client.cluster('KEYSLOT', key));
      this.slots.set(key, slot);
      const group = bySlot.get(slot);
      if (group === undefined) bySlot.set(slot, [key]);
      else group.push(key);
    }
    return [...bySlot.values()];
  }

  async *scan(pattern: string): AsyncIterable<string[]> {
    const nodes = this.client instanceof Cluster ? this.client.nodes('master') : [this.client];
    for (const node of nodes) {
      let cursor = '0';
      do {
        const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
        cursor = next;
        if (keys.length > 0) yield keys;
      } while (cursor !== '0');
    }
  }

  async writes(): Promise<string | undefined> {
    const nodes = this.client instanceof Cluster ? this.client.nodes('master') : [this.client];
    try {
      const infos = await Promise.all(nodes.flatMap((node) => [node.info('persistence'), node.info('replication')]));
      const counters = infos.flatMap((info) =>
        info.split('\r\n').filter((line) => COUNTERS.includes(line.split(':', 1)[0] ?? '')),
      );
      return counters.length === 0 ? undefined : counters.join();
    } catch (error) {
      if (isRefusal(error)) return undefined;
      throw error;
    }
  }

  close(): void {
    this.end(new Error('closed'));
    clearInterval(this.heartbeat);
    for (const each of [this.client, ...this.watchers, this.hashReader]) each?.disconnect();
  }

  private follow(client: Client): void {
    client.on('error', (error: Error) => {
      this.firstError ??= error;
    });
    client.on('end', () => {
      this.fail(this.firstError ?? new Error('Redis closed the connection'));
    });
  }

  fail(error: Error): void {
    this.firstError ??= error;
    this.end(error);
    this.close();
  }

  /** A server may be there and answer nothing. */
  private beat(): void {
    const timer = setTimeout(() => {
      this.fail(new Error(`no answer within ${HEARTBEAT_LIMIT_MS / 1000} s`));
    }, HEARTBEAT_LIMIT_MS);
    const server = this.client instanceof Cluster ? [] : [this.client];
    const all = [...server, ...this.watchers, ...(this.hashes === undefined ? [] : [this.hashes])];
    Promise.all(all.map((each) => each.ping())).then(
      () => {
        clearTimeout(timer);
      },
      (error: unknown) => {
        clearTimeout(timer);
        this.fail(error as Error);
      },
    );
  }
}

/** Sentinels may have promoted another between one connection and the next. */
async function expectSameServer(one: Redis, other: Redis): Promise<void> {
  const [first, second] = await Promise.all([runIdOf(one), runIdOf(other)]);
  if (first !== second) throw new Error('two connections reached two servers');
}

/** Which run of which server it is; undefined where that is not told. */
async function runIdOf(client: Redis): Promise<string | undefined> {
  try {
    return /^run_id:(\S+)/m.exec(await client.info('server'))?.[1];
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}
