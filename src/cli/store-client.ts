/** What the commands that write to a Redis, or look into one, have in common. */
import process from 'node:process';
import type { Command } from 'commander';
import { Option } from 'commander';
import { ConfigurationError, withoutPassword, type StoreConfiguration } from '../configuration.js';
import { connectionOf, isRedisUrl, type Client } from '../routes/redis/connection.js';
import { KeyNames } from '../routes/redis/key-names.js';
import { configurationOf } from './configuration-flags.js';
import { EXIT_COULD_NOT_RUN } from './exit-codes.js';

export interface StoreAccess {
  readonly client: Client;
  readonly names: KeyNames;
  readonly store: StoreConfiguration;
  /** Without passwords. */
  readonly name: string;
}

export interface StoreFlags {
  readonly config?: string;
  readonly store?: string;
}

/** The command cannot do its work; the message says why. */
export class CannotRunError extends Error {}

export function addStoreFlags(command: Command): Command {
  return command
    .addOption(new Option('--store <url>', 'the Redis (default: store of the configuration)'))
    .option('--config <file>', 'configuration file (default: parkway.yaml or parkway.json here, if there is one)');
}

/** Runs with a connection that is closed in the end; what cannot run is told in a line. @returns the exit status */
export async function withStore(flags: StoreFlags, run: (access: StoreAccess) => Promise<number>): Promise<number> {
  let client: Client | undefined;
  try {
    const store = storeOf(flags);
    if (!isRedisUrl(store.url)) {
      throw new CannotRunError(`expected a Redis such as redis://localhost as store, found ${store.url}; say --store`);
    }
    const connection = connectionOf(store.url, store.options);
    const { name } = connection;
    client = connection.create();
    await connect(client, withoutPassword(name));
    return await run({ client, store, name, names: new KeyNames(store.keys, []) });
  } catch (error) {
    const problems = error instanceof ConfigurationError ? error.problems : [(error as Error).message];
    for (const problem of problems) process.stderr.write(`parkway: ${problem}\n`);
    return EXIT_COULD_NOT_RUN;
  } finally {
    client?.disconnect();
  }
}

/** @throws ConfigurationError */
export function storeOf({ config, store }: StoreFlags): StoreConfiguration {
  return configurationOf({ config, store }).configuration.store;
}

/** Domains with extensions, contexts or routes in Redis, in order. */
export async function domainsIn({ client, names, store }: StoreAccess): Promise<string[]> {
  if (store.domains.length > 0) return [...store.domains];
  const domains = new Set<string>();
  const nodes = 'nodes' in client ? client.nodes('master') : [client];
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', names.pattern(), 'COUNT', SCAN_COUNT);
      cursor = next;
      for (const key of keys) {
        const place = names.placeOf(key);
        if (place !== undefined && place.role !== 'acceptEmpty') domains.add(place.domain);
      }
    } while (cursor !== '0');
  }
  return [...domains].sort();
}

/** The one that is named, else the only one there is. */
export async function oneDomain(access: StoreAccess, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  const domains = await domainsIn(access);
  const [only] = domains;
  if (domains.length === 1 && only !== undefined) return only;
  throw new CannotRunError(`which domain? There are ${domains.join(', ') || 'none'}: say --domain`);
}

const SCAN_COUNT = 1_000;

async function connect(client: Client, name: string): Promise<void> {
  let cause: Error | undefined;
  client.on('error', (error: Error) => {
    cause = error;
  });
  try {
    await client.connect();
    if (!('nodes' in client)) await client.ping();
  } catch (error) {
    throw new CannotRunError(`${name} cannot be reached: ${(cause ?? (error as Error)).message}`, { cause: error });
  }
}
