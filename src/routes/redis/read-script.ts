/**
 * Reads keys in one moment, and of them only what is not known already: the script runs alone in Redis, and is told the digests
 * of what is known. So a change of one field among ten thousand costs one value on the wire, several keys changed by one MULTI are
 * seen together, and what is too large never leaves Redis.
 */
import type { Client } from './connection.js';
import type { Limits } from './store-options.js';

export interface Entry {
  /** Of a hash; empty for a list or a string. */
  readonly field: Buffer;
  /** The value, a list's elements, or the length of a value that is too long. */
  readonly value: Buffer | readonly Buffer[] | number;
  readonly digest: string;
}

export interface KeyReading {
  readonly key: string;
  /** Redis' name of the type; `none` if there is no such key. */
  readonly type: string;
  /** Fields or elements. */
  readonly count: number;
  /** `fields` or `bytes` if there are more than the limits allow; nothing was read then. */
  readonly excess: 'fields' | 'bytes' | undefined;
  /** Fields with a name so long that they are left out. */
  readonly unnamed: number;
  /** What was not known. */
  readonly entries: readonly Entry[];
  /** Digests of what is no more. */
  readonly gone: readonly string[];
}

export interface Readings {
  readonly keys: readonly KeyReading[];
  /** Whether there is more than fits into one answer: read again, with what came as known. */
  readonly hasMore: boolean;
}

/** Hexadecimal digits of a digest. */
const DIGEST_LENGTH = 16;
/** Bytes of a field's name; with a longer one it is left out. */
export const LONGEST_NAME = 512;
/** What one answer holds at most, roughly, in bytes. */
const ANSWER_BYTES = 8 * 1024 * 1024;

/** Fields of a hash the script looks at in one piece. */
const FIELDS_AT_ONCE = 200;

const SCRIPT = `
local mostFields, longest, mostBytes, room = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local more, answers = 0, {}
for i, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  local known, entries, gone, bytes, count, unnamed, excess = {}, {}, {}, 0, 0, 0, ''
  local digests = ARGV[4 + i]
  for at = 1, #digests, ${DIGEST_LENGTH} do known[string.sub(digests, at, at + ${DIGEST_LENGTH - 1})] = true end
  local function add(field, text, value, length)
    local digest = string.sub(redis.sha1hex(field .. '\\0' .. text), 1, ${DIGEST_LENGTH})
    if known[digest] then
      known[digest] = nil
    elseif room > 0 then
      room = room - #field - length
      local n = #entries
      entries[n + 1], entries[n + 2], entries[n + 3] = field, value, digest
    else
      more = 1
    end
  end
  local function take(field, value, length)
    if #field > ${LONGEST_NAME} then
      unnamed = unnamed + 1
    elseif length > longest then
      add(field, 'longer: ' .. length, length, 0)
    else
      bytes = bytes + #field + length
      add(field, value, value, length)
    end
  end
  local function isSmall()
    local size = redis.pcall('MEMORY', 'USAGE', key, 'SAMPLES', 0)
    return type(size) == 'number' and size <= mostBytes
  end
  if kind == 'hash' then
    count = redis.call('HLEN', key)
    if count > mostFields then
      excess = 'fields'
    elseif isSmall() then
      -- In pieces: one answer with everything takes Lua twice the time.
      local cursor = '0'
      repeat
        local piece = redis.call('HSCAN', key, cursor, 'COUNT', ${FIELDS_AT_ONCE})
        local all = piece[2]
        for at = 1, #all, 2 do take(all[at], all[at + 1], #all[at + 1]) end
        cursor = piece[1]
      until cursor == '0'
    else
      for _, field in ipairs(redis.call('HKEYS', key)) do
        local length = redis.call('HSTRLEN', key, field)
        take(field, length <= longest and redis.call('HGET', key, field), length)
        if bytes > mostBytes then break end
      end
    end
  elseif kind == 'list' then
    count = redis.call('LLEN', key)
    if count > mostFields then
      excess = 'fields'
    elseif not isSmall() then
      excess = 'bytes'
    else
      local all = redis.call('LRANGE', key, 0, -1)
      local text = table.concat(all, '\\0')
      bytes = #text
      add('', text, all, #text)
    end
  elseif kind == 'string' then
    local length = redis.call('STRLEN', key)
    count = 1
    take('', length <= longest and redis.call('GET', key), length)
  end
  if bytes > mostBytes then excess = 'bytes' end
  if excess ~= '' then
    entries = {}
  else
    for digest in pairs(known) do gone[#gone + 1] = digest end
  end
  answers[i] = {kind, count, excess, unnamed, entries, gone}
end
return {more, answers}
`;

type Answer = [Buffer, number, Buffer, number, (Buffer | number | Buffer[])[], Buffer[]];

/**
 * @param known digests of what is known of each key
 * @throws what Redis answers where scripts are not allowed, and the client's errors
 */
export async function readKeys(
  client: Client,
  keys: readonly string[],
  known: (key: string) => Buffer,
  limits: Limits,
): Promise<Readings> {
  const bounds = [limits.fields, limits.valueBytes, limits.keyBytes, ANSWER_BYTES];
  const [more, answers] = (await client.callBuffer('eval', [
    SCRIPT,
    keys.length,
    ...keys,
    ...bounds,
    ...keys.map(known),
  ])) as [number, Answer[]];
  return {
    hasMore: more > 0,
    keys: answers.map(([type, count, excess, unnamed, entries, gone], index) => ({
      key: keys[index] as string,
      type: type.toString(),
      count,
      excess: excess.length === 0 ? undefined : (excess.toString() as 'fields' | 'bytes'),
      unnamed,
      entries: triples(entries),
      gone: gone.map((digest) => digest.toString('latin1')),
    })),
  };
}

function triples(flat: Answer[4]): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at < flat.length; at += 3) {
    entries.push({
      field: flat[at] as Buffer,
      value: flat[at + 1] as Entry['value'],
      digest: (flat[at + 2] as Buffer).toString('latin1'),
    });
  }
  return entries;
}
