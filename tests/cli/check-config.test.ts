import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInProcess } from '../support/run-in-process.js';
import { runParkway } from '../support/run-parkway.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-'));
  await mkdir(path.join(directory, 'd', 'extensions'), { recursive: true });
  await writeFile(path.join(directory, 'd', 'contexts.json'), '{"default": ["e", "gone"]}');
  await writeFile(path.join(directory, 'd', 'extensions', 'e.json'), '{"condition": [{"action": "answer"}]}');
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('parkway check-config', () => {
  test('prints each value with its source, and the example dialplan', async () => {
    const { code, stdout } = await runInProcess(['check-config', '--domain', 'x'], { PARKWAY_MAX_CALLS: '7' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^listen +"127\.0\.0\.1:8084" +default$/m);
    expect(stdout).toMatch(/^maxCalls +7 +PARKWAY_MAX_CALLS$/m);
    expect(stdout).toMatch(/^domain +"x" +--domain$/m);
    expect(stdout).toContain('domain example.com: contexts default (3), external (2)');
  });

  test('exits 1 with what is wrong with the dialplan', async () => {
    const { code, stdout } = await runInProcess(['check-config', '--store', directory]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      `✗ ${directory}/d/extensions/e.json:1:17 /condition/0/action: expected an object, found "answer"; it is left out`,
    );
    expect(stdout).toContain(
      `! ${directory}/d/contexts.json:1:19 /default/1: there is no extension "gone" in domain d`,
    );
  });

  test('exits 1 with what is wrong with the configuration', async () => {
    const { code, stdout } = await runInProcess(['check-config', '--max-calls', 'x', '--store', directory]);
    expect(code).toBe(1);
    expect(stdout).toBe('✗ --max-calls: maxCalls: expected an integer, found "x"\n');
  });

  test('says of a dialplan that is empty what it means, as a daemon would start with it', async () => {
    const empty = path.join(directory, 'empty');
    await mkdir(empty);
    const { code, stdout, stderr } = await runInProcess(['check-config', '--store', empty]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('the dialplan has no domain: every call will find no route');
  });

  test('exits 2 when the dialplan cannot be read', async () => {
    const { code, stderr } = await runInProcess(['check-config', '--store', path.join(directory, 'none')]);
    expect(code).toBe(2);
    expect(stderr).toBe(`parkway: ${directory}/none: there is no such directory\n`);
  });
});

describe('parkway', () => {
  test.each([['--help'], ['serve', '--help'], ['check-config', '--help']])('%s %s shows examples', async (...args) => {
    const { code, stdout } = await runInProcess(args);
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
  });

  test('--version', async () => {
    expect((await runParkway(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([[['nonsense']], [['serve', '--nonsense']], [[]]])('%j is a usage error: exit status 2', async (args) => {
    expect((await runParkway(args)).code).toBe(2);
  });
});
