import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentChanges } from '../../src/routes/document.js';
import { FileSource } from '../../src/routes/file-source.js';

let directory: string;
let source: FileSource | undefined;
let waiting: ((changes: DocumentChanges) => void)[];
let seen: DocumentChanges[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-'));
  await mkdir(path.join(directory, 'd', 'extensions'), { recursive: true });
  waiting = [];
  seen = [];
});

afterEach(async () => {
  await source?.close();
  source = undefined;
  await rm(directory, { recursive: true });
});

async function open(): Promise<void> {
  source = await FileSource.open(directory, {
    onChange(changes) {
      seen.push(changes);
      for (const notify of waiting.splice(0)) notify(changes);
      return Promise.resolve([]);
    },
    onError(error) {
      throw error;
    },
  });
}

const file = (...parts: string[]): string => path.join(directory, ...parts);
const nextChange = (): Promise<DocumentChanges> => new Promise((resolve) => waiting.push(resolve));

describe('documents in files', () => {
  test('all of them are read when it is opened, and nothing else', async () => {
    await writeFile(file('d', 'extensions', '呼 出.json'), '{}');
    await writeFile(file('d', 'contexts.json'), '[]');
    await writeFile(file('d', 'routes.json'), '1');
    for (const other of ['d/extensions/.x.json', 'd/extensions/x.json~', 'd/notes.json', 'README.json']) {
      await writeFile(file(other), 'ignored');
    }
    await open();
    expect([...(seen[0] ?? [])].sort()).toEqual([
      [file('d', 'contexts.json'), { domain: 'd', kind: 'contexts', name: 'contexts', text: '[]' }],
      [file('d', 'extensions', '呼 出.json'), { domain: 'd', kind: 'extension', name: '呼 出', text: '{}' }],
      [file('d', 'routes.json'), { domain: 'd', kind: 'routes', name: 'routes', text: '1' }],
    ]);
  });

  test('an empty directory is an empty dialplan', async () => {
    await open();
    expect(seen).toEqual([new Map()]);
  });

  test('a file that is added, changed, removed', async () => {
    await open();
    const extension = file('d', 'extensions', 'e.json');
    const added = nextChange();
    await writeFile(extension, '1');
    expect((await added).get(extension)?.text).toBe('1');
    const changed = nextChange();
    await writeFile(extension, '2');
    expect((await changed).get(extension)?.text).toBe('2');
    const removed = nextChange();
    await rm(extension);
    expect([...(await removed)]).toEqual([[extension, undefined]]);
  });

  test('an editor that writes elsewhere and renames shows as one change', async () => {
    const extension = file('d', 'extensions', 'e.json');
    await writeFile(extension, 'old');
    await open();
    const change = nextChange();
    await writeFile(file('d', 'extensions', '.e.json.swp'), 'new');
    await rename(file('d', 'extensions', '.e.json.swp'), extension);
    expect([...(await change)].map(([place, document]) => [place, document?.text])).toEqual([[extension, 'new']]);
    expect(seen).toHaveLength(2);
  });

  test('a new domain is found', async () => {
    await open();
    const change = nextChange();
    await mkdir(file('new.example'));
    await writeFile(file('new.example', 'contexts.json'), '{}');
    expect([...(await change).values()].map((document) => document?.domain)).toEqual(['new.example']);
  });

  test('reload reads everything, and tells what is gone', async () => {
    const extension = file('d', 'extensions', 'e.json');
    await writeFile(extension, '1');
    await open();
    await source?.close();
    await rm(extension);
    await source?.reload();
    expect(seen.at(-1)?.get(extension)).toBeUndefined();
    expect(seen.at(-1)?.has(extension)).toBe(true);
  });

  test('a directory that is missing, or a file, is told in one line', async () => {
    const listener = { onChange: () => Promise.resolve([]), onError: () => undefined };
    await expect(FileSource.open(file('nope'), listener)).rejects.toThrow(
      `${file('nope')}: there is no such directory`,
    );
    await writeFile(file('plain'), '');
    await expect(FileSource.open(file('plain'), listener)).rejects.toThrow('expected a directory, found a file');
  });
});
