import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectionOf } from '../../../src/routes/redis/connection.js';
import { KeyNames } from '../../../src/routes/redis/key-names.js';
import { readHistory, writeContents } from '../../../src/routes/redis/write-content.js';
import { findContext, findDomain, type Snapshot } from '../../../src/routes/snapshot.js';
import { followRedis, KEYS, LIMITS, type Followed } from '../../support/follow-redis.js';
import { freePort, startRedis, type RedisServer } from '../../support/redis-server.js';

const EXTENSIONS = 'cti_dialplan_extensio@d';
const CONTEXTS = 'cti_dialplan_context@d';

let directory: string;
let servers: RedisServer[];
let followed: Followed | undefined;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-sentinel-'));
  servers = [];
});

afterEach(async () => {
  await followed?.close();
  followed = undefined;
  await Promise.all(servers.map((each) => each.stop()));
  await rm(directory, { recursive: true });
});

async function start(...args: string[]): Promise<RedisServer> {
  const server = await startRedis({ arguments: args });
  servers.push(server);
  return server;
}

const extension = (data: string): string => JSON.stringify({ condition: { action: { application: 'set', data } } });

function dataOf(snapshot: Snapshot): string {
  const [found] = findContext(findDomain(snapshot, 'd'), 'default')?.extensions ?? [];
  return found?.conditions[0]?.actions[0]?.data ?? '';
}

/** Real things take their time: asks until the answer is as wanted. */
async function ask(question: () => Promise<boolean>): Promise<void> {
  while (!(await question().catch(() => false))) {
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

describe('sentinels', () => {
  test('promote a replica, and the changes made there still arrive', async () => {
    // Else a replica waits for others before it is given anything.
    const soon = ['--repl-diskless-sync-delay', '0'];
    const master = await start(...soon);
    const replica = await start(...soon, '--replicaof', '127.0.0.1', String(master.port));
    await ask(async () => (await replica.client.info('replication')).includes('master_link_status:up'));
    const settings = [
      `monitor main 127.0.0.1 ${master.port} 2`,
      'down-after-milliseconds main 1000',
      'failover-timeout main 5000',
    ];
    const sentinels = await Promise.all(
      [1, 2, 3].map(async (n) => {
        const file = path.join(directory, `${n}.conf`);
        await writeFile(file, settings.map((line) => `sentinel ${line}\n`).join(''));
        return start(file, '--sentinel');
      }),
    );
    for (const { client } of sentinels) {
      await ask(async () =>
        String(await client.call('SENTINEL', 'MASTER', 'main')).includes('num-slaves,1,num-other-sentinels,2'),
      );
    }
    await master.client.hset(EXTENSIONS, { a: extension('old') });
    await master.client.hset(CONTEXTS, { default: '["a"]' });
    expect(await master.client.wait(1, 10_000)).toBe(1);
    const url = `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join()}/main`;
    followed = followRedis(url);
    await followed.until((snapshot) => dataOf(snapshot) === 'old');
    master.process.kill('SIGKILL');
    await ask(() => write(url, extension('new')));
    await followed.until((snapshot) => dataOf(snapshot) === 'new');
    const { isConnected, invalidation, counters } = followed.source.status;
    expect({ isConnected, invalidation }).toEqual({ isConnected: true, invalidation: 'tracking' });
    expect(counters.connections).toBeGreaterThan(1);
    // And it is followed, not only read again.
    await ask(() => write(url, extension('newer')));
    await followed.until((snapshot) => dataOf(snapshot) === 'newer');
  });
});

/** Whoever is promoted closes all connections: each write needs one of its own. */
async function write(url: string, text: string): Promise<boolean> {
  const client = connectionOf(url, {}).create();
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.hset(EXTENSIONS, { a: text });
    return true;
  } finally {
    client.disconnect();
  }
}

describe('a cluster of three masters', () => {
  test('is read on all of them, and a change on any arrives', async () => {
    const nodes = await Promise.all(
      [1, 2, 3].map(() => start('--cluster-enabled', 'yes', '--cluster-node-timeout', '2000')),
    );
    const [first] = nodes as [RedisServer];
    const third = Math.ceil(16_384 / 3);
    for (const [index, { client, port }] of nodes.entries()) {
      await client.call('CLUSTER', 'ADDSLOTSRANGE', index * third, Math.min(16_383, (index + 1) * third - 1));
      await first.client.call('CLUSTER', 'MEET', '127.0.0.1', port);
    }
    for (const { client } of nodes) {
      await ask(async () =>
        /cluster_state:ok[^]*cluster_known_nodes:3/.test(String(await client.call('CLUSTER', 'INFO'))),
      );
    }
    const url = `redis+cluster://127.0.0.1:${first.port}`;
    const writer = connectionOf(url, {}).create();
    writer.on('error', () => undefined);
    await writer.connect();
    const domains = ['d', 'e', 'f', 'g', 'h', 'i'];
    for (const domain of domains) {
      await writer.hset(`cti_dialplan_extensio@${domain}`, { a: extension('old') });
      await writer.hset(`cti_dialplan_context@${domain}`, { default: '["a"]' });
    }
    const counts = await Promise.all(nodes.map(({ client }) => client.dbsize()));
    expect(counts.every((count) => count > 0)).toBe(true);
    followed = followRedis(url);
    await followed.source.firstSync;
    expect([...followed.store.snapshot.domains.keys()].sort()).toEqual(domains);
    expect(followed.source.status.invalidation).toBe('tracking');
    for (const domain of domains)
      await writer.hset(`cti_dialplan_extensio@${domain}`, { a: extension(`new ${domain}`) });
    for (const domain of domains) {
      await followed.until((snapshot) => {
        const [found] = findContext(findDomain(snapshot, domain), 'default')?.extensions ?? [];
        return found?.conditions[0]?.actions[0]?.data === `new ${domain}`;
      });
    }
    expect(followed.store.snapshot.problems).toEqual([]);
    writer.disconnect();
  });
});

describe('other ways to a Redis', () => {
  test('a unix socket, with a user, a password and a database', async () => {
    const socket = path.join(directory, 'redis.sock');
    const { client } = await start('--unixsocket', socket);
    await client.acl('SETUSER', 'parkway', 'on', '>a:b@c', '~*', '&*', '+@all');
    await client.select(3);
    await client.hset(EXTENSIONS, { a: extension('here') });
    await client.hset(CONTEXTS, { default: '["a"]' });
    followed = followRedis(`redis+unix://parkway:${encodeURIComponent('a:b@c')}@${socket}`, { options: { db: 3 } });
    await followed.source.firstSync;
    expect(dataOf(followed.store.snapshot)).toBe('here');
    expect(followed.source.status.name).toBe(`redis+unix://${socket}`);
  });

  test('TLS, with a certificate of its own', async () => {
    const [certificate, key] = [path.join(directory, 'certificate.pem'), path.join(directory, 'key.pem')];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', key];
    const subject = ['-subj', '/CN=redis', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-out', certificate];
    await promisify(execFile)('openssl', ['req', '-x509', ...curve, ...subject]);
    const port = await freePort();
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
    const { client } = await start('--tls-port', `${port}`, '--tls-auth-clients', 'no', ...files);
    await client.hset(EXTENSIONS, { a: extension('here') });
    await client.hset(CONTEXTS, { default: '["a"]' });
    const url = `rediss://127.0.0.1:${port}`;
    const stranger = followRedis(url);
    await ask(() => Promise.resolve(stranger.events.length > 0));
    await stranger.close();
    expect(stranger.events[0]).toMatch(/^lost: self-signed certificate/);

    followed = followRedis(url, { options: { tls: { ca: await readFile(certificate, 'utf8') } } });
    await followed.source.firstSync;
    expect(followed.source.status.invalidation).toBe('tracking');
    await client.hset(EXTENSIONS, { a: extension('changed') });
    await followed.until((snapshot) => dataOf(snapshot) === 'changed');
  });

  test('a user who may no more than the documentation says', async () => {
    const guide = await readFile(new URL('../../../docs/redis.md', import.meta.url), 'utf8');
    const [reading = '', writing = ''] = guide.match(/^ACL SETUSER .*$/gm) ?? [];
    const { client, port } = await start();
    const grant = async (line: string): Promise<void> => {
      const [, , user = '', ...rules] = line.split(' ');
      await client.acl('SETUSER', user, ...rules);
    };
    await grant(reading);
    const url = `redis://parkway:secret@127.0.0.1:${port}`;
    followed = followRedis(url);
    await followed.source.firstSync;
    expect(followed.events).toEqual(['connected: tracking']);
    for (const data of ['one', 'other']) {
      await client
        .multi()
        .hset(EXTENSIONS, { a: extension(data) })
        .hset(CONTEXTS, { default: '["a"]' })
        .exec();
      await followed.until((snapshot) => dataOf(snapshot) === data);
    }
    expect(await followed.source.client?.hget(EXTENSIONS, 'a')).toBe(extension('other'));

    await grant(writing);
    const writer = connectionOf(url, {}).create();
    await writer.connect();
    const names = new KeyNames(KEYS, []);
    const content = {
      extensions: new Map([['a', extension('pushed')]]),
      contexts: new Map([['default', ['a']]]),
      routes: new Map(),
    };
    const who = { who: 'test', message: '', historyLength: 10, dryRun: false };
    await writeContents(writer, new Map([['d', content]]), { names, limits: LIMITS, ...who });
    await followed.until((snapshot) => dataOf(snapshot) === 'pushed');
    expect(await readHistory(writer, names, 'd', 10)).toHaveLength(1);
    writer.disconnect();
  });

  test.each(['http://x', 'redis+sentinel://h:1', 'redis://h/x', 'redis+unix://'])('%s is none', (url) => {
    expect(() => connectionOf(url, {})).toThrow('expected redis://');
  });
});
