/**
 * The thread in which a dialplan in Redis is followed and saved. Reading and comparing ten thousand documents makes as many short-lived
 * objects; here neither the work nor collecting them keeps a call waiting.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Bytes } from '../../bytes.js';
import type { DocumentChanges, DocumentText } from '../document.js';
import type { DocumentProblem } from '../snapshot.js';
import { connectionOf } from './connection.js';
import { DialplanSaver } from './dialplan-saver.js';
import type { InvalidationMode } from './invalidation.js';
import { RedisSource, type RedisStatus } from './redis-source.js';
import type { StoreOptions } from './store-options.js';

export interface ThreadData {
  readonly options: StoreOptions;
  /** Where the dialplan is saved after each change; undefined: nowhere. */
  readonly stateDirectory: string | undefined;
  /** Documents told before; changes are told against them. */
  readonly before: ReadonlyMap<string, DocumentText>;
}

/** What may be asked of the thread; each is answered. */
export type Question =
  | { readonly kind: 'reload' }
  | { readonly kind: 'hashGet'; readonly key: Bytes; readonly field: Bytes }
  | { readonly kind: 'close' };

export type ToThread =
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
  /** What was told last is taken. @see SourceListener.onChange */
  | { readonly kind: 'taken'; readonly refused: readonly string[]; readonly error: string | undefined };

export type FromThread =
  | { readonly kind: 'status'; readonly status: RedisStatus }
  | { readonly kind: 'connected'; readonly mode: InvalidationMode; readonly reason: string }
  | { readonly kind: 'synced' }
  | { readonly kind: 'lost' | 'failed' | 'notSaved'; readonly message: string }
  | { readonly kind: 'guarded'; readonly domain: string; readonly what: string }
  /** Some changes; they are to be taken over when the last of them are there, which come with the problems. */
  | {
      readonly kind: 'changes';
      readonly changes: DocumentChanges;
      readonly problems: readonly DocumentProblem[] | undefined;
    }
  | { readonly kind: 'answer'; readonly id: number; readonly value: Bytes | undefined }
  | { readonly kind: 'refusal'; readonly id: number; readonly message: string };

/** Told at one time: taking them in is to keep no call waiting. */
const DOCUMENTS_AT_ONCE = 200;

class RedisThread {
  private readonly source: RedisSource;
  private readonly saver: DialplanSaver | undefined;
  private answerTaken: (answer: ToThread & { kind: 'taken' }) => void = () => undefined;

  constructor({ options, stateDirectory, before }: ThreadData) {
    const connection = connectionOf(options.url, options.options);
    if (stateDirectory !== undefined) {
      this.saver = new DialplanSaver(stateDirectory, connection.name, before, ({ message }) => {
        tell({ kind: 'notSaved', message });
      });
    }
    this.source = RedisSource.open(
      connection,
      options,
      {
        onStatus: (status) => {
          tell({ kind: 'status', status });
        },
        onConnected: (mode, reason) => {
          tell({ kind: 'connected', mode, reason });
        },
        onLost: ({ message }) => {
          tell({ kind: 'lost', message });
        },
        onError: ({ message }) => {
          tell({ kind: 'failed', message });
        },
        onGuarded: (domain, what) => {
          tell({ kind: 'guarded', domain, what });
        },
        onChange: (changes, problems) => this.pass(changes, problems),
      },
      before,
    );
    tell({ kind: 'status', status: this.source.status });
    void this.source.firstSync.then(() => {
      tell({ kind: 'synced' });
    });
  }

  receive(message: ToThread): void {
    if (message.kind === 'taken') {
      this.answerTaken(message);
      return;
    }
    const { id, question } = message;
    this.answer(question).then(
      (value) => {
        tell({ kind: 'answer', id, value });
      },
      (error: unknown) => {
        tell({ kind: 'refusal', id, message: (error as Error).message });
      },
    );
  }

  private async answer(question: Question): Promise<Bytes | undefined> {
    switch (question.kind) {
      case 'reload':
        await this.source.reload();
        return undefined;
      case 'hashGet': {
        if (this.source.client === undefined) throw new Error('Redis is away');
        const [key, field] = [Buffer.from(question.key, 'latin1'), Buffer.from(question.field, 'latin1')];
        return (await this.source.client.hgetBuffer(key, field))?.toString('latin1');
      }
      case 'close':
        await this.source.close();
        await this.saver?.close();
        return undefined;
    }
  }

  private async pass(changes: DocumentChanges, problems: readonly DocumentProblem[]): Promise<readonly string[]> {
    let some = new Map<string, DocumentText | undefined>();
    for (const [location, document] of changes) {
      some.set(location, document);
      if (some.size < DOCUMENTS_AT_ONCE) continue;
      await this.passSome(some, undefined);
      some = new Map();
    }
    const refused = await this.passSome(some, problems);
    this.saver?.take(changes, refused);
    return refused;
  }

  private passSome(
    changes: DocumentChanges,
    problems: readonly DocumentProblem[] | undefined,
  ): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      this.answerTaken = ({ refused, error }) => {
        if (error === undefined) resolve(refused);
        else reject(new Error(error));
      };
      tell({ kind: 'changes', changes, problems });
    });
  }
}

function tell(message: FromThread): void {
  parentPort?.postMessage(message);
}

const thread = new RedisThread(workerData as ThreadData);
parentPort?.on('message', (message: ToThread) => {
  thread.receive(message);
});
