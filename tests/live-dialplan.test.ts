import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createLogger, transports } from 'winston';
import { Writable } from 'node:stream';
import { loadConfiguration, type Configuration } from '../src/configuration.js';
import type { LiveDialplan } from '../src/live-dialplan.js';
import { findContext, findDomain } from '../src/routes/snapshot.js';
import { LiveDialplan as BuiltDialplan } from './support/built.js';
import { startRedis, type RedisServer } from './support/redis-server.js';

const EXTENSIONS = 'cti_dialplan_extensio@d';
const CONTEXTS = 'cti_dialplan_context@d';

let directory: string;
let servers: RedisServer[];
let dialplans: LiveDialplan[];
let lines: string[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-state-'));
  servers = [];
  dialplans = [];
  lines = [];
});

afterEach(async () => {
  await Promise.all(dialplans.map((each) => each.close()));
  await Promise.all(servers.map((each) => each.stop()));
  await rm(directory, { recursive: true });
});

async function start(port?: number): Promise<RedisServer> {
  const server = await startRedis(port === undefined ? {} : { port });
  servers.push(server);
  return server;
}

function configure(url: string, values: Readonly<Record<string, unknown>> = {}): Configuration {
  const all: Record<string, unknown> = { 'store.url': url, stateDir: directory, 'store.startSeconds': 0.5, ...values };
  const flags = Object.entries(all).map(([leaf, value]) => ({ path: leaf, value, flag: 'test' }));
  return loadConfiguration({ file: undefined, environment: {}, flags }).configuration;
}

async function open(configuration: Configuration): Promise<LiveDialplan> {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const { level, message } = JSON.parse(chunk.toString()) as { level: string; message: string };
      lines.push(`${level} ${message}`);
      done();
    },
  });
  const logger = createLogger({ transports: [new transports.Stream({ stream })] });
  const dialplan = await BuiltDialplan.open(configuration, logger, undefined);
  dialplans.push(dialplan);
  return dialplan;
}

async function close(dialplan: LiveDialplan): Promise<void> {
  dialplans.splice(dialplans.indexOf(dialplan), 1);
  await dialplan.close();
}

async function fill({ client }: RedisServer, application: string): Promise<void> {
  const extension = JSON.stringify({ condition: { action: { application } } });
  await client.multi().hset(EXTENSIONS, { a: extension }).hset(CONTEXTS, { default: '["a"]' }).exec();
}

function applicationIn({ snapshot }: LiveDialplan): string | undefined {
  return findContext(findDomain(snapshot, 'd'), 'default')?.extensions[0]?.conditions[0]?.actions[0]?.application;
}

describe('the dialplan of a Redis that is away at the start', () => {
  test('is the one saved last, said to be stale; then that of Redis', async () => {
    const server = await start();
    await fill(server, 'answer');
    const first = await open(configure(server.url, { 'store.startSeconds': 60 }));
    expect(applicationIn(first)).toBe('answer');
    expect(first.status).toMatchObject({
      isStale: false,
      redis: { isConnected: true, invalidation: 'tracking' },
    });
    await close(first);
    expect(await readdir(directory)).toEqual(['dialplan.ndjson']);
    await server.stop();
    servers = [];
    lines = [];
    const second = await open(configure(server.url));
    expect(applicationIn(second)).toBe('answer');
    expect(second.status).toMatchObject({ isStale: true, redis: { isConnected: false } });
    expect(second.status.asOf).toBeGreaterThan(Date.now() - 600_000);
    expect(lines.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringMatching(
        /^warn redis:\/\/127\.0\.0\.1:\d+ is away: .*ECONNREFUSED.*; calls go on with the dialplan there is$/,
      ),
      expect.stringMatching(/ECONNREFUSED.*: calls are routed by the dialplan saved \d+ s ago$/),
    ]);
    await fill(await start(server.port), 'hangup');
    while (applicationIn(second) !== 'hangup') await new Promise(setImmediate);
    while (second.status.isStale) await new Promise(setImmediate);
  });

  test('is none, if none was saved; required, it is no start at all', async () => {
    const server = await start();
    await server.stop();
    servers = [];
    const dialplan = await open(configure(server.url));
    expect(dialplan.status).toMatchObject({ isStale: true, asOf: undefined });
    expect(lines.at(-1)).toMatch(/^error .*no dialplan is saved: calls are ended by onError until it comes$/);
    await expect(open(configure(server.url, { 'store.require': true }))).rejects.toThrow(
      /is away .*and the store is required/,
    );
    await start(server.port);
    while (dialplan.snapshot.version === 0) await new Promise(setImmediate);
  });

  test('a saved dialplan that is damaged, or of another store, is not used', async () => {
    const server = await start();
    await fill(server, 'answer');
    await close(await open(configure(server.url)));
    const file = path.join(directory, 'dialplan.ndjson');
    const text = await readFile(file, 'utf8');
    await server.stop();
    servers = [];
    for (const damaged of [text.replace('answer', 'hangup'), text.slice(0, -20), '', 'x']) {
      await writeFile(file, damaged);
      lines = [];
      const dialplan = await open(configure(server.url));
      expect(dialplan.snapshot.version).toBe(0);
      expect(lines[0]).toMatch(/^error the saved dialplan is not used: .*(checksum is wrong|damaged)/);
      await close(dialplan);
    }
    await writeFile(file, text);
    expect((await open(configure('redis://127.0.0.1:1'))).snapshot.version).toBe(0);
    expect((await open(configure(server.url))).snapshot.version).toBeGreaterThan(0);
  });

  test('what is saved of a document that was refused is the version in force', async () => {
    const server = await start();
    await fill(server, 'answer');
    const first = await open(configure(server.url));
    await server.client.hset(EXTENSIONS, { a: '{"condition":\n {"action": {}}}' });
    while (first.snapshot.problems.length === 0) await new Promise(setImmediate);
    expect(lines).toContain(
      `error ${EXTENSIONS} "a":2:3 /condition/action: expected a key "application", found none; its previous version stays in force`,
    );
    await close(first);
    await server.stop();
    servers = [];
    const second = await open(configure(server.url));
    expect([applicationIn(second), second.snapshot.problems]).toEqual(['answer', []]);
  });

  test('what Redis lost while Parkway was down is guarded', async () => {
    const server = await start();
    await fill(server, 'answer');
    await close(await open(configure(server.url)));
    await server.client.flushall();
    const guarded = await open(configure(server.url));
    expect(applicationIn(guarded)).toBe('answer');
    expect(lines.some((line) => line.startsWith('error DOMAIN d HAS SUDDENLY NO EXTENSION'))).toBe(true);
    await close(guarded);
    const accepting = await open(configure(server.url, { 'store.acceptEmpty': true }));
    expect(accepting.snapshot.domains.size).toBe(0);
  });
});

describe('the thread a dialplan in Redis is followed in', () => {
  test('is started again when it dies, and what was missed meanwhile is in force then', async () => {
    const messages = jest.spyOn(Worker.prototype, 'postMessage');
    const server = await start();
    await fill(server, 'answer');
    const dialplan = await open(configure(server.url, { 'store.startSeconds': 60 }));
    lines = [];
    await (messages.mock.contexts[0] as Worker).terminate();
    expect(dialplan.status.redis).toMatchObject({ isConnected: false, lastError: 'its thread ended' });
    expect(lines).toEqual([
      `warn ${dialplan.status.redis?.name ?? ''} is away: its thread ended; calls go on with the dialplan there is`,
    ]);
    expect(await dialplan.hashGet()?.('cti_a b', 'a-call')).toBe('');
    await expect(dialplan.reload()).rejects.toThrow('its thread ended');
    await fill(server, 'hangup');
    while (applicationIn(dialplan) !== 'hangup') await new Promise(setImmediate);
    while (dialplan.status.redis?.isConnected !== true) await new Promise(setImmediate);
    expect(new Set(messages.mock.contexts).size).toBe(2);
    messages.mockRestore();
  });
});

describe('cti_hash_get', () => {
  test('is a field of a hash, byte for byte, of keys that may be read, within the time', async () => {
    const server = await start();
    await server.client.hset('cti_users@d', { 'first name': Buffer.from([0xff, 0x41]), plain: 'x' });
    await server.client.set('cti_text', 'x');
    const dialplan = await open(configure(server.url, { 'store.hashGet.timeoutMs': 2_000 }));
    const get = dialplan.hashGet();
    lines = [];
    expect(await get?.('cti_users@d plain', 'a-call')).toBe('x');
    expect(await get?.('cti_users@d first name', 'a-call')).toBe('\xffA');
    expect(await get?.('cti_users@d none', 'a-call')).toBe('');
    expect(lines).toEqual([]);
    expect([
      await get?.('secrets x', 'a-call'),
      await get?.('secrets y', 'a-call'),
      await get?.('cti_text x', 'a-call'),
      await get?.('cti_users@d', 'a-call'),
    ]).toEqual(['', '', '', '']);
    expect(lines).toEqual([
      'warn cti_hash_get(secrets x): its key begins with none of store.hashGet.prefixes; it is empty',
      expect.stringMatching(/^warn cti_hash_get\(cti_text x\): WRONGTYPE/),
      'warn cti_hash_get(cti_users@d): expected a key and a field; it is empty',
    ]);
  });

  test('is empty when Redis takes too long, and that is told once', async () => {
    const server = await start();
    const dialplan = await open(configure(server.url));
    const get = dialplan.hashGet();
    lines = [];
    server.process.kill('SIGSTOP');
    expect([await get?.('cti_a b', 'a-call'), await get?.('cti_a b', 'a-call')]).toEqual(['', '']);
    expect(lines).toEqual(['warn cti_hash_get(cti_a b): Redis did not answer within 50 ms; it is empty']);
  });
});
