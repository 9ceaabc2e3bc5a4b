/**
 * Reads keys whole, those that are read together in one moment. Which of a hash's fields changed is found out here, not in Redis:
 * answering a hash of ten thousand extensions takes Redis a few milliseconds, computing digests of them ten times that, and
 * everybody else waits meanwhile. So that nothing too large ever leaves Redis, keys are measured first.
 */
import type { ChainableCommander } from 'ioredis';
import type { Client } from './connection.js';
import { Fields, type Entry } from './fields.js';
import type { HashConnection } from './hash-connection.js';
import type { Limits } from './store-options.js';

export interface KeySize {
  readonly key: string;
  /** Redis' name of the type; `none` if there is no such key. */
  readonly type: string;
  /** Fields or elements. */
  readonly count: number;
  /** What it takes of Redis' memory; 0 where nothing is to be read; undefined where Redis does not tell. */
  readonly bytes: number | undefined;
}

export interface KeyReading extends Omit<KeySize, 'bytes'> {
  /** `fields` or `bytes` if there are more than the limits allow; nothing was read then. */
  readonly excess: 'fields' | 'bytes' | undefined;
  /** A hash's fields in Redis' order; a list or a string as one field without a name. */
  readonly entries: readonly Entry[];
}

/** In one script, so that it is short. */
const MEASURED_AT_ONCE = 100;

/** For each key: type, number of fields or elements, bytes of memory (-1: not told). */
const MEASURE = `
local mostFields = tonumber(ARGV[1])
local sizes = {}
for i, key in ipairs(KEYS) do
  local kind, count, bytes = redis.call('TYPE', key).ok, 0, 0
  if kind == 'hash' then count = redis.call('HLEN', key)
  elseif kind == 'list' then count = redis.call('LLEN', key)
  elseif kind == 'string' then count, bytes = 1, redis.call('STRLEN', key)
  end
  if (kind == 'hash' or kind == 'list') and count <= mostFields then
    local usage = redis.pcall('MEMORY', 'USAGE', key, 'SAMPLES', 0)
    bytes = type(usage) == 'number' and usage or -1
  end
  sizes[i] = {kind, count, bytes}
end
return sizes
`;

/** A hash that is large, perhaps by values that are not to be read: the others, unless they are too much by themselves. */
const READ_SHORT_VALUES = `
local longest, mostBytes = tonumber(ARGV[1]), tonumber(ARGV[2])
local content, bytes = {}, 0
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  local value = redis.call('HSTRLEN', KEYS[1], field)
  if value <= longest then
    bytes = bytes + #field + value
    if bytes > mostBytes then return false end
    value = redis.call('HGET', KEYS[1], field)
  end
  content[#content + 1] = field
  content[#content + 1] = value
end
return content
`;

type Command = readonly [name: string, ...args: (string | number)[]];

/** @throws what Redis answers where scripts are not allowed, and the client's errors */
export async function measureKeys(client: Client, keys: readonly string[], limits: Limits): Promise<KeySize[]> {
  const sizes: KeySize[] = [];
  for (let from = 0; from < keys.length; from += MEASURED_AT_ONCE) {
    const some = keys.slice(from, from + MEASURED_AT_ONCE);
    const answer = await client.call('eval', [MEASURE, some.length, ...some, limits.fields]);
    for (const [index, [type, count, bytes]] of (answer as [string, number, number][]).entries()) {
      sizes.push({ key: some[index] as string, type, count, bytes: bytes < 0 ? undefined : bytes });
    }
  }
  return sizes;
}

export interface Readers {
  readonly client: Client;
  /** Reads a hash by itself, at a fraction of the cost. */
  readonly hashes?: HashConnection | undefined;
}

/**
 * Reads in one moment what was measured just before; undefined if it is of another type by now, and is to be measured again.
 * A transaction is used only for more than one key, because it would end whoever watches keys on the same connection.
 * @param knownOf a hash's fields as they are known
 */
export async function readKeys(
  { client, hashes }: Readers,
  sizes: readonly KeySize[],
  limits: Limits,
  knownOf: (key: string) => Fields = () => Fields.NONE,
): Promise<KeyReading[] | undefined> {
  try {
    const [first, ...others] = sizes;
    if (hashes !== undefined && first?.type === 'hash' && others.length === 0 && isSmall(first, limits)) {
      return [hashReading(first, await hashes.read(first.key, knownOf(first.key)))];
    }
    const commands = sizes.map((size) => commandFor(size, limits));
    const answers = await execute(
      client,
      commands.filter((command) => command !== undefined),
    );
    return sizes.map((size, index) => readingOf(size, commands[index] && answers.shift(), limits));
  } catch (error) {
    if ((error as Error).message.startsWith('WRONGTYPE')) return undefined;
    throw error;
  }
}

function isSmall({ count, bytes }: KeySize, limits: Limits): boolean {
  return count <= limits.fields && bytes !== undefined && bytes <= limits.keyBytes;
}

function commandFor(size: KeySize, limits: Limits): Command | undefined {
  const { key, type, count, bytes } = size;
  if (count > limits.fields) return undefined;
  switch (type) {
    case 'hash':
      return isSmall(size, limits)
        ? ['HGETALL', key]
        : ['EVAL', READ_SHORT_VALUES, 1, key, String(limits.valueBytes), String(limits.keyBytes)];
    case 'list':
      return isSmall(size, limits) ? ['LRANGE', key, 0, -1] : undefined;
    case 'string':
      return (bytes ?? 0) <= limits.valueBytes ? ['GET', key] : undefined;
    default:
      return undefined;
  }
}

async function execute(client: Client, commands: readonly Command[]): Promise<unknown[]> {
  const [first, ...others] = commands;
  if (first === undefined) return [];
  if (others.length === 0) {
    const [name, ...args] = first;
    return [await client.callBuffer(name, args)];
  }
  const transaction: ChainableCommander = client.multi();
  for (const [name, ...args] of commands) transaction.callBuffer(name, args);
  const replies = (await transaction.exec()) ?? [];
  return replies.map(([error, reply]) => {
    if (error !== null) throw error;
    return reply;
  });
}

function hashReading({ key, type, count }: KeySize, entries: readonly Entry[]): KeyReading {
  const isGone = entries.length === 0;
  return { key, type: isGone ? 'none' : type, count: isGone ? 0 : count, excess: undefined, entries };
}

function readingOf(size: KeySize, answer: unknown, limits: Limits): KeyReading {
  const { key, type, count, bytes = 0 } = size;
  const reading = { key, type, count, excess: undefined, entries: [] };
  if (count > limits.fields) return { ...reading, excess: 'fields' };
  switch (type) {
    case 'hash':
      return Array.isArray(answer) ? hashReading(size, pairsOf(answer)) : { ...reading, excess: 'bytes' };
    case 'list':
      if (!Array.isArray(answer)) return { ...reading, excess: 'bytes' };
      // It is gone by now.
      if (answer.length === 0) return { ...reading, type: 'none', count: 0 };
      return { ...reading, entries: [[NO_NAME, answer as Buffer[]]] };
    case 'string':
      if (answer === null) return { ...reading, type: 'none', count: 0 };
      return { ...reading, entries: [[NO_NAME, answer === undefined ? bytes : (answer as Buffer)]] };
    default:
      return reading;
  }
}

const NO_NAME = Buffer.alloc(0);

/** Of names and values in turn; in place of what is longer than a value may be its length may stand. */
function pairsOf(answer: readonly unknown[]): Entry[] {
  const pairs: Entry[] = [];
  for (let at = 0; at < answer.length; at += 2) pairs.push([answer[at] as Buffer, answer[at + 1] as Buffer | number]);
  return pairs;
}
