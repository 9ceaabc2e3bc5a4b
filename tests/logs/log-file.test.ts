import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { LogFile } from '../../src/logs/log-file.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const fresh = temporaryDirectory();
const RETENTION = { maxBytes: 10_000, days: 1 };

function open(file: string, retention = RETENTION): { log: LogFile; problems: string[] } {
  const problems: string[] = [];
  return { log: new LogFile(file, retention, (problem) => problems.push(problem)), problems };
}

async function textsIn(file: string): Promise<string[]> {
  const names = (await readdir(path.dirname(file))).sort();
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(path.join(path.dirname(file), name));
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    }),
  );
}

describe('a log file', () => {
  test('is rotated and compressed before it is too large; no line is lost', async () => {
    const file = fresh('parkway.log');
    const { log, problems } = open(file);
    const blocks = Array.from({ length: 6 }, (_, index) => `${index}${'x'.repeat(500)}\n`);
    for (const block of blocks) await log.write(Buffer.from(block));
    await log.close();
    expect(problems).toEqual([]);
    const names = (await readdir(path.dirname(file))).sort();
    expect(names.at(-1)).toBe('parkway.log');
    for (const name of names.slice(0, -1)) expect(name).toMatch(/^parkway-\d{8}T\d{9}Z(-\d+)?\.log\.gz$/);
    expect((await textsIn(file)).sort().join('')).toBe(blocks.join(''));
    expect(names).toHaveLength(6);
  });

  test('the oldest go when all together are too large', async () => {
    const file = fresh('parkway.log');
    const { log } = open(file);
    const noise = (): Buffer => Buffer.from(Array.from({ length: 900 }, () => Math.floor(Math.random() * 256)));
    for (let count = 0; count < 30; count += 1) await log.write(noise());
    await log.close();
    const sizes = (await textsIn(file)).length;
    expect(sizes).toBeGreaterThan(5);
    expect(sizes).toBeLessThanOrEqual(11);
  });

  test('goes on where it was left, and compresses what a crash left behind', async () => {
    const file = fresh('parkway.log');
    await mkdir(path.dirname(file));
    await writeFile(file, 'before\n');
    await writeFile(path.join(path.dirname(file), 'parkway-20261125T000000000Z.log'), 'left\n');
    const { log } = open(file);
    await log.write(Buffer.from('after\n'));
    expect(await readFile(file, 'utf8')).toBe('before\nafter\n');
    await log.write(Buffer.alloc(2_000, 'y'));
    await log.close();
    expect(await readdir(path.dirname(file))).toContain('parkway-20261125T000000000Z.log.gz');
  });

  test('a file somebody else moved away is begun anew', async () => {
    const file = fresh('parkway.log');
    const { log } = open(file, { maxBytes: 1e9, days: 1 });
    await log.write(Buffer.from('one\n'));
    await rename(file, `${file}.1`);
    // It looks once a second whether its file is still there.
    while (!(await readdir(path.dirname(file))).includes('parkway.log')) await log.write(Buffer.from('two\n'));
    await log.close();
    expect((await readFile(`${file}.1`, 'utf8')) + (await readFile(file, 'utf8'))).toMatch(/^one\n(two\n)+$/);
  });
});
