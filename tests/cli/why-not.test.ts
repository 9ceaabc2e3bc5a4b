import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { runInProcess } from '../support/run-in-process.js';

const out = fileURLToPath(new URL('../../examples/calls/calls-out.txt', import.meta.url));

describe('parkway why-not', () => {
  test('says why, and a change that replay confirms', async () => {
    const { code, stdout } = await runInProcess(['why-not', out, 'call extension', '--format', 'json']);
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as {
      reason: object;
      solutions: { changes: { field: string; after: string }[] }[];
    };
    expect(answer.reason).toEqual({
      kind: 'failed',
      tests: ['destination_number "13800138000" does not match ^(1\\d{3})$'],
    });
    const [change] = answer.solutions[0]?.changes ?? [];
    const replayed = await runInProcess(['replay', out, '--set', `${change?.field ?? ''}=${change?.after ?? ''}`]);
    expect(replayed.stdout).toMatch(/matched +record, call extension\n/);
  });

  test('is readable, and knows the name that was meant', async () => {
    const { stdout } = await runInProcess(['why-not', out, 'reception']);
    expect(stdout).toContain('did not reach reception in context default');
    expect(stdout).toContain('it is in external');
    const { code, stderr } = await runInProcess(['why-not', out, 'cal extension']);
    expect(stderr).toContain('did you mean "call extension"?');
    expect(code).toBe(2);
  });

  test('says how far it searched where it finds nothing, fit for a ticket', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'parkway-'));
    const extensions = path.join(directory, 'd/extensions');
    await mkdir(extensions, { recursive: true });
    await writeFile(path.join(directory, 'd/contexts.json'), '{"default":["never"]}');
    await writeFile(
      path.join(extensions, 'never.json'),
      JSON.stringify({ condition: { mon: '2', mday: '30', action: { application: 'answer' } } }),
    );
    const args = ['why-not', out, 'never', '--store', directory];
    const { code, stdout } = await runInProcess([...args, '--format', 'markdown']);
    await rm(directory, { recursive: true });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^#### 1001 → 13800138000 did not reach never\n\n<code>.*calls-out\.txt:1<\/code>\n\n```\n/);
    expect(stdout).toContain(
      'Date/TimeMatch (FAIL) [never] break=on-false\n      mon is 11, not 2; mday is 22, not 30\n',
    );
    expect(stdout).toContain('the 1 call that came into question was tried');
    expect(stdout).toContain('there is no moment, in whatever year');
  });
});
