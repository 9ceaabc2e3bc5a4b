/** A dialplan read once, for tools: from a directory, a git revision or a Redis. */
import path from 'node:path';
import type { DocumentText } from './document.js';
import { documentAt, expectDirectory, listFiles, readText } from './document-files.js';
import { readRevision } from './git-revision.js';
import { readOnce } from './redis/read-once.js';
import type { StoreOptions } from './redis/store-options.js';
import type { DocumentProblem, Snapshot } from './snapshot.js';
import { DialplanStore } from './store.js';

export interface ReadDialplan {
  /** Texts by location: a file's path, or `git:<revision>:<path>`. */
  readonly documents: ReadonlyMap<string, DocumentText>;
  /** What they were compiled to; `snapshot.problems` tells what was refused or will not do what it looks like. */
  readonly snapshot: Snapshot;
}

/** There is no dialplan where one was said to be; the message says where, what was expected and what was found. */
export class UnreadableDialplanError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnreadableDialplanError';
  }
}

export interface ReadOptions {
  /** A daemon may start with nothing; a tool that is to look at a dialplan may not. */
  readonly mayBeEmpty?: boolean;
}

const GIT = /^git:([^:]+):(.*)$/s;
const OTHER_STORE = /^([a-z][a-z0-9+.-]+):\/\//i;

/**
 * Reads and compiles a dialplan that is kept in files.
 * @param spec a directory, or `git:<revision>:<folder>` (`git:HEAD~1:dialplan/`)
 * @throws {@link UnreadableDialplanError}, Pcre2MissingError
 */
export async function readDialplan(spec: string, { mayBeEmpty = false }: ReadOptions = {}): Promise<ReadDialplan> {
  const documents = await readDocuments(spec);
  if (documents.size === 0 && !mayBeEmpty) throw new UnreadableDialplanError(`${spec}: ${NO_DOCUMENTS}`);
  return compile(documents);
}

/**
 * Reads and compiles a dialplan that is kept in Redis, as the daemon would.
 * @throws {@link UnreadableDialplanError}, Pcre2MissingError
 */
export async function readRedisDialplan(
  options: StoreOptions,
  { mayBeEmpty = false }: ReadOptions = {},
): Promise<ReadDialplan> {
  let read;
  try {
    read = await readOnce(options);
  } catch (error) {
    throw new UnreadableDialplanError((error as Error).message, { cause: error });
  }
  const { documents, problems, name } = read;
  if (documents.size === 0 && !mayBeEmpty) {
    throw new UnreadableDialplanError(`${name}: expected a dialplan, found ${NO_KEYS}`);
  }
  return compile(documents, problems);
}

function compile(
  documents: ReadonlyMap<string, DocumentText>,
  problems: readonly DocumentProblem[] = [],
): ReadDialplan {
  const store = new DialplanStore();
  store.update(documents, problems);
  return { documents, snapshot: store.snapshot };
}

const NO_KEYS = 'none of its keys (store.keys of the configuration names them)';
const NO_DOCUMENTS = 'expected folders named for domains with contexts.json and extensions/ in them, found none';

async function readDocuments(spec: string): Promise<ReadonlyMap<string, DocumentText>> {
  try {
    const [, revision, folder] = GIT.exec(spec) ?? [];
    if (revision !== undefined && folder !== undefined) return await readRevision(revision, folder);
    if (spec.startsWith('git:')) throw new Error('expected git:<revision>:<folder>, such as git:HEAD~1:dialplan/');
    const scheme = OTHER_STORE.exec(spec)?.[1];
    if (scheme !== undefined)
      throw new Error(`expected a directory, git:<revision>:<folder> or redis://…, found ${scheme}://`);
    return await readDirectory(spec);
  } catch (error) {
    const { message } = error as Error;
    throw new UnreadableDialplanError(message.startsWith(spec) ? message : `${spec}: ${message}`, { cause: error });
  }
}

async function readDirectory(directory: string): Promise<Map<string, DocumentText>> {
  await expectDirectory(directory);
  const documents = new Map<string, DocumentText>();
  for (const file of (await listFiles(directory)).sort()) {
    const place = documentAt(directory, file);
    const text = await readText(file);
    if (place !== undefined && text !== undefined) documents.set(path.normalize(file), { ...place, text });
  }
  return documents;
}
