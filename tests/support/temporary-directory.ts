/** A directory for the tests of a file, removed when they are done. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';

/** Each call gives a path that is not there yet. */
export function temporaryDirectory(): (name: string) => string {
  const directory = mkdtempSync(path.join(tmpdir(), 'parkway-'));
  afterAll(() => rm(directory, { recursive: true, force: true }));
  let count = 0;
  return (name) => {
    count += 1;
    return path.join(directory, `${count}`, name);
  };
}
