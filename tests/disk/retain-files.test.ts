import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { retainFiles } from '../../src/disk/retain-files.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const fresh = temporaryDirectory();
const DAY_S = 86_400;

/** Files of 10 bytes with an age in days. */
async function directoryWith(ages: Readonly<Record<string, number>>): Promise<string> {
  const directory = fresh('files');
  await mkdir(directory, { recursive: true });
  for (const [name, age] of Object.entries(ages)) {
    const at = Date.now() / 1000 - age * DAY_S;
    await writeFile(path.join(directory, name), '0123456789');
    await utimes(path.join(directory, name), at, at);
  }
  return directory;
}

const isOurs = (name: string): boolean => name.endsWith('.gz');

describe('retention', () => {
  test.each([
    ['nothing where all fits', { maxBytes: 30, days: 5 }, ['a.gz', 'b.gz', 'c.gz', 'other.txt']],
    ['the oldest beyond the size', { maxBytes: 29, days: 5 }, ['a.gz', 'b.gz', 'other.txt']],
    ['what is too old', { maxBytes: 1000, days: 1.5 }, ['a.gz', 'b.gz', 'other.txt']],
    ['never the newest', { maxBytes: 1, days: 0.1 }, ['a.gz', 'other.txt']],
  ])('removes %s', async (_, retention, left) => {
    const directory = await directoryWith({ 'a.gz': 0.5, 'b.gz': 1, 'c.gz': 2, 'other.txt': 99 });
    await retainFiles(directory, isOurs, retention);
    expect((await readdir(directory)).sort()).toEqual(left);
  });

  test('a directory that is not there is an error', async () => {
    await expect(retainFiles(fresh('none'), isOurs, { maxBytes: 1, days: 1 })).rejects.toThrow(/ENOENT/);
  });
});
