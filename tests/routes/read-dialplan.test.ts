import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readRevision } from '../../src/routes/git-revision.js';
import { readDialplan } from '../../src/routes/read-dialplan.js';

const EXTENSION = '{ "condition": { "action": { "application": "answer" } } }';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'parkway-read-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write(file: string, text: string): void {
  const target = path.join(directory, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=Parkway', '-c', 'user.email=parkway@example.com'];
  execFileSync('git', ['-C', directory, ...identity, ...args], { stdio: 'pipe' });
}

describe('a directory', () => {
  test('is read and compiled once, its problems told', async () => {
    write('example.com/contexts.json', '{ "default": ["a", "missing"] }');
    write('example.com/extensions/a.json', EXTENSION);
    write('example.com/extensions/.a.json.swp', 'editor');
    const { documents, snapshot } = await readDialplan(directory);
    expect([...documents.keys()]).toEqual([
      path.join(directory, 'example.com/contexts.json'),
      path.join(directory, 'example.com/extensions/a.json'),
    ]);
    expect(snapshot.domains.get('example.com')?.contexts.get('default')?.extensions).toHaveLength(1);
    expect(snapshot.problems).toEqual([expect.objectContaining({ path: '/default/1' })]);
  });

  test('that is missing, a file, or without a dialplan is said to be', async () => {
    write('file', '');
    await expect(readDialplan(path.join(directory, 'none'))).rejects.toThrow('there is no such directory');
    await expect(readDialplan(path.join(directory, 'file'))).rejects.toThrow('expected a directory, found a file');
    await expect(readDialplan(directory)).rejects.toThrow('expected folders named for domains');
    await expect(readDialplan('ftp://somewhere')).rejects.toThrow('found ftp://');
  });
});

describe('a git revision', () => {
  let before: string;

  beforeEach(() => {
    before = process.cwd();
    process.chdir(directory);
  });

  afterEach(() => {
    process.chdir(before);
  });

  test('is read as it was, with names that hold spaces and Chinese, from the root or from here', async () => {
    git('init', '-q');
    write('dialplan/example.com/contexts.json', '{ "default": ["呼叫 分机"] }');
    write('dialplan/example.com/extensions/呼叫 分机.json', EXTENSION);
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    write('dialplan/example.com/contexts.json', '{ "default": [] }');
    git('commit', '-q', '-a', '-m', 'second');
    const old = await readDialplan('git:HEAD~1:dialplan/');
    expect([...old.documents.keys()]).toEqual([
      'git:HEAD~1:dialplan/example.com/contexts.json',
      'git:HEAD~1:dialplan/example.com/extensions/呼叫 分机.json',
    ]);
    expect(old.snapshot.domains.get('example.com')?.contexts.get('default')?.extensions).toHaveLength(1);
    const now = await readDialplan('git:HEAD:dialplan');
    expect(now.snapshot.domains.get('example.com')?.contexts.get('default')?.extensions).toHaveLength(0);
    process.chdir(path.join(directory, 'dialplan'));
    expect((await readRevision('HEAD', './')).size).toBe(2);
  });

  test('that there is not is reported in git’s own words, and an option is no revision', async () => {
    git('init', '-q');
    await expect(readDialplan('git:nowhere:dialplan/')).rejects.toThrow(/git:nowhere:dialplan\/: git says: fatal: /);
    await expect(readDialplan('git:--help:dialplan/')).rejects.toThrow('expected a revision');
    await expect(readDialplan('git:HEAD')).rejects.toThrow('expected git:<revision>:<folder>');
  });
});
