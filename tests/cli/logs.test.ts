import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { readDump } from '../../src/replay/read-dump.js';
import { simulateLoad } from '../../src/simulator/simulate-load.js';
import { startFreeSwitch } from '../../src/simulator/start-free-switch.js';
import { callLines, logLine } from '../logs/log-lines.js';
import { runInProcess } from '../support/run-in-process.js';
import { startParkway } from '../support/run-parkway.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const fresh = temporaryDirectory();
const FOLLOWED = 3;

async function fileWith(lines: readonly string[], name = 'parkway.log'): Promise<string> {
  const file = fresh(name);
  await mkdir(path.dirname(file));
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

function ids(stdout: string): unknown[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { id: unknown }).id);
}

describe('parkway logs', () => {
  test('shows each call as a block, those that have not ended last', async () => {
    const file = await fileWith([...callLines('b').slice(0, 2), ...callLines('a')]);
    const { code, stdout, stderr } = await runInProcess(['logs', file]);
    expect([code, stderr]).toEqual([0, '']);
    const blocks = stdout.split('\n\n');
    expect(blocks).toHaveLength(2);
    expect(blocks[0]).toMatch(/^2026-11-2\d .* 1001 "Alice" → 13800138000 {2}a\n {2}from [^]*hung up USER_BUSY/);
    expect(blocks[1]).toMatch(/ b\n[^]*still running\n.*not ended yet\n$/);
  });

  test('reads the configured file with those that were rotated, and those that are named', async () => {
    const file = await fileWith(callLines('now'));
    const directory = path.dirname(file);
    await writeFile(
      path.join(directory, 'parkway-20261125T080000000Z.log.gz'),
      gzipSync(callLines('before').join('\n')),
    );
    const config = path.join(directory, 'parkway.yaml');
    await writeFile(config, `log: { file: ${file} }`);
    const json = ['--format', 'json'];
    expect(ids((await runInProcess(['logs', '--config', config, ...json])).stdout)).toEqual(['before', 'now']);
    expect(ids((await runInProcess(['logs', '--config', config, '-n', '1', ...json])).stdout)).toEqual(['now']);
    expect(ids((await runInProcess(['logs', path.join(directory, '*.gz'), ...json])).stdout)).toEqual(['before']);
  });

  test('only what is asked for', async () => {
    const lines = [...callLines('a'), ...callLines('b', { caller: '1002' }), ...callLines('c', { outcome: 'failed' })];
    const file = await fileWith(lines);
    const found = async (...flags: string[]): Promise<unknown[]> =>
      ids((await runInProcess(['logs', file, '--format', 'json', ...flags])).stdout);
    expect(await found()).toEqual(['a', 'b', 'c']);
    expect(await found('--number', '1002')).toEqual(['b']);
    expect(await found('--call', 'a')).toEqual(['a']);
    expect(await found('--failed')).toEqual(['c']);
    expect(await found('--context', 'other')).toEqual([]);
    expect(await found('--since', '2026-11-25T10:00:04Z')).toEqual(['a', 'b', 'c']);
    expect(await found('--since', '2026-11-25T10:00:05Z')).toEqual([]);
    expect(await found('--until', '2026-11-25T09:59Z')).toEqual([]);
    expect(await found('-n', '2')).toEqual(['b', 'c']);
  });

  test.each([
    [['-n', '0'], 'expected a whole number from 1 to 10000'],
    [['--since', 'yesterday'], 'expected such as 90s, 10m, 2h, 3d or 2026-11-25T18:30'],
  ])('%j is refused', async (flags, message) => {
    const { code, stderr } = await runInProcess(['logs', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('says what it cannot read', async () => {
    const pretty = await fileWith(['18:30:00.000 info  3f2a91c0 1001 → \x1b[31m1002']);
    expect(await runInProcess(['logs', pretty])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'parkway: expected JSON logs of Parkway\'s, found "18:30:00.000 info  3f2a91c0 1001 → \\x1b[31m1002"; ' +
        'log.file and log.format json write what can be read\n',
    });
    const mixed = await fileWith(['(node) a warning', ...callLines('a')]);
    const { code, stdout, stderr } = await runInProcess(['logs', mixed, '--format', 'json']);
    expect([code, ids(stdout)]).toEqual([1, ['a']]);
    expect(stderr).toBe(`parkway: 1 line is no log of Parkway's: "(node) a warning"\n`);
    const missing = await runInProcess(['logs', fresh('missing.log')]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('missing.log: ENOENT')]);
    const unconfigured = await runInProcess(['logs']);
    expect([unconfigured.code, unconfigured.stderr]).toEqual([
      2,
      expect.stringContaining('log.file is not configured'),
    ]);
    const two = await runInProcess(['logs', '-f', pretty, mixed]);
    expect([two.code, two.stderr]).toEqual([2, 'parkway: -f follows one file, found 2\n']);
    const none = await runInProcess(['logs', mixed, '--number', '9']);
    expect(none.stderr).toContain("no log of Parkway's");
  });

  test('-f follows: calls as they end, across a rotation, those in progress when asked and when it is stopped', async () => {
    const file = await fileWith([...callLines('old'), ...callLines('begun').slice(0, 2)]);
    const following = startParkway(['logs', '-f', file, '--format', 'json']);
    await following.line(/"id":"old"/);
    await rename(file, `${file}.1`);
    await appendFile(`${file}.1`, `${callLines('begun').slice(2).join('\n')}\n`);
    await writeFile(file, `${callLines('new').join('\n')}\n${logLine('open', 'arrived', 9)}\n`);
    await following.line(/"id":"new"/);
    following.process.kill('SIGQUIT');
    await following.line(/"id":"open"/);
    following.process.kill('SIGINT');
    const { code, stdout, stderr } = await following.finished;
    expect([code, stderr]).toEqual([0, '']);
    expect(ids(stdout)).toEqual(['old', 'begun', 'new', 'open', 'open']);
    expect(stdout).toMatch(/"id":"begun","state":"ended".*"data":"user\/1002"/);
  });

  test('what the daemon logs of real calls, followed while they go on', async () => {
    const file = fresh('parkway.log');
    const serve = ['serve', '--listen', '127.0.0.1:0', '--log-format', 'pretty', '--log-file', file];
    const parkway = startParkway(serve);
    const [, target = ''] = /listening on (\S+),/.exec(await parkway.line(/listening on/)) ?? [];
    const following = startParkway(['logs', '-f', file]);
    const dump = readDump(
      Buffer.from('Unique-ID: x\nCaller-Caller-ID-Name: \x1b]0;evil\x07\nCaller-Destination-Number: 86\n'),
    );
    await simulateLoad(startFreeSwitch(), {
      channels: [dump],
      calls: FOLLOWED,
      concurrency: FOLLOWED,
      target,
      asynchronous: true,
      full: true,
    });
    parkway.process.kill('SIGTERM');
    expect((await parkway.finished).code).toBe(0);
    // The last call is in the log now, so it is shown before anything else can be.
    await following.line(new RegExp(`(hung up|finished)`));
    following.process.kill('SIGINT');
    const { code, stdout } = await following.finished;
    expect(code).toBe(0);
    expect(stdout).toContain('anonymous "\\x1b]0;evil\\x07" → 86');
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });
});
