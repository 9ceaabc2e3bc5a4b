import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { runInProcess } from '../support/run-in-process.js';

const calls = fileURLToPath(new URL('../../examples/calls', import.meta.url));

test('parkway dump show tells what was understood', async () => {
  const { code, stdout } = await runInProcess(['dump', 'show', `${calls}/calls-out.txt`]);
  expect(stdout).toMatch(/reply to connect, 88 headers, 74 variables\n/);
  expect(stdout).toMatch(/called +13800138000\n/);
  expect(stdout).toMatch(/time +2026-11-22T14:42:02\.063Z by Event-Date-Timestamp\n/);
  expect(code).toBe(0);
});

test('what parkway dump anonymise writes is routed as before', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'parkway-dump-'));
  try {
    const shared = await runInProcess(['dump', 'anonymise', calls, '--key', 'k', '--keep-host', 'example.com']);
    expect(shared.code).toBe(0);
    expect(shared.stdout).not.toContain('13800138000');
    const file = path.join(directory, 'shared.json');
    writeFileSync(file, shared.stdout);
    const routesOf = async (dump: string): Promise<unknown[]> => {
      const { stdout } = await runInProcess(['replay', dump, '--format', 'json']);
      const lines = stdout.trimEnd().split('\n');
      return lines.map((line) => (JSON.parse(line) as { matched: unknown }).matched);
    };
    expect(await routesOf(file)).toEqual(await routesOf(calls));
  } finally {
    rmSync(directory, { recursive: true });
  }
});
