import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { runParkway } from '../support/run-parkway.js';

const out = fileURLToPath(new URL('../../examples/calls/calls-out.txt', import.meta.url));

describe('parkway why-not', () => {
  test('says why, and a change that replay confirms', async () => {
    const { code, stdout } = await runParkway(['why-not', out, 'call extension', '--format', 'json']);
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
    const replayed = await runParkway(['replay', out, '--set', `${change?.field ?? ''}=${change?.after ?? ''}`]);
    expect(replayed.stdout).toMatch(/matched +record, call extension\n/);
  });

  test('is readable, and knows the name that was meant', async () => {
    const { stdout } = await runParkway(['why-not', out, 'reception']);
    expect(stdout).toContain('did not reach reception in context default');
    expect(stdout).toContain('it is in external');
    const { code, stderr } = await runParkway(['why-not', out, 'cal extension']);
    expect(stderr).toContain('did you mean "call extension"?');
    expect(code).toBe(2);
  });
});
