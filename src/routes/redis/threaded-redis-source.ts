/** A dialplan in Redis, followed in a thread of its own. */
import { Worker } from 'node:worker_threads';
import type { Bytes } from '../../bytes.js';
import type { DocumentSource, DocumentText } from '../document.js';
import type { RedisListener, RedisStatus } from './redis-source.js';
import type { FromThread, Question, ThreadData, ToThread } from './redis-thread.js';

export interface ThreadListener extends Omit<RedisListener, 'onStatus'> {
  /** The dialplan in force could not be saved. */
  onNotSaved(error: Error): void;
}

/** A thread that died is started again after so long. */
const RESTART_MS = 1_000;

export class ThreadedRedisSource implements DocumentSource {
  /** Resolves as soon as everything has been read once. */
  readonly firstSync: Promise<void>;
  /** Undefined while it is dead. */
  private worker: Worker | undefined;
  /** Resolves when the thread says something, or is dead. */
  private readonly started: Promise<void>;
  private known: RedisStatus;
  private changes = new Map<string, DocumentText | undefined>();
  private taking: Promise<unknown> = Promise.resolve();
  private readonly asked = new Map<number, (message: FromThread | Error) => void>();
  private lastId = 0;
  private isClosing = false;
  private restart: NodeJS.Timeout | undefined;
  private resolveFirstSync: () => void = () => undefined;
  private resolveStarted: () => void = () => undefined;

  private constructor(
    name: string,
    private readonly data: Omit<ThreadData, 'before'>,
    private readonly listener: ThreadListener,
    private readonly before: () => ReadonlyMap<string, DocumentText>,
  ) {
    this.firstSync = new Promise((resolve) => {
      this.resolveFirstSync = resolve;
    });
    this.started = new Promise((resolve) => {
      this.resolveStarted = resolve;
    });
    this.known = {
      name,
      isConnected: false,
      since: Date.now(),
      invalidation: undefined,
      syncedAt: undefined,
      guarded: [],
      lastError: undefined,
      counters: { invalidations: 0, readings: 0, fieldsRead: 0, connections: 0, failures: 0 },
    };
    this.worker = this.start();
  }

  /**
   * Resolves when the thread begins to connect.
   * @param name of the store, without passwords
   * @param before the documents in force, whenever the thread is started; changes are told against them
   */
  static async open(
    name: string,
    data: Omit<ThreadData, 'before'>,
    listener: ThreadListener,
    before: () => ReadonlyMap<string, DocumentText>,
  ): Promise<ThreadedRedisSource> {
    const source = new ThreadedRedisSource(name, data, listener, before);
    await source.started;
    return source;
  }

  get status(): RedisStatus {
    return this.known;
  }

  /** A field of a hash; undefined if there is none. @throws what Redis says, or that it is away */
  hashGet(key: Bytes, field: Bytes): Promise<Bytes | undefined> {
    return this.ask({ kind: 'hashGet', key, field });
  }

  async reload(): Promise<void> {
    await this.ask({ kind: 'reload' });
  }

  async close(): Promise<void> {
    this.isClosing = true;
    clearTimeout(this.restart);
    // A thread that is dead has nothing to close.
    await this.ask({ kind: 'close' }).catch(() => undefined);
    await this.worker?.terminate();
  }

  private start(): Worker {
    const data: ThreadData = { ...this.data, before: this.before() };
    const worker = new Worker(new URL('./redis-thread.js', import.meta.url), { workerData: data });
    let death = new Error('its thread ended');
    worker
      .on('message', (message: FromThread) => {
        this.receive(message, worker);
      })
      .once('error', (error) => {
        death = error;
      })
      .once('exit', () => {
        this.mourn(death);
      });
    return worker;
  }

  private receive(message: FromThread, worker: Worker): void {
    switch (message.kind) {
      case 'status':
        this.known = message.status;
        this.resolveStarted();
        break;
      case 'synced':
        this.resolveFirstSync();
        break;
      case 'connected':
        this.listener.onConnected(message.mode, message.reason);
        break;
      case 'lost':
        this.listener.onLost(new Error(message.message));
        break;
      case 'failed':
        this.listener.onError(new Error(message.message));
        break;
      case 'notSaved':
        this.listener.onNotSaved(new Error(message.message));
        break;
      case 'guarded':
        this.listener.onGuarded(message.domain, message.what);
        break;
      case 'changes':
        this.take(message, worker);
        break;
      case 'answer':
      case 'refusal':
        this.asked.get(message.id)?.(message);
    }
  }

  private take({ changes, problems }: FromThread & { kind: 'changes' }, worker: Worker): void {
    const answer = (refused: readonly string[], error?: Error): void => {
      worker.postMessage({ kind: 'taken', refused, error: error?.message } satisfies ToThread);
    };
    for (const [location, document] of changes) this.changes.set(location, document);
    if (problems === undefined) {
      answer([]);
      return;
    }
    const all = this.changes;
    this.changes = new Map();
    // A thread before this one may have left something to do.
    const taking = this.taking.then(() => this.listener.onChange(all, problems));
    this.taking = taking.catch(() => undefined);
    taking.then(answer, (error: unknown) => {
      answer([], error as Error);
    });
  }

  private ask(question: Question): Promise<Bytes | undefined> {
    const { worker } = this;
    if (worker === undefined) return Promise.reject(new Error(this.known.lastError));
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.asked.set(id, (message) => {
        this.asked.delete(id);
        if (message instanceof Error) reject(message);
        else if (message.kind === 'answer') resolve(message.value);
        else if (message.kind === 'refusal') reject(new Error(message.message));
      });
      worker.postMessage({ kind: 'ask', id, question } satisfies ToThread);
    });
  }

  private mourn(death: Error): void {
    for (const answer of [...this.asked.values()]) answer(death);
    this.worker = undefined;
    this.changes = new Map();
    const since = this.known.isConnected ? Date.now() : this.known.since;
    this.known = { ...this.known, isConnected: false, since, invalidation: undefined, lastError: death.message };
    this.resolveStarted();
    if (this.isClosing) return;
    this.listener.onLost(death);
    this.restart = setTimeout(() => {
      this.worker = this.start();
    }, RESTART_MS);
  }
}
