/** Writes a domain's content, all of it in one MULTI, and keeps what was there in a stream. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { Cluster, type ChainableCommander } from 'ioredis';
import type { Client } from './connection.js';
import {
  compareContents,
  readContent,
  type ContentChange,
  type DomainContent,
  type ReadContent,
} from './domain-content.js';
import type { KeyNames } from './key-names.js';
import type { Limits } from './store-options.js';

/** Somebody else wrote meanwhile; nothing was written. */
export class ConcurrentWriteError extends Error {}

/** What is there cannot be kept or written atomically. */
export class UnwritableError extends Error {}

export interface DomainWrite {
  readonly domain: string;
  readonly changes: readonly ContentChange[];
  /** The id under which the state before is kept; undefined if nothing was written. */
  readonly keptAs: string | undefined;
}

export interface WriteOptions {
  readonly names: KeyNames;
  readonly limits: Limits;
  readonly historyLength: number;
  readonly who: string;
  readonly message: string;
  readonly dryRun: boolean;
}

export interface HistoryEntry {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly who: string;
  readonly message: string;
  /** What the write that replaced this state did. */
  readonly summary: string;
  readonly state: DomainContent;
}

/**
 * Makes Redis hold these contents and no other of these domains.
 * @param client for nothing else meanwhile
 * @throws ConcurrentWriteError, UnwritableError
 */
export async function writeContents(
  client: Client,
  contents: ReadonlyMap<string, DomainContent>,
  options: WriteOptions,
): Promise<DomainWrite[]> {
  const { names, limits } = options;
  const keys = [...contents.keys()].flatMap((domain) => [...names.keysOf(domain), names.keyOf('history', domain)]);
  await expectOneSlot(client, keys);
  await client.watch(...keys);
  const plans = [];
  for (const [domain, after] of contents) {
    const before = await readContent(client, names, domain, limits);
    plans.push({ domain, before, after, changes: compareContents(before.content, after) });
  }
  const writing = plans.filter(({ changes }) => changes.length > 0);
  if (options.dryRun || writing.length === 0) {
    await client.unwatch();
    return plans.map(({ domain, changes }) => ({ domain, changes, keptAs: undefined }));
  }
  const transaction = client.multi();
  for (const { domain, before } of writing) {
    if (Object.values(before.keys).some(({ excess }) => excess !== undefined)) {
      throw new UnwritableError(`what is there is too much to be kept: ${before.problems[0] ?? domain}`);
    }
  }
  for (const { domain, before, changes } of writing) keep(transaction, domain, before.content, changes, options);
  for (const { domain, before, after } of writing) write(transaction, domain, before, after, names);
  const replies = await transaction.exec();
  if (replies === null) {
    throw new ConcurrentWriteError('somebody else wrote to these keys meanwhile; nothing was written, look again');
  }
  for (const [error] of replies) if (error !== null) throw error;
  return plans.map(({ domain, changes }) => {
    const index = writing.findIndex((each) => each.domain === domain);
    return { domain, changes, keptAs: index < 0 ? undefined : String(replies[index]?.[1]) };
  });
}

/** Kept states of a domain, the newest first. */
export async function readHistory(
  client: Client,
  names: KeyNames,
  domain: string,
  count: number,
): Promise<HistoryEntry[]> {
  const entries = await client.xrevrangeBuffer(names.keyOf('history', domain), '+', '-', 'COUNT', count);
  return entries.map(([id, fields]) => entryOf(id.toString(), fields));
}

/** One kept state; undefined if there is none of that id. */
export async function readHistoryEntry(
  client: Client,
  names: KeyNames,
  domain: string,
  id: string,
): Promise<HistoryEntry | undefined> {
  const [entry] = await client.xrangeBuffer(names.keyOf('history', domain), id, id);
  return entry === undefined ? undefined : entryOf(id, entry[1]);
}

export function summarize(changes: readonly ContentChange[]): string {
  const added = changes.filter(({ before }) => before === undefined).length;
  const removed = changes.filter(({ after }) => after === undefined).length;
  return `${added} added, ${removed} removed, ${changes.length - added - removed} changed`;
}

function keep(
  transaction: ChainableCommander,
  domain: string,
  before: DomainContent,
  changes: readonly ContentChange[],
  { names, historyLength, who, message }: WriteOptions,
): void {
  const state = gzipSync(
    JSON.stringify({ extensions: [...before.extensions], contexts: [...before.contexts], routes: [...before.routes] }),
  );
  const fields = ['who', who, 'message', message, 'summary', summarize(changes), 'state', state];
  transaction.xadd(names.keyOf('history', domain), 'MAXLEN', historyLength, '*', ...fields);
}

function write(
  transaction: ChainableCommander,
  domain: string,
  { keys, content }: ReadContent,
  after: DomainContent,
  names: KeyNames,
): void {
  const extension = names.keyOf('extension', domain);
  const texts = (lists: DomainContent['contexts']): Map<string, string> =>
    new Map([...lists].map(([name, list]) => [name, JSON.stringify(list)]));
  // What is under the other spelling moves to the documented one.
  const own = new Map([...content.extensions].filter(([name]) => keys.extension.fields.has(name)));
  replaceHash(transaction, extension, keys.extension.type, [...keys.extension.fields.names()], own, after.extensions);
  if (keys.extensionAlias.type !== 'none') transaction.del(names.keyOf('extensionAlias', domain));
  const contexts = [...keys.context.fields.names()];
  replaceHash(
    transaction,
    names.keyOf('context', domain),
    keys.context.type,
    contexts,
    keys.context.type === 'hash' ? texts(content.contexts) : new Map(),
    texts(after.contexts),
  );
  const route = names.keyOf('route', domain);
  replaceHash(transaction, route, keys.route.type, [...keys.route.fields.names()], content.routes, after.routes);
}

function replaceHash(
  transaction: ChainableCommander,
  key: string,
  type: string,
  fields: readonly string[],
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): void {
  const isHash = type === 'hash';
  if (!isHash && type !== 'none') transaction.del(key);
  const gone = isHash ? fields.filter((field) => !after.has(field)) : [];
  if (gone.length > 0) transaction.hdel(key, ...gone);
  const changed = [...after].filter(([name, text]) => before.get(name) !== text);
  if (changed.length > 0) transaction.hset(key, ...changed.flat());
}

async function expectOneSlot(client: Client, keys: readonly string[]): Promise<void> {
  if (!(client instanceof Cluster)) return;
  const slots = new Set(await Promise.all(keys.map((key) => client.cluster('KEYSLOT', key))));
  if (slots.size <= 1) return;
  throw new UnwritableError(
    'in a cluster only keys of one slot change together: put the domain into a hash tag in store.keys, ' +
      'such as cti_dialplan_extensio@{<domain>}, in all of them, and push one domain at a time',
  );
}

function entryOf(id: string, fields: readonly Buffer[]): HistoryEntry {
  const of = (name: string): Buffer => {
    const at = fields.findIndex((field, index) => index % 2 === 0 && field.toString() === name);
    return at < 0 ? Buffer.alloc(0) : (fields[at + 1] as Buffer);
  };
  const state = JSON.parse(gunzipSync(of('state')).toString()) as {
    extensions: [string, string][];
    contexts: [string, string[]][];
    routes: [string, string][];
  };
  return {
    id,
    at: Number(id.split('-')[0]),
    who: of('who').toString(),
    message: of('message').toString(),
    summary: of('summary').toString(),
    state: {
      extensions: new Map(state.extensions),
      contexts: new Map(state.contexts),
      routes: new Map(state.routes),
    },
  };
}
