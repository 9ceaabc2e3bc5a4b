import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemFiles } from '../../src/convert/system-files.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-glob-'));
  for (const folder of ['a', 'B', '.hidden']) {
    await mkdir(path.join(directory, folder));
    for (const file of ['10.xml', '9.xml', '.x.xml', '{a,b}.xml', '!c.xml', 'é.xml', 'x.xml.noload']) {
      await writeFile(path.join(directory, folder, file), 'text');
    }
  }
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

// The order and the matches are those that ls -1 prints for the same pattern in the C locale.
test.each([
  [
    '*/*.xml',
    [
      'B/!c.xml',
      'B/10.xml',
      'B/9.xml',
      'B/{a,b}.xml',
      'B/é.xml',
      'a/!c.xml',
      'a/10.xml',
      'a/9.xml',
      'a/{a,b}.xml',
      'a/é.xml',
    ],
  ],
  ['a/9.xml', ['a/9.xml']],
  ['a/none.xml', []],
  ['none/*.xml', []],
  ['a/[0-9]*', ['a/10.xml', 'a/9.xml']],
  ['a/[!0-9].xml', []],
  ['a/?.xml', ['a/9.xml']],
  ['a/{9,10}.xml', []],
  ['a/{*', ['a/{a,b}.xml']],
  ['a/!*', ['a/!c.xml']],
  ['.*/9.xml', ['.hidden/9.xml']],
  ['**/9.xml', ['B/9.xml', 'a/9.xml']],
  ['a/../B/9.*', ['a/../B/9.xml']],
])('%s', (pattern, expected) => {
  expect(systemFiles.match(`${directory}/${pattern}`)).toEqual(expected.map((file) => `${directory}/${file}`));
});
