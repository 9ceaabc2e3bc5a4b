/** What the daemon writes, where nobody takes it: calls go on, and it stops in time. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, watch, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { fileStamp } from '../../src/disk/file-stamp.js';
import { readDump } from '../../src/replay/read-dump.js';
import { simulateLoad } from '../../src/simulator/simulate-load.js';
import { startFreeSwitch } from '../../src/simulator/start-free-switch.js';
import { startOnFullDisk, startParkway, type Running } from '../support/run-parkway.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { writeDialplan } from '../support/test-daemon.js';

const fresh = temporaryDirectory();
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const CALLS = 5;
const ADDRESS = /"address":"([^"]+)"/;
const STUCK_MS = 30_000;
const PIPES_AT_ONCE = 10_000;
const SERVE = ['serve', '--listen', '127.0.0.1:0', '--supervisor', 'off', '--log-format', 'json'];
const SERVE_WITH_PAGE = SERVE.map((argument) => (argument === 'off' ? '127.0.0.1:0' : argument));

describe('the logs of parkway serve', () => {
  test('go to a file besides, and SIGTERM writes what waits', async () => {
    const file = fresh('parkway.log');
    const parkway = startParkway([...SERVE, '--log-file', file]);
    await parkway.line(/listening/);
    parkway.process.kill('SIGTERM');
    const { code, stdout } = await parkway.finished;
    expect(code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(stdout);
    expect(stdout).toMatch(/"event":"stopped"/);
  });

  test('a full disk is said on standard output; when there is room again, the file goes on', async () => {
    const file = fresh('parkway.log');
    await mkdir(path.dirname(file));
    await symlink('/dev/full', file);
    const parkway = startParkway([...SERVE, '--log-file', file]);
    expect(await parkway.line(/ENOSPC/)).toContain(`the log in ${file}`);
    await rm(file);
    await parkway.line(/goes on; 0 lines were dropped/);
    parkway.process.kill('SIGTERM');
    expect((await parkway.finished).code).toBe(0);
    expect(await readFile(file, 'utf8')).toMatch(/"event":"listening"[^]*"event":"stopped"/);
  });

  test('a disk that is full in the middle of a block holds up no call; with room again nothing is missing', async () => {
    const file = fresh('parkway.log');
    const captures = fresh('captures');
    const args = [...SERVE, '--log-file', file, '--capture', captures];
    // What is beyond is written by half, then refused.
    const parkway = startOnFullDisk(2, args);
    const target = await addressOf(parkway);
    expect(await play(target)).toEqual([CALLS, { 'hung up: NORMAL_CLEARING': CALLS }]);
    await parkway.line(/the log in .*EFBIG/);
    await parkway.line(/capture files in .*EFBIG/);
    giveRoom(parkway);
    await parkway.line(/the log in .* goes on; 0 lines were dropped/);
    await parkway.line(/capture files in .* are written again; 0 calls were not captured/);
    parkway.process.kill('SIGTERM');
    const { code, stdout } = await parkway.finished;
    expect(code).toBe(0);
    expect(eventsOf(await readFile(file, 'utf8'))).toEqual(eventsOf(stdout));
    expect((await capturedLines(captures)).length).toBe(CALLS);
  });

  test('a disk that stays full costs captured calls, which are counted and said, and never a call', async () => {
    const captures = fresh('captures');
    const parkway = startOnFullDisk(0, [...SERVE_WITH_PAGE, '--store', await busyDialplan(), '--capture', captures]);
    const [target, page] = [await addressOf(parkway), await pageOf(parkway)];
    const calls = 100;
    // More than the 16 MB that wait.
    const headers = { variable_large: 'x'.repeat(200_000) };
    expect(await play(target, calls, headers)).toEqual([calls, { 'hung up: USER_BUSY': calls }]);
    await parkway.line(/capture files in .*EFBIG.*; calls may go uncaptured/);
    while ((await dropped(page)) === 0);
    giveRoom(parkway);
    const [, said] =
      /are written again; (\d+) calls were not captured/.exec(await parkway.line(/are written again/)) ?? [];
    const lost = await dropped(page);
    expect(lost).toBe(Number(said));
    parkway.process.kill('SIGTERM');
    expect((await parkway.finished).code).toBe(0);
    expect((await capturedLines(captures)).length).toBe(calls - lost);
  });

  test('a disk that is stuck costs captured calls, which are counted and said, and holds up neither calls nor the end', async () => {
    const captures = fresh('captures');
    const parkway = startParkway([...SERVE_WITH_PAGE, '--store', await busyDialplan(), '--capture', captures]);
    const [target, page] = [await addressOf(parkway), await pageOf(parkway)];
    makeStuck(captures, parkway.process.pid as number);
    const calls = 200;
    // Twice what may wait.
    const headers = { variable_large: 'x'.repeat(200_000) };
    expect(await play(target, calls, headers)).toEqual([calls, { 'hung up: USER_BUSY': calls }]);
    await parkway.line(/capture files in .*: it is written more slowly than it comes; calls may go uncaptured/);
    expect(await dropped(page)).toBeGreaterThan(0);
    parkway.process.kill('SIGTERM');
    const { code, stdout } = await parkway.finished;
    expect(code).toBe(0);
    expect(stdout).toMatch(/"event":"stopped"/);
    // Not one file could be opened.
    expect((await readdir(captures, { withFileTypes: true })).every((entry) => entry.isFIFO())).toBe(true);
  });

  test('a reader of standard output that stopped reading holds up neither calls nor the end', async () => {
    const file = fresh('parkway.log');
    const directory = path.dirname(file);
    await mkdir(directory);
    const pipe = openFullPipe(path.join(directory, 'stdout'));
    const daemon = spawn(process.execPath, [main, ...SERVE, '--log-file', file], {
      stdio: ['ignore', pipe.writer, 'inherit'],
      env: { PATH: process.env['PATH'] },
    });
    const exited = once(daemon, 'exit');
    try {
      const [, target = ''] = await Promise.race([inFile(file, ADDRESS), exited.then(endedEarly)]);
      expect(await play(target)).toEqual([CALLS, { 'hung up: NORMAL_CLEARING': CALLS }]);
      daemon.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
      const log = await readFile(file, 'utf8');
      expect(log.match(/"event":"ended"/g)).toHaveLength(CALLS);
      expect(log).toMatch(/"event":"stopped"/);
    } finally {
      daemon.kill('SIGKILL');
      pipe.close();
    }
  });
});

async function dropped(page: string): Promise<number> {
  const metrics = await (await fetch(`${page}/metrics`)).text();
  return Number(/^parkway_records_dropped_total\{output="capture"\} (\d+)$/m.exec(metrics)?.[1]);
}

async function play(
  target: string,
  count = CALLS,
  headers: Readonly<Record<string, string>> = {},
): Promise<[calls: number, outcomes: unknown]> {
  const dump = readDump(await readFile(new URL('../../examples/calls/calls-abroad.txt', import.meta.url)));
  const { calls, outcomes } = await simulateLoad(startFreeSwitch(), {
    channels: [new Map([...dump, ...Object.entries(headers)])],
    calls: count,
    concurrency: Math.min(count, 50),
    target,
    asynchronous: true,
    full: true,
  });
  return [calls, outcomes];
}

async function addressOf(parkway: Running): Promise<string> {
  return ADDRESS.exec(await parkway.line(ADDRESS))?.[1] ?? '';
}

async function pageOf(parkway: Running): Promise<string> {
  return /http:[^" ]+/.exec(await parkway.line(/page for supervisors on/))?.[0] ?? '';
}

async function busyDialplan(): Promise<string> {
  const store = fresh('dialplan');
  await writeDialplan(store, { busy: { condition: { action: { application: 'hangup', data: 'USER_BUSY' } } } });
  return store;
}

function giveRoom(parkway: Running): void {
  execFileSync('prlimit', ['--pid', String(parkway.process.pid), '--fsize=unlimited']);
}

function eventsOf(log: string): unknown[] {
  return log
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { event: unknown }).event);
}

async function capturedLines(directory: string): Promise<string[]> {
  const files = await readdir(directory);
  const texts = await Promise.all(
    files.map(async (name) => gunzipSync(await readFile(path.join(directory, name))).toString()),
  );
  return texts.join('').split('\n').slice(0, -1);
}

/**
 * Whatever name the next capture file of the process gets within the next half minute, opening it never comes to an end: pipes that
 * nobody reads have those names, which tell the millisecond.
 */
function makeStuck(captures: string, pid: number): void {
  const now = Date.now();
  for (let from = now; from < now + STUCK_MS; from += PIPES_AT_ONCE) {
    const names = Array.from(
      { length: PIPES_AT_ONCE },
      (_, ms) => `calls-${fileStamp(new Date(from + ms))}-${pid}.ndjson.gz`,
    );
    execFileSync('mkfifo', names, { cwd: captures });
  }
}

/** A pipe that takes nothing more. `writer` is what a shell would give: only the descriptor that fills it is non-blocking. */
function openFullPipe(name: string): { writer: number; close(): void } {
  execFileSync('mkfifo', [name]);
  const filler = openSync(name, constants.O_RDWR | constants.O_NONBLOCK);
  for (const size of [65_536, 1]) {
    while (isTaken(filler, Buffer.alloc(size))) continue;
  }
  const writer = openSync(name, constants.O_WRONLY);
  return {
    writer,
    close() {
      closeSync(writer);
      closeSync(filler);
    },
  };
}

function isTaken(descriptor: number, bytes: Buffer): boolean {
  try {
    return writeSync(descriptor, bytes) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
    throw error;
  }
}

async function inFile(file: string, pattern: RegExp): Promise<RegExpExecArray> {
  // From before the first look on, so that no change goes unseen.
  const watcher = watch(path.dirname(file));
  try {
    for (;;) {
      const changed = once(watcher, 'change');
      const found = pattern.exec(await readFile(file, 'utf8').catch(() => ''));
      if (found !== null) return found;
      await changed;
    }
  } finally {
    watcher.close();
  }
}

function endedEarly([code]: readonly unknown[]): never {
  throw new Error(`ended with ${String(code)} before it listened`);
}
