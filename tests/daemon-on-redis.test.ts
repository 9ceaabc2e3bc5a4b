/** The daemon on a real Redis that comes and goes: what probes, metrics and calls see of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Call } from '../src/calls/call.js';
import type { Status } from '../src/supervisor/schemas/status.js';
import { freePort, startRedis, type RedisServer } from './support/redis-server.js';
import { TestDaemon } from './support/test-daemon.js';

const EXTENSIONS = 'cti_dialplan_extensio@example.com';
const CONTEXTS = 'cti_dialplan_context@example.com';

interface Ready {
  readonly code: number;
  readonly isReady: boolean;
  readonly reasons: readonly string[];
  readonly store: { readonly isUp: boolean; readonly version: number };
}

let directory: string;
let redis: RedisServer | undefined;
let daemon: TestDaemon | undefined;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-state-'));
});

afterEach(async () => {
  await daemon?.stop();
  await stopRedis();
  daemon = undefined;
  await rm(directory, { recursive: true });
});

async function startDaemon(port: number, settings: Readonly<Record<string, unknown>> = {}): Promise<TestDaemon> {
  daemon = await TestDaemon.start({
    extensions: {},
    settings: {
      'store.url': `redis://127.0.0.1:${port}`,
      'supervisor.listen': '127.0.0.1:0',
      'store.startSeconds': 60,
      stateDir: directory,
      ...settings,
    },
  });
  return daemon;
}

async function startWith(port: number, action: object): Promise<RedisServer> {
  redis = await startRedis({ port });
  const extension = JSON.stringify({ condition: { action } });
  await redis.client.multi().hset(EXTENSIONS, { only: extension }).hset(CONTEXTS, { default: '["only"]' }).exec();
  return redis;
}

async function stopRedis(): Promise<void> {
  await redis?.stop();
  redis = undefined;
}

function fetchFrom({ origin }: TestDaemon, place: string): Promise<Response> {
  return fetch(`${origin}${place}`);
}

async function readiness(from: TestDaemon): Promise<Ready> {
  const response = await fetchFrom(from, '/readyz');
  return { ...((await response.json()) as Omit<Ready, 'code'>), code: response.status };
}

async function status(from: TestDaemon): Promise<Status> {
  return (await (await fetchFrom(from, '/api/v1/status')).json()) as Status;
}

async function metric(from: TestDaemon, name: string): Promise<number> {
  const text = await (await fetchFrom(from, '/metrics')).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

/** Asks again until it is so; the test's own time limit ends it. */
async function until<Value>(ask: () => Promise<Value>, isIt: (value: Value) => boolean): Promise<Value> {
  for (;;) {
    const value = await ask();
    if (isIt(value)) return value;
  }
}

describe('a Redis that goes away and comes back', () => {
  test('is seen by probes, metrics and the API, and calls go on meanwhile', async () => {
    const port = await freePort();
    await startWith(port, { application: 'answer' });
    const live = await startDaemon(port);
    expect(await readiness(live)).toMatchObject({ code: 200, isReady: true, store: { isUp: true } });
    expect(await metric(live, 'parkway_store_up')).toBe(1);
    expect((await status(live)).store).toMatchObject({
      isStale: false,
      redis: { invalidation: 'tracking', guarded: [], counters: { connections: 1 } },
    });

    await stopRedis();
    const away = await until(
      () => readiness(live),
      ({ store }) => !store.isUp,
    );
    expect(away).toMatchObject({ code: 200, isReady: true, reasons: [] });
    expect(await metric(live, 'parkway_store_up')).toBe(0);
    expect((await status(live)).store).toMatchObject({ isUp: false, isStale: false, redis: { invalidation: null } });
    await live.play();
    expect(live.ended.at(-1)).toMatchObject({ outcome: 'finished', matched: ['only'] });

    await startWith(port, { application: 'hangup', data: 'USER_BUSY' });
    await until(
      () => readiness(live),
      ({ store }) => store.isUp && store.version === 2,
    );
    expect(await metric(live, 'parkway_store_up')).toBe(1);
    expect(await metric(live, 'parkway_store_redis_total{what="connections"}')).toBe(2);
    await live.play();
    expect(live.ended.at(-1)).toMatchObject({ outcome: 'hungUp', hangupCause: 'USER_BUSY' });
  });

  test('FLUSHALL keeps calls going and is an alarm', async () => {
    const { client } = await startWith(await freePort(), { application: 'answer' });
    const live = await startDaemon(client.options.port as number);
    await client.flushall();
    await until(
      () => metric(live, 'parkway_store_guarded_domains'),
      (count) => count === 1,
    );
    expect((await status(live)).store.redis?.guarded).toEqual(['example.com']);
    await live.play();
    expect(live.ended.at(-1)).toMatchObject({ outcome: 'finished', matched: ['only'] });
  });
});

describe('a Redis that is away at the start', () => {
  test('and no dialplan saved: calls end by onError, until it comes', async () => {
    const port = await freePort();
    const live = await startDaemon(port, { onError: 'hangup:SWITCH_CONGESTION', 'store.startSeconds': 0.5 });
    expect(await readiness(live)).toMatchObject({
      code: 503,
      isReady: false,
      reasons: ['no dialplan was loaded yet'],
      store: { isUp: false },
    });
    await live.play();
    expect(live.ended.at(-1)).toMatchObject({ outcome: 'failed', hangupCause: 'SWITCH_CONGESTION' });

    await startWith(port, { application: 'answer' });
    await until(
      () => readiness(live),
      ({ isReady }) => isReady,
    );
    await live.play();
    expect(live.ended.at(-1)).toMatchObject({ outcome: 'finished', matched: ['only'] });
  });

  test('the dialplan saved is used, and said to be stale', async () => {
    const port = await freePort();
    await startWith(port, { application: 'answer' });
    await (await startDaemon(port)).stop();
    await stopRedis();
    const live = await startDaemon(port, { 'store.startSeconds': 0.5 });
    expect(await readiness(live)).toMatchObject({ code: 200, isReady: true, store: { isUp: false } });
    expect(await metric(live, 'parkway_store_stale')).toBe(1);
    expect((await status(live)).store).toMatchObject({ isStale: true, asOf: expect.any(Number) as unknown });
    await live.play();
    expect(live.ended.at(-1)).toMatchObject({ outcome: 'finished', matched: ['only'] });
  });
});

test('${cti_hash_get(...)} of a live call is answered from Redis', async () => {
  const { client, port } = await startWith(await freePort(), { application: 'answer' });
  await client.hset('cti_agents@example.com', { '1002': 'Ada' });
  const extension = {
    condition: {
      field: '${cti_hash_get(cti_agents@example.com ${destination_number})}',
      expression: '^(A.*)$',
      action: [{ application: 'set', data: 'agent=$1' }],
    },
  };
  await client.hset(EXTENSIONS, { only: JSON.stringify(extension) });
  const live = await startDaemon(port, { 'store.hashGet.timeoutMs': 5_000 });
  await live.play({ headers: { 'Caller-Destination-Number': '1002' } });
  expect(live.ended.at(-1)?.hunted).toMatchObject({ applications: [{ application: 'set', data: 'agent=Ada' }] });
  await live.play({ headers: { 'Caller-Destination-Number': '1003' } });
  expect(live.ended.at(-1)).toMatchObject({ outcome: 'noRoute' });
});

test('calls go on while their dialplan is written: none fails, none sees half of a MULTI, later ones see later states', async () => {
  const { client, port } = await startWith(await freePort(), { application: 'answer' });
  // Two extensions that every call takes, always written together with the same number.
  const extension = (name: string, number: number): string =>
    JSON.stringify({
      continue: name === 'first',
      condition: { action: { application: 'set', data: `${name}=${number}` } },
    });
  const version = (number: number): { first: string; second: string } => ({
    first: extension('first', number),
    second: extension('second', number),
  });
  const filler = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, index) => [
      `filler ${index}`,
      JSON.stringify({
        condition: { field: 'destination_number', expression: `^99${index}$`, action: { application: 'answer' } },
      }),
    ]),
  );
  await client
    .multi()
    .hset(EXTENSIONS, { ...filler, ...version(0) })
    .hset(CONTEXTS, { default: '["first", "second"]' })
    .exec();
  const live = await startDaemon(port);
  const seen = (call: Call): string[] => call.applications.map(({ data }) => data.split('=')[1] ?? '');

  let written = 0;
  const played = new AbortController();
  const writes = (async () => {
    while (!played.signal.aborted) {
      written += 1;
      const { first, second } = version(written);
      await client.multi().hset(EXTENSIONS, { first }).hset(EXTENSIONS, { second }).exec();
      await setTimeout(5);
    }
  })();
  await live.play({ calls: 300 });
  played.abort();
  await writes;

  expect(live.ended).toHaveLength(300);
  expect([...new Set(live.ended.map(({ outcome }) => outcome))]).toEqual(['finished']);
  expect(live.ended.filter((call) => new Set(seen(call)).size !== 1 || seen(call).length !== 2)).toEqual([]);
  const states = live.ended.map((call) => ({ at: call.arrivedAt, state: Number(seen(call)[0]) }));
  expect(new Set(states.map(({ state }) => state)).size).toBeGreaterThan(2);
  const isOlder = states.filter(({ at, state }) => states.some((other) => other.at < at && other.state > state));
  expect(isOlder).toEqual([]);
  await until(
    async () => {
      await live.play();
      return live.ended.at(-1);
    },
    (call) => call !== undefined && seen(call)[0] === String(written),
  );
}, 30_000);
