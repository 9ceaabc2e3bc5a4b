import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Fields, type Entry } from '../../../src/routes/redis/fields.js';
import { HashDecoder } from '../../../src/routes/redis/hash-decoder.js';
import { NO_KEY, takeReading, type KeyState } from '../../../src/routes/redis/key-state.js';

type Pair = readonly [name: Buffer, value: Buffer];

const bulk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')]);

function replyOf(pairs: readonly Pair[]): Buffer {
  return Buffer.concat([Buffer.from(`*${2 * pairs.length}\r\n`), ...pairs.flat().map(bulk)]);
}

/** Given in chunks that end where they are told to. */
function decode(known: Fields, reply: Buffer, ends: readonly number[] = []): readonly Entry[] | undefined {
  const decoder = new HashDecoder(known);
  const cuts = [...new Set([...ends.map((end) => end % reply.length), reply.length])].sort((a, b) => a - b);
  let begin = 0;
  let entries: readonly Entry[] | undefined;
  for (const end of cuts) {
    // As a socket's chunks, which are filled anew.
    const chunk = Buffer.from(reply.subarray(begin, end));
    if (chunk.length === 0) continue;
    expect(entries).toBeUndefined();
    entries = decoder.write(chunk);
    begin = end;
  }
  return entries;
}

async function stateAfter(
  before: KeyState,
  entries: readonly Entry[],
): Promise<{ state: KeyState; touched: string[] }> {
  const reading = { key: 'k', type: 'hash', count: entries.length, excess: undefined, entries };
  const { state, touched } = await takeReading(before, reading, ['hash'], 100);
  return { state, touched: [...touched].sort() };
}

const known = async (pairs: readonly Pair[]): Promise<KeyState> => (await stateAfter(NO_KEY, pairs)).state;
const contentOf = ({ fields, unnamed, bytes }: KeyState): unknown => ({
  fields: Object.fromEntries([...fields].map(([name, { value, text, refusal }]) => [name, { value, text, refusal }])),
  unnamed,
  bytes,
});

const bytes = fc.oneof(
  fc.string({ maxLength: 6, unit: 'grapheme' }).map((text) => Buffer.from(text)),
  fc.constantFrom('\r\n', '$3\r\nabc\r\n', '*2\r\n', 'x'.repeat(120)).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 6 }).map((array) => Buffer.from(array)),
);
const hash = fc
  .uniqueArray(fc.tuple(bytes, bytes), { selector: ([name]) => name.toString('latin1'), maxLength: 12 })
  .map((pairs): readonly Pair[] => pairs);
/** What becomes of a hash: values changed, fields gone, others new, their order another. */
interface Change {
  readonly values: Readonly<Record<string, Buffer>>;
  readonly gone: readonly number[];
  readonly added: readonly Pair[];
  readonly from: number;
  readonly to: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  values: fc.dictionary(fc.nat(11).map(String), bytes, { maxKeys: 3 }),
  gone: fc.array(fc.nat(11), { maxLength: 3 }),
  added: hash,
  from: fc.nat(11),
  to: fc.nat(11),
});

function changed(before: readonly Pair[], { values, gone, added, from, to }: Change): Pair[] {
  const after = before
    .map(([name, value], index): Pair => [name, values[index] ?? value])
    .filter((_, index) => !gone.includes(index));
  const names = new Set(after.map(([name]) => name.toString('latin1')));
  after.splice(to, 0, ...added.filter(([name]) => !names.has(name.toString('latin1'))));
  after.splice(to, 0, ...after.splice(from, 1));
  return after;
}

test('whatever changed and however it arrives, it amounts to what reading all of it anew does', async () => {
  await fc.assert(
    fc.asyncProperty(hash, change, fc.array(fc.nat(2_000), { maxLength: 20 }), async (before, how, ends) => {
      const state = await known(before);
      const after = changed(before, how);
      const entries = decode(state.fields, replyOf(after), ends);
      const read = await stateAfter(state, entries ?? []);
      const plain = await stateAfter(state, after);
      expect(contentOf(read.state)).toEqual(contentOf(plain.state));
      expect(contentOf(read.state)).toEqual(contentOf(await known(after)));
      expect(read.touched).toEqual(plain.touched);
      // What was read is what is known the next time, in the order it came in.
      const again = decode(read.state.fields, replyOf(after), ends) ?? [];
      expect((await stateAfter(read.state, again)).touched).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

describe('of fields that are known', () => {
  const PAIRS = ['a', 'b', 'c', 'd'].map((name): Pair => [Buffer.from(name), Buffer.from(`value of ${name}`)]);

  test('nothing is made while they have not changed', async () => {
    const { fields } = await known(PAIRS);
    expect(decode(fields, replyOf(PAIRS), [7, 30])).toEqual(PAIRS.map(([name]) => fields.get(name.toString())));
  });

  test('one that moved is known all the same', async () => {
    const { fields } = await known(PAIRS);
    const [a, b, c, d] = PAIRS as [Pair, Pair, Pair, Pair];
    const entries = decode(fields, replyOf([b, c, d, a])) ?? [];
    expect(entries).toEqual(['b', 'c', 'd', 'a'].map((name) => fields.get(name)));
    expect(entries[0]).toBe(fields.get('b'));
  });

  test('a name that is no UTF-8 is not taken for one that looks like it', async () => {
    const { fields } = await known([[Buffer.from('\ufffd'), Buffer.from('x')]]);
    const other: Pair = [Buffer.from([0xff]), Buffer.from('x')];
    expect(decode(fields, replyOf([other]))).toEqual([other]);
  });
});

describe('what is no such reply', () => {
  test.each([
    ['an error', '-NOPERM no\r\n', 'NOPERM no'],
    ['something else', '$3\r\nabc\r\n', 'expected fields from Redis, found "$3\\r\\nabc\\r\\n"'],
    ['no length', '*x\r\n', 'expected a length from Redis, found "x"'],
    ['a name without a value', '*1\r\n', 'expected fields from Redis, found "*1\\r\\n"'],
    ['no field', '*2\r\n:1\r\n', 'expected fields from Redis, found ":1\\r\\n"'],
    ['a null', '*2\r\n$-1\r\n', 'expected a length from Redis, found "-1"'],
    ['a length without an end', `*2\r\n$${'1'.repeat(20)}`, `expected fields from Redis, found "$${'1'.repeat(19)}"`],
    ['another end', '*2\r\n$1\r\nabc', 'expected fields from Redis, found "bc"'],
    ['more than was asked for', '*2\r\n$1\r\na\r\n$1\r\nb\r\n+OK\r\n', 'Redis answers more than it was asked'],
  ])('%s', (_, reply, message) => {
    expect(() => decode(Fields.NONE, Buffer.from(reply))).toThrow(message);
  });

  test('an answer to PING has no fields', () => {
    expect(decode(Fields.NONE, Buffer.from('+PONG\r\n'), [3])).toEqual([]);
  });
});
