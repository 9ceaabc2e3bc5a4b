import process from 'node:process';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { placeOf } from '../../../src/dialplan/place-of.js';
import { findContext, findDomain, type Snapshot } from '../../../src/routes/snapshot.js';
import { followRedis, LIMITS, type Followed } from '../../support/follow-redis.js';
import { startRedis, type RedisServer } from '../../support/redis-server.js';

const EXTENSIONS = 'cti_dialplan_extensio@d';
const ALIAS = 'cti_dialplan_extension@d';
const CONTEXTS = 'cti_dialplan_context@d';
const ROUTES = 'cti_route@d';
const answer = JSON.stringify({ condition: { action: { application: 'answer' } } });
const hangup = JSON.stringify({ condition: { action: { application: 'hangup' } } });

let redis: RedisServer;
let followed: Followed | undefined;

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(async () => {
  await redis.stop();
});

beforeEach(async () => {
  await redis.client.flushall();
});

afterEach(async () => {
  await followed?.close();
  followed = undefined;
});

async function follow(...rest: [Parameters<typeof followRedis>[1]?]): Promise<Followed> {
  followed = followRedis(redis.url, ...rest);
  await followed.source.firstSync;
  return followed;
}

function applications(snapshot: Snapshot, context = 'default', domain = 'd'): string[] {
  const extensions = findContext(findDomain(snapshot, domain), context)?.extensions ?? [];
  return extensions.map((each) => each.conditions[0]?.actions[0]?.application ?? '');
}

function problemLines({ problems }: Followed): string[] {
  return problems.map((problem) => `${placeOf(problem)}: ${problem.message}`);
}

describe('a dialplan in Redis', () => {
  test("OKCC's own examples, written as OKCC writes them", async () => {
    const commands = readFileSync(new URL('../../okcc/commands.redis', import.meta.url), 'utf8');
    for (const line of commands.trim().split('\n')) {
      const [name = '', key = '', ...quoted] = line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
      await redis.client.call(name, key, ...quoted.map((text) => JSON.parse(text) as string));
    }
    const { store } = await follow();
    const context = findContext(findDomain(store.snapshot, 'example.com'), 'default');
    expect(context?.extensions.map(({ name }) => name)).toEqual(['record', 'call trunk']);
    expect(store.snapshot.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test.each<[string, (client: RedisServer['client']) => Promise<unknown>, Readonly<Record<string, string[]>>]>([
    [
      'hash',
      (client) => client.hset(CONTEXTS, { default: '["a"]', night: '["b", "a"]' }),
      { default: ['answer'], night: ['hangup', 'answer'] },
    ],
    ['list of names', (client) => client.rpush(CONTEXTS, 'b', 'a'), { default: ['hangup', 'answer'] }],
    ['string with a list', (client) => client.set(CONTEXTS, '["b"]'), { default: ['hangup'] }],
    [
      'string with an object',
      (client) => client.set(CONTEXTS, '{"default": ["a"], "x": ["b"]}'),
      { default: ['answer'], x: ['hangup'] },
    ],
  ])('contexts as a %s', async (_what, write, expected) => {
    await redis.client.hset(EXTENSIONS, { a: answer, b: hangup });
    await write(redis.client);
    const { store } = await follow();
    for (const [name, list] of Object.entries(expected)) expect(applications(store.snapshot, name)).toEqual(list);
    expect(store.snapshot.problems).toEqual([]);
  });

  test('a list of names that are numbers', async () => {
    await redis.client.hset(EXTENSIONS, { '7': answer });
    await redis.client.hset(CONTEXTS, { default: '[7]' });
    const { store } = await follow();
    expect(applications(store.snapshot)).toEqual(['answer']);
  });

  test('routes; a field that is none is named', async () => {
    await redis.client.hset(CONTEXTS, { vip: '[]' });
    await redis.client.hset(ROUTES, {
      'extension:1001': 'vip',
      'gateway:a:b': '"out"',
      'profile:external': 'in',
      nonsense: 'x',
    });
    const all = await follow();
    const routes = findDomain(all.store.snapshot, 'd')?.routes;
    expect(routes?.extension.get('1001')).toBe('vip');
    expect(routes?.gateway.get('a:b')).toBe('out');
    expect(routes?.profile.get('external')).toBe('in');
    expect(problemLines(all)).toEqual([
      `${ROUTES} "nonsense": expected extension:<number>, gateway:<name> or profile:<name>; it is left out`,
    ]);
  });

  test('a changed field is compiled again, the others are not', async () => {
    await redis.client.hset(EXTENSIONS, { a: answer, b: answer });
    await redis.client.hset(CONTEXTS, { default: '["a", "b"]' });
    const { store, until, updates } = await follow();
    const [a] = findContext(findDomain(store.snapshot, 'd'), 'default')?.extensions ?? [];
    await redis.client.hset(EXTENSIONS, { b: hangup });
    await until((snapshot) => applications(snapshot).join() === 'answer,hangup');
    expect(updates.at(-1)?.changed).toEqual([`${EXTENSIONS} "b"`]);
    expect(findContext(findDomain(store.snapshot, 'd'), 'default')?.extensions[0]).toBe(a);
  });

  test('fields and keys that are removed, a context that changes its type', async () => {
    await redis.client.hset(EXTENSIONS, { a: answer, b: hangup });
    await redis.client.hset(CONTEXTS, { default: '["a", "b"]' });
    await redis.client.hset(ROUTES, { 'profile:x': 'default' });
    const { until, store } = await follow();
    await redis.client.hdel(EXTENSIONS, 'a');
    await until((snapshot) => applications(snapshot).join() === 'hangup');
    await redis.client.multi().del(CONTEXTS).rpush(CONTEXTS, 'b', 'b').exec();
    await until((snapshot) => applications(snapshot).join() === 'hangup,hangup');
    await redis.client.del(ROUTES);
    await until((snapshot) => findDomain(snapshot, 'd')?.routes.profile.size === 0);
    expect(store.snapshot.problems).toEqual([]);
  });

  test('a new domain appears by itself; domains of the configuration restrict it', async () => {
    const { until, store } = await follow();
    await redis.client.hset('cti_dialplan_context@new.example', { default: '[]' });
    await until(({ domains }) => domains.has('new.example'));
    const restricted = followRedis(redis.url, { domains: ['other.example'] });
    await restricted.source.firstSync;
    expect(restricted.store.snapshot.domains.size).toBe(0);
    await redis.client.hset('cti_dialplan_context@other.example', { default: '[]' });
    await restricted.until(({ domains }) => domains.has('other.example'));
    expect(restricted.store.snapshot.domains.size).toBe(1);
    await restricted.close();
    await redis.client.del('cti_dialplan_context@new.example');
    await until(({ domains }) => !domains.has('new.example'));
    expect(store.snapshot.domains.has('other.example')).toBe(true);
  });

  test('the other spelling is read; under both the documented one wins, and it is told', async () => {
    await redis.client.hset(CONTEXTS, { default: '["a", "only"]' });
    await redis.client.hset(ALIAS, { a: hangup, only: hangup });
    const all = await follow();
    expect(applications(all.store.snapshot)).toEqual(['hangup', 'hangup']);
    await redis.client.hset(EXTENSIONS, { a: answer });
    await all.until((snapshot) => applications(snapshot).join() === 'answer,hangup');
    expect(problemLines(all)).toEqual([`${EXTENSIONS} "a": is under ${ALIAS} too, and differs; this one is used`]);
    await redis.client.hdel(EXTENSIONS, 'a');
    await all.until((snapshot) => applications(snapshot).join() === 'hangup,hangup');
    expect(all.problems).toEqual([]);
  });

  test('other keys, by templates', async () => {
    const keys = {
      extension: 'x{<domain>}',
      extensionAlias: 'y{<domain>}',
      context: 'x{<domain>}c',
      route: 'r<domain>',
      history: 'h<domain>',
      acceptEmpty: 'e<domain>',
    };
    await redis.client.hset('x{d}', { a: answer });
    await redis.client.rpush('x{d}c', 'a');
    const { store, until } = await follow({ keys });
    expect(applications(store.snapshot)).toEqual(['answer']);
    await redis.client.hset('x{d}', { a: hangup });
    await until((snapshot) => applications(snapshot).join() === 'hangup');
  });
});

describe('what is not as it should be', () => {
  test('is refused with key, field, path and reason, and what was good stays', async () => {
    await redis.client.hset(EXTENSIONS, { a: answer });
    await redis.client.hset(CONTEXTS, { default: '["a"]', other: '["a"]' });
    const all = await follow();
    await redis.client
      .multi()
      .hset(EXTENSIONS, { a: '{"condition": 7}', new: '{' })
      .hset(CONTEXTS, { default: '["a", {}]', third: 'a,b' })
      .exec();
    await all.until(({ problems }) => problems.length >= 4);
    expect(applications(all.store.snapshot)).toEqual(['answer']);
    expect(applications(all.store.snapshot, 'other')).toEqual(['answer']);
    expect(problemLines(all).sort()).toEqual(
      [
        `${CONTEXTS} "default":1:7 /1: expected an extension's name, found {}; its previous version stays in force`,
        `${CONTEXTS} "third":1:1: no JSON: expected a value, found "a"; it is left out`,
        `${EXTENSIONS} "a":1:2 /condition: expected an object, found 7; its previous version stays in force`,
        `${EXTENSIONS} "new":1:2: no JSON: expected "}", found the end; it is left out`,
      ].sort(),
    );
    await redis.client
      .multi()
      .hset(EXTENSIONS, { a: hangup })
      .hdel(EXTENSIONS, 'new')
      .hset(CONTEXTS, { default: '["a"]' })
      .hdel(CONTEXTS, 'third')
      .exec();
    await all.until(({ problems }) => problems.length === 0);
    expect(applications(all.store.snapshot)).toEqual(['hangup']);
  });

  test('values too long, or not UTF-8', async () => {
    await redis.client.hset(EXTENSIONS, { a: answer, b: answer });
    await redis.client.hset(CONTEXTS, { default: '["a", "b"]' });
    const all = await follow({ limits: { ...LIMITS, valueBytes: 2048 } });
    await redis.client.hset(EXTENSIONS, { a: 'x'.repeat(10_000_000), b: Buffer.from([0x22, 0xb2, 0xe2, 0x22]) });
    await all.until(({ problems }) => problems.length === 2);
    expect(applications(all.store.snapshot)).toEqual(['answer', 'answer']);
    expect(problemLines(all).sort()).toEqual([
      `${EXTENSIONS} "a": expected at most 2048 bytes, found 10000000; its previous version stays in force`,
      `${EXTENSIONS} "b": expected UTF-8, found bytes that are not; its previous version stays in force`,
    ]);
  });

  test('keys of a wrong type, and with too many fields or bytes', async () => {
    await redis.client.hset(EXTENSIONS, { a: answer });
    await redis.client.hset(CONTEXTS, { default: '["a"]' });
    const all = await follow({ limits: { ...LIMITS, fields: 100, keyBytes: 8192 } });
    await redis.client.multi().del(EXTENSIONS).sadd(EXTENSIONS, 'x').exec();
    await all.until(({ problems }) => problems.length === 1);
    expect(problemLines(all)).toEqual([
      `${EXTENSIONS}: expected a hash, found a set; what was read of it before stays in force`,
    ]);
    await redis.client.multi().del(EXTENSIONS).set(EXTENSIONS, 'text').exec();
    await all.until(({ problems }) => problems[0]?.message.includes('found a string') === true);
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${index}`, answer]));
    await redis.client.multi().del(EXTENSIONS).hset(EXTENSIONS, many).exec();
    await all.until(({ problems }) => problems[0]?.message.includes('101 fields') === true);
    await redis.client
      .multi()
      .del(EXTENSIONS)
      .hset(EXTENSIONS, { big: 'x'.repeat(9000) })
      .exec();
    await all.until(({ problems }) => problems[0]?.message.includes('store.limits.keyBytes') === true);
    expect(applications(all.store.snapshot)).toEqual(['answer']);
    await redis.client.multi().del(EXTENSIONS).hset(EXTENSIONS, { a: hangup }).exec();
    await all.until((snapshot) => applications(snapshot).join() === 'hangup');
    expect(all.problems).toEqual([]);
  });

  test('a million fields and values of 10 MB are named once and never come here', async () => {
    await redis.client.hset(EXTENSIONS, { a: answer });
    await redis.client.hset(CONTEXTS, { default: '["a"]' });
    const all = await follow();
    const before = process.memoryUsage.rss();
    const large = 8;
    const fill = `for i = 1, ${large} do redis.call('HSET', KEYS[1], 'large' .. i, string.rep('x', 10 * 1024 * 1024)) end`;
    await redis.client.eval(fill, 1, EXTENSIONS);
    await all.until(({ problems }) => problems.length === large);
    expect(problemLines(all)[0]).toMatch(/^cti_\S+ "large\d": expected at most 1048576 bytes, found 10485760/);
    await redis.client.hset(EXTENSIONS, { a: hangup });
    await all.until((snapshot) => applications(snapshot).join() === 'hangup');
    await redis.client.eval("for i = 1, 1000000 do redis.call('HSET', KEYS[1], i, i) end", 1, EXTENSIONS);
    await all.until(({ problems }) => problems.some(({ message }) => message.includes('1000009 fields')));
    expect(applications(all.store.snapshot)).toEqual(['hangup']);
    // One of the values more than once, or the fields, would be more.
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
    expect(all.updates.flatMap(({ newProblems }) => newProblems).length).toBe(large + 1);
  });

  test('all keys together, and domains, have limits too', async () => {
    for (const domain of ['d1', 'd2', 'd3'])
      await redis.client.hset(`cti_dialplan_context@${domain}`, { default: JSON.stringify(['x'.repeat(900)]) });
    const all = await follow({ limits: { ...LIMITS, totalBytes: 1024, domains: 2 } });
    expect(all.store.snapshot.domains.size).toBe(1);
    expect(
      problemLines(all)
        .filter((line) => !line.includes('there is no extension'))
        .map((line) => line.replace(/d\d/, 'd?')),
    ).toEqual([
      'cti_dialplan_context@d?: expected no more bytes in all keys than store.limits.totalBytes, found 1 fields; it is left out',
      'cti_*: expected no more domains than store.limits.domains (2); the others are left out',
    ]);
  });
});
