import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { captureLines } from '../support/capture-lines.js';
import { runParkway } from '../support/run-parkway.js';

let directory: string;

const extension = (expression: string, data: string): string =>
  JSON.stringify({ condition: { field: 'destination_number', expression, action: { application: 'bridge', data } } });

async function writeDialplan(name: string, extensions: Readonly<Record<string, string>>): Promise<void> {
  const folder = path.join(directory, name, 'd.example');
  await mkdir(path.join(folder, 'extensions'), { recursive: true });
  await writeFile(path.join(folder, 'contexts.json'), JSON.stringify({ default: Object.keys(extensions) }));
  for (const [one, text] of Object.entries(extensions))
    await writeFile(path.join(folder, 'extensions', `${one}.json`), text);
}

const at = (name: string): string => path.join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-'));
  await writeDialplan('old', {
    local: extension('^(1\\d{3})$', 'user/$1'),
    out: extension('^0(\\d+)$', 'sofia/gateway/a/$1'),
  });
  await writeDialplan('new', {
    colleague: extension('^(1\\d{3})$', 'user/$1'),
    abroad: extension('^00', 'sofia/gateway/b/x'),
    out: extension('^0(\\d+)$', 'sofia/gateway/a/$1'),
  });
  const calls = captureLines([
    { destination: '1002' },
    { destination: '0571' },
    { destination: '0044', caller: '`|<b>' },
    { destination: '0049' },
    { destination: '77' },
  ]);
  await writeFile(at('calls.ndjson'), `${calls}this is no capture\n${calls}`);
  await writeFile(at('more.ndjson.gz'), gzipSync(captureLines([{ destination: '0033' }])));
  await writeFile(
    at('allow.yaml'),
    '- { to: { extension: abroad }, reason: the new trunk abroad, until: "2999-12-31" }\n',
  );
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('parkway diff', () => {
  test('hunts, if that is wanted, in the contexts FreeSWITCH had the calls in; coverage too', async () => {
    const dumpIn = (context: string): string =>
      `Event-Name: CHANNEL_DATA\nUnique-ID: ${context}\nCaller-Destination-Number: 0044\nCaller-Context: ${context}\n\n`;
    await writeFile(at('contexts.txt'), dumpIn('default') + dumpIn('elsewhere'));
    const args = ['--calls', at('contexts.txt'), '--format', 'json'];
    const routed = await runParkway(['diff', at('old'), at('new'), ...args]);
    expect(routed.stdout).toContain('"calls":2,"moved":2');
    const asked = await runParkway(['diff', at('old'), at('new'), ...args, '--caller-context']);
    expect(asked.stdout).toContain('"calls":2,"moved":1');
    const covered = await runParkway(['coverage', at('old'), ...args, '--caller-context']);
    expect(covered.stdout).toContain('"text":"d.example out","counts":"tried 1, matched 1"');
  });

  test('groups the calls that go elsewhere, with one of them and its traces where they part', async () => {
    const args = ['diff', at('old'), at('new'), '--calls', at('*.ndjson*')];
    const { code, stdout } = await runParkway([...args, '--threads', '2']);
    expect(stdout.replace(/(expected JSON): .*/, '$1'))
      .toBe(`5 of 11 calls go elsewhere (45.5 %): ${at('old')} → ${at('new')}

5 go elsewhere:

  5 calls
    from  default: out → bridge sofia/gateway/a/$1
    to    default: abroad → bridge sofia/gateway/b/x
    such as \`|<b> → 0044 (${at('calls.ndjson')}:3):
      - parsing [default->local] continue=false
      - Regex (FAIL) [local] destination_number(0044) =~ /^(1\\d{3})$/ break=on-false
      - parsing [default->out] continue=false
      - Regex (PASS) [out] destination_number(0044) =~ /^0(\\d+)$/ break=on-false
      - Action bridge(sofia/gateway/a/044)
      + parsing [default->colleague] continue=false
      + Regex (FAIL) [colleague] destination_number(0044) =~ /^(1\\d{3})$/ break=on-false
      + parsing [default->abroad] continue=false
      + Regex (PASS) [abroad] destination_number(0044) =~ /^00/ break=on-false
      + Action bridge(sofia/gateway/b/x)

2 do the same by other contexts or extensions:

  2 calls
    from  default: local → bridge user/$1
    to    default: colleague → bridge user/$1
    such as 1001 → 1002 (${at('calls.ndjson')}:1):
      - parsing [default->local] continue=false
      - Regex (PASS) [local] destination_number(1002) =~ /^(1\\d{3})$/ break=on-false
      - Action bridge(user/1002)
      + parsing [default->colleague] continue=false
      + Regex (PASS) [colleague] destination_number(1002) =~ /^(1\\d{3})$/ break=on-false
      + Action bridge(user/1002)

1 recording could not be read.
! ${at('calls.ndjson')}:6: expected JSON
`);
    expect(code).toBe(1);
  });

  test('exits 0 where every move was expected, and says why it was', async () => {
    const { code, stdout } = await runParkway([
      ...['diff', at('old'), at('new'), '--calls', at('calls.ndjson')],
      ...['--allow', at('allow.yaml'), '--format', 'json'],
    ]);
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({ summary: { calls: 10, moved: 0, expected: 4, renamed: 2, unreadable: 1 } });
    expect(lines[0]).toMatchObject({ kind: 'expected', count: 4, reason: 'the new trunk abroad' });
  });

  test('writes Markdown in which nothing of a call is markup', async () => {
    const { code, stdout } = await runParkway([
      ...['diff', at('old'), at('new'), '--calls', at('calls.ndjson'), '--format', 'markdown'],
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('| 4 | <code>default: out → bridge sofia/gateway/a/&#36;1</code> |');
    expect(stdout).toContain('<summary>4: \\`\\|&#60;b&#62; → 0044');
    expect(stdout).toContain('```diff\n- parsing [default->local] continue=false\n');
  });

  test('exits 2 where a file is missing or an expectation is none', async () => {
    await writeFile(at('bad.yaml'), '- { to: { extensions: abroad } }\n');
    const missing = await runParkway(['diff', at('old'), at('new'), '--calls', at('none')]);
    expect([missing.code, missing.stderr]).toEqual([2, 'parkway: no recorded call could be read\n']);
    expect(missing.stdout).toContain(`! ${at('none')}: there is no such file`);
    const bad = await runParkway([
      'diff',
      at('old'),
      at('new'),
      '--calls',
      at('calls.ndjson'),
      '--allow',
      at('bad.yaml'),
    ]);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain(
      `${at('bad.yaml')}: /0/to/extensions: unknown key "extensions", did you mean "extension"?`,
    );
  });
});

describe('parkway coverage', () => {
  test('counts what calls reach, and marks what none did', async () => {
    const { code, stdout } = await runParkway(['coverage', at('new'), '--calls', at('more.ndjson.gz')]);
    expect(stdout.split('\n')).toEqual([
      '✗ d.example colleague  (tried 1, never matched)',
      '✗   destination_number =~ ^(1\\d{3})$  (never passed, failed 1)',
      '✗     action bridge user/$1  (never taken)',
      '  d.example abroad  (tried 1, matched 1)',
      '✗   destination_number =~ ^00  (passed 1, never failed)',
      '      action bridge sofia/gateway/b/x  (taken 1)',
      '✗ d.example out  (never tried, never matched)',
      '✗   destination_number =~ ^0(\\d+)$  (never passed, never failed)',
      '✗     action bridge sofia/gateway/a/$1  (never taken)',
      '',
      '1 calls reach 2 of 9 extensions, conditions and actions every way there is',
      '',
    ]);
    expect(code).toBe(0);
  });
});
