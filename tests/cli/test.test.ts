import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInProcess } from '../support/run-in-process.js';
import { runParkway, startParkway } from '../support/run-parkway.js';

const example = 'examples/dialplan-tests/example.com.yaml';
const store = path.resolve('examples/dialplan');
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

const failing = (contexts: string): string => `
dialplan: ${store}
call: { destination_number: "13800138000", variables: { record_filename: x } }
tests:
  - { name: "<calls> & out", inContext: ${contexts}, expect: { hangup: true } }
  - { name: not yet, skip: the trunk is not there, expect: { hangup: true } }
`;

describe('parkway test', () => {
  test('passes the tests of the example dialplan, and says how many there are', async () => {
    const { code, stdout } = await runParkway(['test', example]);
    expect(stdout).toMatch(/^16 passed in \d+ ms\n$/);
    expect(code).toBe(0);
  });

  test('writes JUnit, with the trace of the condition that decided, and exits 1', async () => {
    const file = path.join(directory, 'failing.yaml');
    await writeFile(file, failing('default'));
    const { code, stdout } = await runInProcess(['test', path.join(directory, 'fail*.yaml'), '--format', 'junit']);
    expect(code).toBe(1);
    expect(stdout).toContain('<testsuites name="parkway test" tests="2" failures="1" errors="0" skipped="1"');
    expect(stdout).toContain(`<testcase name="&lt;calls&gt; &amp; out" classname="${file}"`);
    expect(stdout).toContain(
      '<failure message="expected a hangup, found bridge sofia/gateway/default/${destination_number}">',
    );
    expect(stdout).toContain('Regex (PASS) [outbound] destination_number(13800138000) =~ /^\\d+$/ break=on-false');
    expect(stdout).toContain('<skipped message="the trunk is not there">');
  });

  test('writes Markdown for a pull request: what did not pass, and why', async () => {
    const file = path.join(directory, 'markdown.yaml');
    await writeFile(file, failing('default'));
    const { code, stdout } = await runInProcess(['test', file, '--format', 'markdown']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\*\*parkway test\*\*: 1 failed, 1 skipped in \d+ ms\n\n\| \| test \| what \|\n/);
    expect(stdout).toContain(
      '| failed | &#60;calls&#62; &#38; out | expected a hangup, found bridge sofia/gateway/default/',
    );
    expect(stdout).toContain('| skipped | not yet | the trunk is not there |');
    expect(stdout).toContain(`<details><summary>&#60;calls&#62; &#38; out (${file}:5:5)</summary>\n\n\`\`\`\n`);
  });

  test('says which documents were refused: what they would decide is not tested', async () => {
    const extensions = path.join(directory, 'refused/d/extensions');
    await mkdir(extensions, { recursive: true });
    await writeFile(path.join(directory, 'refused/d/contexts.json'), '{"default":["e"]}');
    await writeFile(path.join(extensions, 'e.json'), '{"condition":{"action":"answer"}}');
    const file = path.join(directory, 'refused.yaml');
    await writeFile(file, 'tests: [{ name: t, call: { destination_number: 1 }, expect: { noRoute: true } }]\n');
    const { stderr } = await runInProcess(['test', file, '--store', path.join(directory, 'refused')]);
    expect(stderr).toMatch(/^parkway: .*e\.json:1:15 \/condition\/action: expected an object, found "answer"/);
  });

  test('exits 2 with the line of what it cannot read', async () => {
    const file = path.join(directory, 'broken.yaml');
    await writeFile(file, 'tests:\n  - name: t\n    expects: {}\n');
    const { code, stderr } = await runInProcess(['test', file]);
    expect(code).toBe(2);
    expect(stderr).toBe(`parkway: ${file}:3:5: /tests/0/expects: unknown key "expects", did you mean "expect"?\n`);
  });

  test('reads tests from standard input, once', async () => {
    const { code, stderr } = await runInProcess(['test', '-', '--watch']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'parkway: --watch: expected files, found standard input, which is read once\n',
    });
    const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
    const input = failing('default').replace('hangup: true', 'noRoute: false');
    const stdout = execFileSync(process.execPath, [main, 'test', '-', '--verbose'], { input, encoding: 'utf8' });
    expect(stdout).toMatch(/^✓ <calls> & out\n- not yet {2}\(standard input:6:5\)\n/);
  });

  test('--watch runs again when a file changes, and ends with the status of the last run', async () => {
    const file = path.join(directory, 'watched.yaml');
    await writeFile(file, failing('default'));
    const running = startParkway(['test', file, '--watch']);
    await running.line(/^1 failed, 1 skipped/);
    await running.line(/^watching /);
    await writeFile(file, failing('external').replace('hangup: true', 'noRoute: false'));
    await running.line(/^1 passed, 1 skipped|^1 in error/);
    running.process.kill('SIGINT');
    expect(await running.finished).toMatchObject({ stderr: '' });
  });
});
