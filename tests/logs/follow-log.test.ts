import { appendFile, mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { CAUGHT_UP, followLog, type FollowOptions } from '../../src/logs/follow-log.js';
import { LogFile } from '../../src/logs/log-file.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const fresh = temporaryDirectory();

async function logIn(name: string): Promise<{ file: string; rotated: (time: string) => string }> {
  const file = fresh(name);
  await mkdir(path.dirname(file));
  return { file, rotated: (time) => path.join(path.dirname(file), `parkway-20261125T${time}0000000Z.log`) };
}

function follow(file: string, options: Partial<FollowOptions> = {}) {
  const stopping = new AbortController();
  const unreadable: string[] = [];
  const lines = followLog(file, {
    since: 0,
    isFollowed: true,
    signal: stopping.signal,
    onUnreadable: (each) => unreadable.push(path.basename(each)),
    ...options,
  });
  return {
    stopping,
    unreadable,
    /** The next line; `…` where there is no more for now. */
    async next(): Promise<string | undefined> {
      const { value } = await lines.next();
      return value === CAUGHT_UP ? '…' : value?.text;
    },
    async rest(): Promise<string[]> {
      const texts: string[] = [];
      for await (const line of lines) texts.push(line === CAUGHT_UP ? '…' : line.text);
      return texts;
    },
  };
}

describe('a log', () => {
  test('begins with its rotated files, compressed or not, in their order; a half line at the end is still being written', async () => {
    const { file, rotated } = await logIn('parkway.log');
    await writeFile(`${rotated('08')}.gz`, gzipSync('1\n'));
    await writeFile(rotated('09'), '2\n');
    await writeFile(rotated('09').replace('.log', '-1.log'), '3\n');
    await writeFile(rotated('09').replace('.log', '-10.log'), '4\n');
    await writeFile(path.join(path.dirname(file), 'parkway-other.log'), 'other\n');
    await writeFile(file, '5\n6');
    expect(await follow(file, { isFollowed: false }).rest()).toEqual(['1', '2', '3', '4', '5']);
  });

  test('of what is too old only the last file is read, in which calls may begin', async () => {
    const { file, rotated } = await logIn('parkway.log');
    for (const time of ['06', '07', '08']) await writeFile(rotated(time), `${time}\n`);
    await writeFile(file, 'now\n');
    const since = Date.UTC(2026, 10, 25, 7, 30);
    expect(await follow(file, { isFollowed: false, since }).rest()).toEqual(['07', '08', 'now']);
    expect(await follow(file, { isFollowed: false, since: Date.now() + 1 }).rest()).toEqual(['08', 'now']);
  });

  test('a damaged rotated file is told and costs but itself', async () => {
    const { file, rotated } = await logIn('parkway.log');
    await writeFile(`${rotated('08')}.gz`, gzipSync('1\n'.repeat(100_000)).subarray(0, 100));
    await writeFile(file, 'now\n');
    const reading = follow(file, { isFollowed: false });
    expect((await reading.rest()).at(-1)).toBe('now');
    expect(reading.unreadable).toEqual(['parkway-20261125T080000000Z.log.gz']);
  });

  test('one that is not there is an error, unless it is waited for', async () => {
    const { file } = await logIn('parkway.log');
    await expect(follow(file, { isFollowed: false }).rest()).rejects.toThrow('there is no such file');
    const following = follow(file);
    expect(await following.next()).toBe('…');
    await writeFile(file, 'at last\n');
    expect(await following.next()).toBe('at last');
    following.stopping.abort();
    expect(await following.rest()).toEqual([]);
  });

  test('is followed as it grows, and when it is truncated', async () => {
    const { file } = await logIn('parkway.log');
    await writeFile(file, 'a long line\nha');
    const following = follow(file);
    expect([await following.next(), await following.next()]).toEqual(['a long line', '…']);
    await appendFile(file, 'lf\n');
    expect(await following.next()).toBe('half');
    await truncate(file);
    await appendFile(file, 'anew\n');
    expect(await following.next()).toBe('anew');
    following.stopping.abort();
    expect(await following.rest()).toEqual([]);
  });

  test('is followed when somebody else moves it away, to the last line written there', async () => {
    const { file } = await logIn('parkway.log');
    await writeFile(file, 'one\n');
    const following = follow(file);
    expect([await following.next(), await following.next()]).toEqual(['one', '…']);
    await rename(file, `${file}.1`);
    await appendFile(`${file}.1`, 'two\nend');
    await writeFile(file, 'three\n');
    expect([await following.next(), await following.next(), await following.next()]).toEqual(['two', 'end', 'three']);
    await rm(file);
    await writeFile(file, 'four\n');
    expect(await following.next()).toBe('four');
    following.stopping.abort();
    expect(await following.rest()).toEqual([]);
  });

  test('Parkway rotates it faster than it is read: every line comes once, in order', async () => {
    const { file } = await logIn('parkway.log');
    const log = new LogFile(file, { maxBytes: 1e6, days: 1 }, (problem) => {
      throw new Error(problem);
    });
    const numbers = Array.from({ length: 60 }, (_, index) => `${index} ${'x'.repeat(40_000)}`);
    await log.write(Buffer.from(`${numbers[0] ?? ''}\n`));
    const following = follow(file);
    const first = await following.next();
    for (const number of numbers.slice(1, 40)) await log.write(Buffer.from(`${number}\n`));
    const seen = [first];
    while (seen.length < 40) {
      const line = await following.next();
      if (line !== '…') seen.push(line);
    }
    for (const number of numbers.slice(40)) await log.write(Buffer.from(`${number}\n`));
    while (seen.length < numbers.length) seen.push(await following.next());
    expect(seen.map((line) => line?.split(' ')[0])).toEqual(numbers.map((_, index) => `${index}`));
    await log.close();
    following.stopping.abort();
    expect(await following.rest()).toEqual([]);
  });
});
