import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfiguration } from '../../src/configuration.js';
import { readRedisDialplan } from '../../src/routes/read-dialplan.js';
import { connectionOf } from '../../src/routes/redis/connection.js';
import { KeyNames } from '../../src/routes/redis/key-names.js';
import { ConcurrentWriteError, writeContents } from '../../src/routes/redis/write-content.js';
import { KEYS, LIMITS } from '../support/follow-redis.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { runInProcess } from '../support/run-in-process.js';
import { runParkway } from '../support/run-parkway.js';

const ACCEPTED = 'Content-Type: command/reply\nReply-Text: +OK accepted\n\n';
const REFUSED =
  'Content-Type: command/reply\nReply-Text: -ERR invalid\n\nContent-Type: text/disconnect-notice\nContent-Length: 67\n\n' +
  'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';
const EXAMPLE = fileURLToPath(new URL('../../examples/dialplan', import.meta.url));
const EXTENSIONS = 'cti_dialplan_extensio@example.com';

let redis: RedisServer;
let directory: string;

beforeAll(async () => {
  redis = await startRedis();
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-push-'));
  await cp(EXAMPLE, path.join(directory, 'pushed'), { recursive: true });
});

afterAll(async () => {
  await redis.stop();
  await rm(directory, { recursive: true });
});

const file = (...parts: string[]): string => path.join(directory, 'pushed', 'example.com', ...parts);

describe('push, history, rollback, pull', () => {
  test('a dialplan goes to Redis, changes, comes back, and lives in files', async () => {
    const to = ['--store', redis.url];
    const dry = await runInProcess(['push', path.join(directory, 'pushed'), '--dry-run', ...to]);
    expect([dry.code, dry.stderr]).toEqual([0, '']);
    expect(dry.stdout).toContain('+ extension "record"');
    expect(dry.stdout).toMatch(/domain example\.com: would be \d+ added, 0 removed, 0 changed\n$/);
    expect(await redis.client.dbsize()).toBe(0);

    expect((await runInProcess(['push', path.join(directory, 'pushed'), ...to])).code).toBe(0);
    expect((await redis.client.hkeys(EXTENSIONS)).sort()).toEqual(
      (await readdir(file('extensions'))).map((name) => path.basename(name, '.json')).sort(),
    );

    const record = JSON.parse(await readFile(file('extensions', 'record.json'), 'utf8')) as Record<string, unknown>;
    await writeFile(file('extensions', 'record.json'), JSON.stringify({ ...record, continue: 'false' }));
    const changed = await runInProcess(['push', path.join(directory, 'pushed'), '--message', 'no record', ...to]);
    expect(changed.stdout).toContain('~ extension "record"');
    expect(changed.stdout).toMatch(/^ {4}\+ {2}"continue": "false"$/m);
    const [, id = ''] = /parkway rollback (\S+) --domain example\.com/.exec(changed.stdout) ?? [];

    const history = await runInProcess(['history', '--format', 'json', ...to]);
    expect(
      history.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      expect.objectContaining({ id, message: 'no record', summary: '0 added, 0 removed, 1 changed' }),
      expect.objectContaining({ message: expect.stringMatching(/^push /) }),
    ]);
    const rolled = await runInProcess(['rollback', id, ...to]);
    expect(rolled.code).toBe(0);
    expect(JSON.parse((await redis.client.hget(EXTENSIONS, 'record')) ?? '')).toEqual(record);

    await redis.client.hset(EXTENSIONS, { '../../escape': '{}' });
    const pulled = path.join(directory, 'pulled');
    const first = await runInProcess(['pull', pulled, ...to]);
    expect(first.code).toBe(1);
    expect(first.stdout).toContain('✗ extension "../../escape": no file can have that name');
    await redis.client.hdel(EXTENSIONS, '../../escape');
    expect(JSON.parse(await readFile(path.join(pulled, 'example.com', 'extensions', 'record.json'), 'utf8'))).toEqual(
      record,
    );
    const again = await runInProcess(['pull', pulled, ...to]);
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/0 files written or removed\n$/)]);
  });

  test('a dialplan with errors is not written', async () => {
    const broken = path.join(directory, 'broken');
    await cp(EXAMPLE, broken, { recursive: true });
    await writeFile(path.join(broken, 'example.com', 'extensions', 'record.json'), '{"condition": 7}');
    const { code, stdout } = await runInProcess(['push', broken, '--store', redis.url]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /✗ .*record\.json:1:2 \/condition: expected an object, found 7.*\n(.*\n)*nothing was written\n$/,
    );
  });

  test('a Redis that is not there, or no Redis at all, is exit status 2', async () => {
    const away = await runParkway(['push', EXAMPLE, '--store', 'redis://127.0.0.1:1']);
    expect(away.code).toBe(2);
    expect(away.stderr).toMatch(/^parkway: redis:\/\/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/);
  });

  test('whoever writes meanwhile is not written over', async () => {
    const other = redis.client.duplicate();
    await other.connect();
    const client = connectionOf(redis.url, {}).create();
    await client.connect();
    const done = new AbortController();
    const writing = (async () => {
      for (let n = 0; !done.signal.aborted; n += 1) await other.hset('cti_dialplan_extensio@busy', { n: String(n) });
    })();
    const options = {
      names: new KeyNames(KEYS, []),
      limits: LIMITS,
      historyLength: 3,
      who: 'x',
      message: '',
      dryRun: false,
    };
    const content = { extensions: new Map([['a', '{}']]), contexts: new Map(), routes: new Map() };
    await expect(writeContents(client, new Map([['busy', content]]), options)).rejects.toThrow(ConcurrentWriteError);
    done.abort();
    await writing;
    expect(await redis.client.hexists('cti_dialplan_extensio@busy', 'a')).toBe(0);
    for (const text of ['1', '2', '3', '4', '5']) {
      await writeContents(client, new Map([['busy', { ...content, extensions: new Map([['a', text]]) }]]), options);
    }
    expect(await redis.client.xlen('parkway_history@busy')).toBe(3);
    other.disconnect();
    client.disconnect();
    await redis.client.del('cti_dialplan_extensio@busy', 'parkway_history@busy');
  });
});

test('toll fraud stops a push, unless the settings of lint allow it until a day to come', async () => {
  const dialplan = path.join(directory, 'open');
  await mkdir(path.join(dialplan, 'open.example/extensions'), { recursive: true });
  await writeFile(path.join(dialplan, 'open.example/contexts.json'), '{"public":["out"]}');
  await writeFile(
    path.join(dialplan, 'open.example/extensions/out.json'),
    JSON.stringify({
      condition: {
        field: 'destination_number',
        expression: '^(00\\d+)$',
        action: { application: 'bridge', data: 'sofia/gateway/trunk/$1' },
      },
    }),
  );
  const settings = path.join(directory, 'settings.yaml');
  const push = async (until: string): Promise<{ code: number | null; stdout: string }> => {
    const entry = `{ context: public, extension: out, until: "${until}", reason: the partner pays }`;
    await writeFile(settings, `tollFraud:\n  allow:\n    - ${entry}\n`);
    return runInProcess(['push', dialplan, '--settings', settings, '--store', redis.url]);
  };
  const expired = await push('2020-12-31');
  expect(expired.code).toBe(1);
  expect(expired.stdout).toMatch(
    /reaches bridge .* \(toll-fraud; parkway lint shows the call\)\nnothing was written\n$/,
  );
  expect(await redis.client.exists('cti_dialplan_extensio@open.example')).toBe(0);
  expect((await push('2999-12-31')).code).toBe(0);
  expect(await redis.client.exists('cti_dialplan_extensio@open.example')).toBe(1);
});

test('a dialplan in Redis is linted, by the keys that are configured', async () => {
  await redis.client.flushall();
  const extension = {
    condition: { field: 'destination_number', expression: '^5$', action: { application: 'answer' } },
  };
  await redis.client.hset('own:extensions:example.com', {
    only: JSON.stringify(extension),
    'no "JSON"': '{"condition": [\n  {]',
  });
  await redis.client.hset('cti_dialplan_context@example.com', { default: '["only", "missing", "no \\"JSON\\""]' });
  process.env['PARKWAY_STORE_KEYS_EXTENSION'] = 'own:extensions:<domain>';
  try {
    const found = await runInProcess(['lint', redis.url, '--format', 'json', '--code', 'extension-missing']);
    expect(found).toMatchObject({ code: 1, stderr: '' });
    const [missing = '', ...others] = found.stdout.trimEnd().split('\n');
    expect(JSON.parse(missing)).toMatchObject({ location: 'cti_dialplan_context@example.com', path: '/default/1' });
    expect(others.length).toBe(1);
    const refused = await runInProcess(['lint', redis.url, '--code', 'document-invalid']);
    expect(refused.stdout).toContain(
      'own:extensions:example.com "no \\"JSON\\"":2:4 error document-invalid\n  no JSON: expected a key in double quotes, found "]"\n',
    );
  } finally {
    delete process.env['PARKWAY_STORE_KEYS_EXTENSION'];
  }
  await redis.client.flushall();
  const none = await runInProcess(['lint', redis.url]);
  expect(none.code).toBe(2);
  expect(none.stderr).toBe(
    `parkway: ${redis.url}: expected a dialplan, found none of its keys (store.keys of the configuration names them)\n`,
  );
});

test('a dialplan read from Redis says what the store refused', async () => {
  await redis.client.flushall();
  await redis.client.hset('cti_dialplan_extensio@example.com', {
    a: '{"condition": {"action": {"application": "answer"}}}',
  });
  await redis.client.lpush('cti_route@example.com', 'no hash');
  const { configuration } = loadConfiguration({
    file: undefined,
    environment: {},
    flags: [{ path: 'store.url', value: redis.url, flag: 'the test' }],
  });
  const { snapshot } = await readRedisDialplan(configuration.store);
  expect(snapshot.problems.map(({ severity, location }) => [severity, location])).toContainEqual([
    'error',
    'cti_route@example.com',
  ]);
  await redis.client.flushall();
});

describe('accept-empty and doctor', () => {
  test('a domain that is empty is said to be meant so; one that is not is not', async () => {
    await redis.client.hset('cti_dialplan_extensio@full', { a: '{}' });
    await redis.client.hset('cti_dialplan_context@full', { default: '["a"]' });
    expect((await runInProcess(['accept-empty', 'full', '--store', redis.url])).code).toBe(1);
    expect((await runInProcess(['accept-empty', 'empty', '--store', redis.url])).code).toBe(0);
    expect(await redis.client.ttl('parkway_accept_empty@empty')).toBeGreaterThan(0);
  });

  test('doctor says on one page what is and what is not', async () => {
    await redis.client.flushall();
    await redis.client.hset(EXTENSIONS, { good: '{"condition": {"action": {"application": "answer"}}}', bad: '{' });
    await redis.client.hset('cti_dialplan_context@example.com', { default: '["good"]' });
    const { code, stdout } = await runInProcess([
      'doctor',
      '--store',
      redis.url,
      '--listen',
      '127.0.0.1:0',
      '--freeswitch',
      '127.0.0.1:1',
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain(`✓ store ${redis.url} is reachable`);
    expect(stdout).toContain('✓ changes are told by client tracking, at once');
    expect(stdout).toContain('✓ domain example.com: 2 extensions; contexts default (1); no routes');
    expect(stdout).toContain(`✗ ${EXTENSIONS} "bad":1:2: no JSON`);
    expect(stdout).toContain('is free to listen on');
    expect(stdout).toMatch(/✓ PCRE2 10\./);
    expect(stdout).toMatch(/✗ FreeSWITCH at 127\.0\.0\.1:1: .*ECONNREFUSED/);
  });

  test('doctor asks a FreeSWITCH whether its dialplan leads here', async () => {
    const reply = await readFile(new URL('../captures/xml_locate.txt', import.meta.url));
    const freeSwitch = createServer((socket) => {
      socket.write('Content-Type: auth/request\n\n');
      socket.on('data', (command) => {
        if (command.toString() === 'api xml_locate dialplan\n\n') socket.write(reply);
        else if (command.toString() === 'auth ClueCon\n\n') socket.write(ACCEPTED);
        else socket.end(REFUSED);
      });
    }).listen(0, '127.0.0.1');
    await once(freeSwitch, 'listening');
    const { port } = freeSwitch.address() as AddressInfo;
    const ask = async (listen: string, ...more: string[]): Promise<string> => {
      const options = ['--store', EXAMPLE, '--freeswitch', `127.0.0.1:${port}`, '--listen', listen, ...more];
      return (await runInProcess(['doctor', ...options])).stdout;
    };
    const at = `FreeSWITCH at 127.0.0.1:${port}: `;
    expect(await ask('127.0.0.1:8084')).toContain(
      `✓ ${at}its dialplan leads to 127.0.0.1:8084, 10.0.0.9:8084, from the contexts default, public`,
    );
    expect(await ask('127.0.0.1:9999')).toContain(
      `✗ ${at}its dialplan does not lead to port 9999; its socket actions lead to ` +
        '127.0.0.1:8084, 10.0.0.7:8184, 10.0.0.8:8184, 10.0.0.9:8084',
    );
    expect(await ask('127.0.0.1:8084', '--password', 'wrong')).toContain(`✗ ${at}the password is not accepted`);
    freeSwitch.close();
  });
});
