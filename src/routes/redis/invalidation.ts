/**
 * Learns of changed keys on a connection of its own. Best is server-assisted invalidation, which needs no setting and sees every
 * writer; where it is refused, keyspace notifications if they are on; else nothing is told and keys have to be looked at now
 * and then.
 */
import type { Redis } from 'ioredis';
import { escapeGlob, type KeyNames } from './key-names.js';

export type InvalidationMode = 'tracking' | 'keyspace' | 'polling';

export interface Invalidation {
  readonly mode: InvalidationMode;
  /** Why it is not `tracking`, in words; empty if it is. */
  readonly reason: string;
}

export interface InvalidationListener {
  onKeys(keys: readonly string[]): void;
  /** Anything may have changed. */
  onAll(): void;
}

const TRACKING_CHANNEL = '__redis__:invalidate';
/** Of `notify-keyspace-events`: what tells of every change by key. */
const NEEDED_FLAGS = ['g', '$', 'l', 'h', 'x', 'e'];

/** @param client connected, used for nothing else from here on */
export async function startInvalidation(
  client: Redis,
  names: KeyNames,
  listener: InvalidationListener,
): Promise<Invalidation> {
  try {
    await track(client, names, listener);
    return { mode: 'tracking', reason: '' };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const refusal = `CLIENT TRACKING is refused (${(error as Error).message})`;
    const missing = await notificationsMissing(client);
    if (missing !== undefined) return { mode: 'polling', reason: `${refusal}; ${missing}` };
    await listenToKeyspace(client, names, listener);
    return { mode: 'keyspace', reason: refusal };
  }
}

/** An answer of Redis, as opposed to a connection that failed. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/** A connection may redirect invalidations to itself, and then subscribes to them: its life is theirs. */
async function track(client: Redis, names: KeyNames, listener: InvalidationListener): Promise<void> {
  const id = await client.client('ID');
  const prefixes = names.prefixes().flatMap((prefix) => ['PREFIX', prefix]);
  client.on('messageBuffer', (_channel: Buffer, keys: readonly Buffer[] | null) => {
    if (keys === null) listener.onAll();
    else listener.onKeys(keys.map((key) => key.toString()));
  });
  await client.call('CLIENT', ['TRACKING', 'ON', 'REDIRECT', id, 'BCAST', ...prefixes]);
  await client.subscribe(TRACKING_CHANNEL);
}

async function notificationsMissing(client: Redis): Promise<string | undefined> {
  let flags: string;
  try {
    const [, value = ''] = await client.config('GET', 'notify-keyspace-events');
    flags = value;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return `whether keyspace notifications are on is not told (${(error as Error).message})`;
  }
  const isOn = flags.includes('K') && (flags.includes('A') || NEEDED_FLAGS.every((flag) => flags.includes(flag)));
  return isOn ? undefined : `keyspace notifications are off (notify-keyspace-events "${flags}", expected "KA")`;
}

async function listenToKeyspace(client: Redis, names: KeyNames, listener: InvalidationListener): Promise<void> {
  const channel = `__keyspace@${client.options.db ?? 0}__:`;
  client.on('pmessageBuffer', (_pattern: string, from: Buffer) => {
    listener.onKeys([from.toString().slice(channel.length)]);
  });
  const prefixes = names.prefixes();
  const patterns = (prefixes.length === 0 ? [''] : prefixes).map((prefix) => `${channel}${escapeGlob(prefix)}*`);
  await client.psubscribe(...patterns);
}
