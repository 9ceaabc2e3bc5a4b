import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentText } from '../../../src/routes/document.js';
import { findContext, findDomain, type Snapshot } from '../../../src/routes/snapshot.js';
import { followRedis, type Followed } from '../../support/follow-redis.js';
import { startRedis, type RedisServer, type RedisServerOptions } from '../../support/redis-server.js';

const EXTENSIONS = 'cti_dialplan_extensio@d';
const CONTEXTS = 'cti_dialplan_context@d';
const ROUTES = 'cti_route@d';

let servers: RedisServer[];
let followers: Followed[];

beforeEach(() => {
  servers = [];
  followers = [];
});

afterEach(async () => {
  await Promise.all(followers.map((each) => each.close()));
  await Promise.all(servers.map((each) => each.stop()));
});

async function start(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = await startRedis(options);
  servers.push(server);
  return server;
}

async function follow(...args: Parameters<typeof followRedis>): Promise<Followed> {
  const followed = followRedis(...args);
  followers.push(followed);
  await followed.source.firstSync;
  return followed;
}

const extension = (data: string): string => JSON.stringify({ condition: { action: { application: 'set', data } } });

function dataOf(snapshot: Snapshot, index = 0): string {
  const found = findContext(findDomain(snapshot, 'd'), 'default')?.extensions[index];
  return found?.conditions[0]?.actions[0]?.data ?? '';
}

async function fill({ client }: RedisServer, data = 'old'): Promise<void> {
  await client
    .multi()
    .hset(EXTENSIONS, { a: extension(data) })
    .hset(CONTEXTS, { default: '["a"]' })
    .exec();
}

describe('changes', () => {
  test('several keys changed by one MULTI are never seen by half, however fast they change', async () => {
    const server = await start();
    const other = 'cti_route@e';
    const write = (n: number): Promise<unknown> =>
      server.client
        .multi()
        .hset(EXTENSIONS, { a: extension(String(n)) })
        .hset(CONTEXTS, { default: '["a"]' })
        .hset(other, { 'extension:1': String(n) })
        .hset(ROUTES, { 'extension:1': String(n) })
        .exec();
    await write(0);
    const { updates, until, store } = await follow(server.url);
    const last = 1500;
    for (let n = 1; n <= last; n += 1) {
      await write(n);
      if (n % 3 === 0) await server.client.hset(EXTENSIONS, { b: extension(String(n)) });
    }
    await until((snapshot) => dataOf(snapshot) === String(last));
    const seen = updates.map(({ snapshot }) => [
      dataOf(snapshot),
      findDomain(snapshot, 'd')?.routes.extension.get('1'),
      findDomain(snapshot, 'e')?.routes.extension.get('1'),
    ]);
    for (const [one, ...others] of seen) expect(others).toEqual([one, one]);
    expect(seen.length).toBeGreaterThan(2);
    expect(store.snapshot.problems).toEqual([]);
  });

  test('a burst of 5,000 writes costs a handful of readings, and the last state wins', async () => {
    const server = await start();
    await fill(server);
    const { until, source, updates } = await follow(server.url);
    const before = { readings: source.status.counters.readings, updates: updates.length };
    const began = performance.now();
    const pipeline = server.client.pipeline();
    for (let n = 1; n <= 5000; n += 1) pipeline.hset(EXTENSIONS, { a: extension(`${n}`), [`x${n}`]: extension('x') });
    await pipeline.exec();
    await until((snapshot) => dataOf(snapshot) === '5000');
    // A machine that takes seconds for it may look in between.
    const most = 5 + (performance.now() - began) / 250;
    expect(source.status.counters.readings - before.readings).toBeLessThanOrEqual(most);
    expect(updates.length - before.updates).toBeLessThanOrEqual(most);
  });

  test('an old server that refuses tracking, with keyspace notifications', async () => {
    const server = await start({ arguments: ['--notify-keyspace-events', 'KA'] });
    await withoutTracking(server);
    await fill(server);
    const { until, events, source } = await follow(urlOf(server));
    expect(events[0]).toMatch(/^connected: keyspace, CLIENT TRACKING is refused \(NOPERM/);
    expect(source.status.invalidation).toBe('keyspace');
    await fill(server, 'new');
    await until((snapshot) => dataOf(snapshot) === 'new');
    // Of this nothing is notified.
    await server.client.flushall();
    await fill(server, 'newer');
    await until((snapshot) => dataOf(snapshot) === 'newer');
  });

  test('one that refuses both is looked at', async () => {
    const server = await start();
    await withoutTracking(server);
    await fill(server);
    const { until, events, source } = await follow(urlOf(server));
    expect(events[0]).toMatch(/^connected: polling, .*keyspace notifications are off/);
    const quiet = source.status.counters.readings;
    await fill(server, 'new');
    await until((snapshot) => dataOf(snapshot) === 'new');
    await server.client.hset('cti_dialplan_context@later', { default: '[]' });
    await until(({ domains }) => domains.has('later'));
    expect(source.status.counters.readings).toBeGreaterThan(quiet);
  });
});

describe('a Redis that goes away', () => {
  test('killed: the snapshot stays, it is told once; back again: everything is compared', async () => {
    const server = await start();
    await fill(server);
    const { until, events, source, store } = await follow(server.url);
    const gone = once(server.process, 'exit');
    server.process.kill('SIGKILL');
    await gone;
    await eventually(() => !source.status.isConnected);
    expect(dataOf(store.snapshot)).toBe('old');
    const again = await start({ port: server.port });
    await fill(again, 'new');
    await until((snapshot) => dataOf(snapshot) === 'new');
    expect(events.filter((event) => event.startsWith('lost')).length).toBeLessThanOrEqual(2);
    expect(events.filter((event) => event.startsWith('connected'))).toHaveLength(2);
    expect(source.status.counters.connections).toBe(2);
  });

  test.each([0, 1, 2])('one connection of the three is lost: all are opened again (%i)', async (index) => {
    const server = await start();
    await fill(server);
    const { until, source } = await follow(server.url);
    const ids = [...String(await server.client.client('LIST')).matchAll(/^id=(\d+) .* name=parkway /gm)].map(
      ([, id]) => id,
    );
    expect(ids).toHaveLength(3);
    await server.client.client('KILL', 'ID', ids[index] as string);
    await fill(server, 'new');
    await until((snapshot) => dataOf(snapshot) === 'new');
    await eventually(() => source.status.counters.connections === 2 && source.status.isConnected);
    await fill(server, 'newer');
    await until((snapshot) => dataOf(snapshot) === 'newer');
  });

  test('stopped in the middle (SIGSTOP): noticed by its silence', async () => {
    const server = await start();
    await fill(server);
    const { until, events, source, store } = await follow(server.url);
    server.process.kill('SIGSTOP');
    await eventually(() => !source.status.isConnected);
    expect(events.at(-1)).toMatch(/^lost: no answer within 5 s/);
    expect(dataOf(store.snapshot)).toBe('old');
    server.process.kill('SIGCONT');
    await fill(server, 'new');
    await until((snapshot) => dataOf(snapshot) === 'new');
    expect(source.status.isConnected).toBe(true);
  });

  test('away at the start: what was kept from an earlier run is compared when it comes', async () => {
    const server = await start();
    const { url, port } = server;
    await server.stop();
    servers = [];
    const before = new Map<string, DocumentText>([
      [`${EXTENSIONS} "a"`, { domain: 'd', kind: 'extension', name: 'a', text: extension('kept') }],
      [`${EXTENSIONS} "b"`, { domain: 'd', kind: 'extension', name: 'b', text: extension('gone') }],
      [CONTEXTS, { domain: 'd', kind: 'contexts', name: 'contexts', text: '{"default":["a","b"]}' }],
    ]);
    const followed = followRedis(url, {}, before);
    followers.push(followed);
    await eventually(() => followed.events.length > 0);
    expect(dataOf(followed.store.snapshot)).toBe('kept');
    await fill(await start({ port }), 'new');
    await followed.until((snapshot) => dataOf(snapshot) === 'new');
    expect(followed.updates.at(-1)?.changed.slice().sort()).toEqual(
      [CONTEXTS, `${EXTENSIONS} "a"`, `${EXTENSIONS} "b"`].sort(),
    );
    expect(followed.store.snapshot.problems).toEqual([]);
  });

  test('a wrong password is told as that, and the right one later does', async () => {
    const server = await start();
    await server.client.acl('SETUSER', 'default', 'resetpass', '>right');
    const followed = followRedis(`redis://:wrong@127.0.0.1:${server.port}`);
    followers.push(followed);
    await eventually(() => followed.events.length > 0);
    expect(followed.events[0]).toMatch(/^lost: WRONGPASS/);
    await server.client.acl('SETUSER', 'default', '>wrong');
    await followed.source.firstSync;
    expect(followed.source.status.isConnected).toBe(true);
  });
});

describe('the guard against emptiness', () => {
  test('FLUSHALL leaves the previous state until it is accepted', async () => {
    const server = await start();
    await fill(server);
    const { until, events, source, store, problems } = await follow(server.url);
    expect(problems).toEqual([]);
    await server.client.flushall();
    await until((snapshot) => snapshot.problems.length > 0);
    expect(events.at(-1)).toBe('guarded: d has no extension any more');
    expect(source.status.guarded).toEqual(['d']);
    expect(dataOf(store.snapshot)).toBe('old');
    expect(store.snapshot.problems[0]?.message).toContain('until "parkway accept-empty d"');
    // Half of it back is not a context yet.
    await server.client.hset(EXTENSIONS, { a: extension('new') });
    await until((snapshot) => snapshot.problems[0]?.message.includes('no context with extensions') === true);
    expect(dataOf(store.snapshot)).toBe('old');
    await server.client.set('parkway_accept_empty@d', 'someone', 'EX', 60);
    await until(({ domains }) => domains.get('d')?.contexts.size === 0);
    expect(source.status.guarded).toEqual([]);
    expect(store.snapshot.problems).toEqual([]);
  });

  test('a state that comes back needs nobody', async () => {
    const server = await start();
    await fill(server);
    const { until, source } = await follow(server.url);
    await server.client.hset(CONTEXTS, { default: '[]' });
    await until((snapshot) => snapshot.problems.length > 0);
    await fill(server, 'new');
    await until((snapshot) => dataOf(snapshot) === 'new');
    expect(source.status.guarded).toEqual([]);
  });

  test('it may be off, or what there is accepted at the start', async () => {
    const server = await start();
    await fill(server);
    const { until } = await follow(server.url, { emptyGuard: false });
    await server.client.flushall();
    await until(({ domains }) => domains.size === 0);
    const before = new Map<string, DocumentText>([
      [`${EXTENSIONS} "a"`, { domain: 'd', kind: 'extension', name: 'a', text: extension('kept') }],
    ]);
    const guarded = await follow(server.url, {}, before);
    expect(guarded.source.status.guarded).toEqual(['d']);
    const accepting = await follow(server.url, { acceptEmpty: true }, before);
    expect(accepting.store.snapshot.domains.size).toBe(0);
  });
});

async function withoutTracking({ client }: RedisServer): Promise<void> {
  await client.acl('SETUSER', 'parkway', 'on', '>secret', '~*', '&*', '+@all', '-client|tracking');
}

function urlOf({ port }: RedisServer): string {
  return `redis://parkway:secret@127.0.0.1:${port}`;
}

/** For what nobody tells: looks again and again. */
async function eventually(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}
