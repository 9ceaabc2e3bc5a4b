/** `${cti_hash_get(key field)}`, which OKCC's module answers inside FreeSWITCH: a field of a hash in Redis. */
import { bytesOf, textOf, type Bytes } from '../../bytes.js';

/** The function's name among FreeSWITCH's API functions, in lower case. */
export const HASH_GET = 'cti_hash_get';

/**
 * Answers empty where there is none. Never rejects.
 * @param args key and field, with a blank between them
 * @param call the uuid of the channel that asks
 */
export type HashGet = (args: Bytes, call: string) => Promise<Bytes>;

export interface HashGetOptions {
  /** Keys that may be read begin with one of these. */
  readonly prefixes: readonly string[];
  readonly timeoutMs: number;
}

/**
 * @param read a field of a hash; undefined if there is none
 * @param report hears once of each kind of failure until an answer comes again
 */
export function hashGetter(
  read: (key: Bytes, field: Bytes) => Promise<Bytes | undefined>,
  { prefixes, timeoutMs }: HashGetOptions,
  report: (message: string, call: string) => void,
): HashGet {
  const reported = new Set<string>();
  const fail = (kind: string, args: Bytes, call: string, why: string): Bytes => {
    if (!reported.has(kind)) report(`cti_hash_get(${textOf(args)}): ${why}; it is empty`, call);
    reported.add(kind);
    return '';
  };
  return async (args, call) => {
    const blank = args.indexOf(' ');
    const key = blank < 0 ? args : args.slice(0, blank);
    const field = blank < 0 ? '' : args.slice(blank + 1).trim();
    if (field === '') return fail('usage', args, call, 'expected a key and a field');
    if (!prefixes.some((prefix) => key.startsWith(bytesOf(prefix)))) {
      return fail('prefix', args, call, 'its key begins with none of store.hashGet.prefixes');
    }
    try {
      const value = await answerWithin(timeoutMs, read(key, field));
      reported.clear();
      return value ?? '';
    } catch (error) {
      const { message } = error as Error;
      return fail(message, args, call, message);
    }
  };
}

async function answerWithin<Answer>(ms: number, answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`Redis did not answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
