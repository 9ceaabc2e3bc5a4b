/** A dialplan in Redis read once, as the daemon would read it. */
import type { DocumentText } from '../document.js';
import type { DocumentProblem } from '../snapshot.js';
import { connectionOf } from './connection.js';
import type { Invalidation } from './invalidation.js';
import { RedisSource } from './redis-source.js';
import type { StoreOptions } from './store-options.js';

export interface ReadOnce {
  /** By key and field. */
  readonly documents: ReadonlyMap<string, DocumentText>;
  readonly problems: readonly DocumentProblem[];
  /** How the daemon would learn of changes. */
  readonly invalidation: Invalidation;
  /** Without passwords. */
  readonly name: string;
}

/** @throws if it cannot be reached; the message says why */
export async function readOnce(options: StoreOptions): Promise<ReadOnce> {
  const connection = connectionOf(options.url, options.options);
  const documents = new Map<string, DocumentText>();
  let problems: readonly DocumentProblem[] = [];
  let invalidation: Invalidation = { mode: 'polling', reason: '' };
  let lose: (error: Error) => void = () => undefined;
  const lost = new Promise<never>((_resolve, reject) => {
    lose = reject;
  });
  const source = RedisSource.open(connection, options, {
    onChange(changes, all) {
      for (const [location, document] of changes) if (document !== undefined) documents.set(location, document);
      problems = all;
      return Promise.resolve([]);
    },
    onError: lose,
    onConnected(mode, reason) {
      invalidation = { mode, reason };
    },
    onLost: lose,
    onGuarded: () => undefined,
  });
  try {
    await Promise.race([source.firstSync, lost]);
  } catch (error) {
    throw new Error(`${connection.name} cannot be read: ${(error as Error).message}`, { cause: error });
  } finally {
    await source.close();
  }
  return { documents, problems, invalidation, name: connection.name };
}
