import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { Fields, type Entry } from '../../../src/routes/redis/fields.js';
import { HashConnection } from '../../../src/routes/redis/hash-connection.js';
import { NO_KEY, takeReading, type KeyState } from '../../../src/routes/redis/key-state.js';
import { startRedis, type RedisServer } from '../../support/redis-server.js';

let server: RedisServer;
let client: Redis;
let hashes: HashConnection;

beforeAll(async () => {
  server = await startRedis();
});

afterAll(() => server.stop());

afterEach(() => {
  if (client.status !== 'end') client.disconnect();
});

async function connect(): Promise<void> {
  client = new Redis({ port: server.port, lazyConnect: true, retryStrategy: () => null, protocol: 2 });
  client.on('error', () => undefined);
  await client.connect();
  hashes = HashConnection.over(client);
}

async function take(before: KeyState, entries: readonly Entry[]): Promise<KeyState> {
  const reading = { key: 'k', type: 'hash', count: entries.length, excess: undefined, entries };
  return (await takeReading(before, reading, ['hash'], 1_000_000)).state;
}

const isKnown = (entry: Entry): boolean => !Array.isArray(entry);

test('hashes that change at random, and grow while Redis moves them, are what they are', async () => {
  await connect();
  const field = fc.nat(3_000).map((n) => `field ${n}`);
  const command = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.constant('HSET'), field, fc.string({ maxLength: 300, unit: 'binary' })) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('HDEL'), field) },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.constant('HSET'),
        fc.nat(9).map((n) => `long ${n}`),
        fc.constantFrom('x'.repeat(200_000), ''),
      ),
    },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.nat(2_500),
      fc.array(fc.array(command, { maxLength: 200 }), { maxLength: 4 }),
      async (size, steps) => {
        await server.client.del('k');
        const first = Array.from({ length: size }, (_, n) => [`field ${n}`, 'y'.repeat(n % 500)]).flat();
        if (size > 0) await server.client.hset('k', ...first);
        let state = NO_KEY;
        for (const commands of [[], ...steps]) {
          const pipeline = server.client.pipeline();
          for (const [name, ...args] of commands) pipeline.call(name, 'k', ...args);
          await pipeline.exec();
          state = await take(state, await hashes.read('k', state.fields));
          const read = Object.fromEntries([...state.fields].map(([name, { text }]) => [name, text]));
          expect(read).toEqual(await server.client.hgetall('k'));
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('of a thousand fields only the one that changed is read anew', async () => {
  await connect();
  const names = Array.from({ length: 1_000 }, (_, n) => `field ${n}`);
  await server.client.hset('many', ...names.flatMap((name) => [name, `of ${name}`]));
  const { fields } = await take(NO_KEY, await hashes.read('many', Fields.NONE));
  await server.client.hset('many', 'field 500', 'another');
  const entries = await hashes.read('many', fields);
  expect(entries.filter((entry) => !isKnown(entry))).toEqual([[Buffer.from('field 500'), Buffer.from('another')]]);
});

test('an error Redis answers is one, and the connection goes on', async () => {
  await connect();
  await server.client.set('text', 'x');
  await server.client.hset('hash', 'a', '1');
  const all = await Promise.allSettled([
    hashes.read('text', Fields.NONE),
    hashes.ping(),
    hashes.read('hash', Fields.NONE),
    hashes.read('none', Fields.NONE),
  ]);
  expect(all).toMatchObject([
    { reason: { name: 'ReplyError', message: expect.stringMatching(/^WRONGTYPE/) } },
    { status: 'fulfilled' },
    { value: [[Buffer.from('a'), Buffer.from('1')]] },
    { value: [] },
  ]);
});

test('whoever waits is told that the connection is gone, and whoever asks later', async () => {
  await connect();
  await server.client.call('CLIENT', 'PAUSE', '100', 'ALL');
  const waiting = hashes.read('hash', Fields.NONE);
  client.disconnect();
  await expect(waiting).rejects.toThrow('Redis closed the connection');
  await expect(hashes.ping()).rejects.toThrow('Redis closed the connection');
});
