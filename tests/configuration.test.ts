import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ConfigurationError,
  loadConfiguration,
  parseListen,
  showEntry,
  showValue,
  type ConfigurationInput,
  type LoadedConfiguration,
} from '../src/configuration.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function fileWith(name: string, text: string): Promise<string> {
  const file = path.join(directory, name);
  await writeFile(file, text);
  return file;
}

function load(input: Partial<ConfigurationInput>): LoadedConfiguration {
  return loadConfiguration({ file: undefined, environment: {}, flags: [], ...input });
}

function problemsOf(input: Partial<ConfigurationInput>): readonly string[] {
  try {
    load(input);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('the effective configuration', () => {
  test('defaults, overridden by a file, by the environment, by flags, each with its source', async () => {
    const file = await fileWith(
      'all.yaml',
      'listen: 10.0.0.1:9000\nmaxCalls: 10\ndomain: from-file\nlog: { level: debug }\n',
    );
    const { configuration, entries } = load({
      file,
      environment: { PARKWAY_MAX_CALLS: '20', PARKWAY_DOMAIN: 'from-environment', PATH: '/bin' },
      flags: [{ path: 'domain', value: 'from-flag', flag: '--domain' }],
    });
    expect(configuration).toMatchObject({
      listen: '10.0.0.1:9000',
      maxCalls: 20,
      domain: 'from-flag',
      drainSeconds: 30,
      log: { level: 'debug', format: 'auto' },
      onNoRoute: 'hangup:NO_ROUTE_DESTINATION',
      dialplan: { neutraliseCaptures: true },
    });
    const sources = Object.fromEntries(entries.map(({ path: leaf, source }) => [leaf, source]));
    expect(sources).toMatchObject({
      listen: file,
      maxCalls: 'PARKWAY_MAX_CALLS',
      domain: '--domain',
      drainSeconds: 'default',
      'log.level': file,
    });
  });

  test('the environment has lists, numbers and booleans', () => {
    const { configuration } = load({
      environment: {
        PARKWAY_ALLOW: '10.0.0.0/8, ::1',
        PARKWAY_DIALPLAN_NEUTRALISE_CAPTURES: 'false',
        PARKWAY_SESSION_LINGER_SECONDS: '9',
      },
    });
    expect(configuration.allow).toEqual(['10.0.0.0/8', '::1']);
    expect(configuration.dialplan.neutraliseCaptures).toBe(false);
    expect(configuration.session.lingerSeconds).toBe(9);
  });

  test('JSON is read as well', async () => {
    const file = await fileWith('all.json', '{"listen": "8084"}');
    expect(parseListen(load({ file }).configuration.listen)).toEqual({ host: '127.0.0.1', port: 8084 });
  });

  test.each([
    ['[::1]:8084', '::1', 8084],
    ['0.0.0.0:1', '0.0.0.0', 1],
    ['9000', '127.0.0.1', 9000],
    ['pbx.example.com:8084', 'pbx.example.com', 8084],
  ])('listen %s', (listen, host, port) => {
    expect(parseListen(listen)).toEqual({ host, port });
  });

  test('passwords are not shown', () => {
    expect(showValue('redis://user:secret@host/0')).toBe('"redis://user:***@host/0"');
    expect(showValue('redis://:se@cret@host')).toBe('"redis://:***@host"');
    expect(showValue({ sentinelPassword: 'a\\"b', name: 'x' })).toBe('{"sentinelPassword":"***","name":"x"}');
  });

  test('tokens are not shown', () => {
    expect(showEntry({ path: 'supervisor.token', value: 'a-token-of-16-chars' })).toBe('***');
    expect(showEntry({ path: 'supervisor.token', value: undefined })).toBe('(not set)');
  });

  test('a store may be a text, or an object of which the text is the url', async () => {
    const short = await fileWith('short.yaml', 'store: redis://localhost\n');
    const long = await fileWith('long.yaml', 'store: { url: redis://localhost, emptyGuard: false }\n');
    expect(load({ file: short }).configuration.store).toMatchObject({ url: 'redis://localhost', emptyGuard: true });
    expect(load({ file: long }).configuration.store).toMatchObject({ url: 'redis://localhost', emptyGuard: false });
    const environment = { PARKWAY_STORE: 'redis://other', PARKWAY_STORE_OPTIONS: '{"db": 2}' };
    const { configuration, entries } = load({ file: long, environment });
    expect(configuration.store).toMatchObject({ url: 'redis://other', emptyGuard: false, options: { db: 2 } });
    expect(entries.find(({ path: leaf }) => leaf === 'store.url')?.source).toBe('PARKWAY_STORE');
  });

  test("the state directory is the service manager's, where it gives one", () => {
    const { configuration, entries } = load({ environment: { STATE_DIRECTORY: '/var/lib/a:/var/lib/b' } });
    expect(configuration.stateDir).toBe('/var/lib/a');
    expect(entries.find(({ path: leaf }) => leaf === 'stateDir')?.source).toBe('STATE_DIRECTORY');
  });
});

describe('a configuration that is wrong', () => {
  test('unknown keys and variables, with what was meant', async () => {
    const file = await fileWith('unknown.yaml', 'lisen: "8084"\nlog: { levle: debug }\n');
    expect(problemsOf({ file, environment: { PARKWAY_STOER: 'x' } })).toEqual([
      `${file}:1:1: lisen: unknown key "lisen", did you mean "listen"?`,
      `${file}:2:8: log.levle: unknown key "levle", did you mean "level"?`,
      'environment: unknown variable PARKWAY_STOER, did you mean "PARKWAY_STORE"?',
    ]);
  });

  test('values: where, what was expected, what was found', async () => {
    const file = await fileWith('values.yaml', 'maxCalls: many\nonError: explode\nallow: [10.0.0.0/8]\n');
    expect(
      problemsOf({
        file,
        environment: { PARKWAY_DRAIN_SECONDS: 'soon' },
        flags: [{ path: 'log.level', value: 'loud', flag: '--log-level' }],
      }),
    ).toEqual([
      `${file}:1:1: maxCalls: expected an integer, found "many"`,
      `${file}:2:1: onError: expected "resume" (FreeSWITCH's own dialplan goes on) or "hangup:<CAUSE>", found "explode"`,
      'PARKWAY_DRAIN_SECONDS: drainSeconds: expected a number, found "soon"',
      '--log-level: log.level: expected "debug" or "info" or "warn" or "error", found "loud"',
    ]);
  });

  test('what a pattern cannot tell: ports, networks, zones', () => {
    expect(
      problemsOf({
        flags: [
          { path: 'listen', value: '1.2.3.4:99999', flag: '--listen' },
          { path: 'allow', value: ['10.0.0.0/99'], flag: '--allow' },
          { path: 'dialplan.timezone', value: 'Mars/Base', flag: 'x' },
        ],
      }),
    ).toEqual([
      '--listen: listen: expected a port up to 65535, found 99999',
      '--allow: allow: expected an address or a network such as 10.0.0.0/8, found "10.0.0.0/99"',
      'x: dialplan.timezone: expected a zone such as "Asia/Shanghai", found "Mars/Base"',
    ]);
  });

  test('a file that is missing, or no YAML', async () => {
    expect(problemsOf({ file: '/nowhere/parkway.yaml' })).toEqual(['/nowhere/parkway.yaml: there is no such file']);
    const file = await fileWith('broken.yaml', 'listen: "8084\nstore: x\n');
    expect(problemsOf({ file })[0]).toBe(`${file}:3:1: no YAML: Missing closing "quote`);
  });
});
