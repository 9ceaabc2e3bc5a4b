import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { captureLines } from '../support/capture-lines.js';
import { runInProcess } from '../support/run-in-process.js';
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
    const routed = await runInProcess(['diff', at('old'), at('new'), ...args]);
    expect(routed.stdout).toContain('"calls":2,"moved":2');
    const asked = await runInProcess(['diff', at('old'), at('new'), ...args, '--caller-context']);
    expect(asked.stdout).toContain('"calls":2,"moved":1');
    const covered = await runInProcess(['coverage', at('old'), ...args, '--caller-context']);
    expect(covered.stdout).toContain('"text":"d.example out","counts":"tried 1, matched 1"');
  });

  test('knows the global variables it is told of, as coverage does', async () => {
    const north = JSON.stringify({
      condition: { field: '${site}', expression: '^north$', action: { application: 'answer' } },
    });
    await writeDialplan('sites', { north });
    await writeDialplan('no sites', { north: north.replace('north', 'south') });
    await writeFile(at('globals.txt'), 'hostname=pbx\nsite=north\n');
    const args = ['--calls', at('calls.ndjson'), '--globals', at('globals.txt'), '--format', 'json'];
    const moved = await runInProcess(['diff', at('sites'), at('no sites'), ...args]);
    expect(moved.stdout).toContain('"calls":10,"moved":10');
    const covered = await runInProcess(['coverage', at('sites'), ...args]);
    expect(covered.stdout).toContain('"text":"d.example north","counts":"tried 10, matched 10"');
    await writeFile(at('globals.txt'), 'nothing at all');
    const refused = await runInProcess(['coverage', at('sites'), ...args]);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('globals.txt: expected <X-PRE-PROCESS'),
    ]);
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
    const { code, stdout } = await runInProcess([
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

  test('reads captures from standard input as it does from a file, beside other files and with threads', async () => {
    const files = ['--calls', '-', at('more.ndjson.gz')];
    const { stdout } = spawnSync(
      process.execPath,
      ['dist/main.js', 'diff', at('old'), at('new'), ...files, '--threads', '2', '--format', 'json'],
      { input: await readFile(at('calls.ndjson')), encoding: 'utf8' },
    );
    const lines = stdout.trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ summary: { calls: 11, moved: 5, unreadable: 1 } });
  });

  test('writes Markdown in which nothing of a call is markup', async () => {
    const { code, stdout } = await runInProcess([
      ...['diff', at('old'), at('new'), '--calls', at('calls.ndjson'), '--format', 'markdown'],
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('| 4 | <code>default: out → bridge sofia/gateway/a/&#36;1</code> |');
    expect(stdout).toContain('<summary>4: \\`\\|&#60;b&#62; → 0044');
    expect(stdout).toContain('```diff\n- parsing [default->local] continue=false\n');
  });

  test('writes JUnit in which every way calls move is a case, a failure where it was not expected', async () => {
    const args = ['diff', at('old'), at('new'), '--calls', at('calls.ndjson'), '--format', 'junit'];
    const moved = await runInProcess([...args, '--threads', '1']);
    expect(moved.code).toBe(1);
    expect(moved.stdout).toMatch(/^<testsuites name="parkway diff" tests="2" failures="1" errors="0"/m);
    expect(moved.stdout).toContain(
      '<failure message="default: out → bridge sofia/gateway/a/$1 becomes default: abroad →',
    );
    expect(moved.stdout).toContain('such as');
    const expected = await runInProcess([...args, '--threads', '1', '--allow', at('allow.yaml')]);
    expect(expected.code).toBe(0);
    expect(expected.stdout).toMatch(/^<testsuites name="parkway diff" tests="2" failures="0"/m);
    expect(expected.stdout).toContain('expected: the new trunk abroad');
  });

  test('says which documents of either dialplan were refused', async () => {
    await writeDialplan('broken', { local: '{ "condition": { "action": "answer" } }' });
    const { stderr } = await runInProcess([
      ...['diff', at('old'), at('broken'), '--calls', at('calls.ndjson'), '--threads', '1'],
    ]);
    expect(stderr).toContain(
      `${at('broken')}/d.example/extensions/local.json:1:18 /condition/action: expected an object, found "answer"`,
    );
  });

  test('exits 2 where a file is missing or an expectation is none', async () => {
    await writeFile(at('bad.yaml'), '- { to: { extensions: abroad } }\n');
    const missing = await runInProcess(['diff', at('old'), at('new'), '--calls', at('none')]);
    expect([missing.code, missing.stderr]).toEqual([2, 'parkway: no recorded call could be read\n']);
    expect(missing.stdout).toContain(`! ${at('none')}: there is no such file`);
    const bad = await runInProcess([
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
      `${at('bad.yaml')}:1:11: /0/to/extensions: unknown key "extensions", did you mean "extension"?`,
    );
  });
});

describe('parkway coverage', () => {
  test('counts what calls reach, and marks what none did', async () => {
    const { code, stdout } = await runInProcess(['coverage', at('new'), '--calls', at('more.ndjson.gz')]);
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
      '1 call reaches 2 of 9 extensions, conditions and actions every way there is',
      '',
    ]);
    expect(code).toBe(0);
  });

  const covered = async (args: readonly string[]): Promise<{ text: string; counts: string }[]> => {
    const { stdout } = await runInProcess(['coverage', ...args, '--format', 'json', '--threads', '1']);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { text: string; counts: string });
  };

  test('--answers tells what functions answer, --domain whose calls they are', async () => {
    await writeDialplan('asking', {
      vip: JSON.stringify({
        condition: { field: '${hash(select/vip/a)}', expression: '^gold$', action: { application: 'answer' } },
      }),
    });
    await mkdir(path.join(at('asking'), 'other.example/extensions'), { recursive: true });
    await writeFile(path.join(at('asking'), 'other.example/contexts.json'), '{"default":["one"]}');
    await writeFile(path.join(at('asking'), 'other.example/extensions/one.json'), extension('^0', 'user/1'));
    await writeFile(at('gold.yaml'), "api: { '${hash(select/vip/a)}': gold }\n");
    const args = [at('asking'), '--calls', at('more.ndjson.gz')];
    const countsOf = async (name: string, ...flags: string[]): Promise<string | undefined> =>
      (await covered([...args, ...flags])).find(({ text }) => text === name)?.counts;
    expect(await countsOf('d.example vip', '--domain', 'd.example')).toBe('tried 1, never matched');
    expect(await countsOf('d.example vip', '--domain', 'd.example', '--answers', at('gold.yaml'))).toBe(
      'tried 1, matched 1',
    );
    expect(await countsOf('other.example one', '--domain', 'other.example')).toBe('tried 1, matched 1');
    await writeFile(at('bad-answers.yaml'), 'globals: {}\napis: {}\n');
    const bad = await runInProcess(['coverage', ...args, '--answers', at('bad-answers.yaml')]);
    expect(bad).toMatchObject({
      code: 2,
      stderr: `parkway: ${at('bad-answers.yaml')}:2:1: /apis: expected "globals" or "api", found "apis"\n`,
    });
  });

  test('several threads count what one does', async () => {
    const args = ['coverage', at('new'), '--calls', at('*.ndjson*'), '--format', 'json'];
    const [one, three] = [await runParkway([...args, '--threads', '1']), await runParkway([...args, '--threads', '3'])];
    expect(three.stdout).toBe(one.stdout);
    expect(one.stdout).toContain('"text":"d.example abroad","counts":"tried 9, matched 5"');
  });

  test('is a page, or a table of what no call reached, in which nothing of a dialplan is markup', async () => {
    await writeDialplan('markup', { '<b>|`x`': extension('^<1>$', '<script>alert("&")</script>') });
    const args = ['coverage', at('markup'), '--calls', at('more.ndjson.gz'), '--threads', '1'];
    const { stdout: html } = await runInProcess([...args, '--format', 'html']);
    expect(html).toContain('<title>Dialplan coverage</title>');
    expect(html).toContain('<h1>1 call reaches 0 of 3 extensions');
    expect(html).toContain(
      '<tr class="never"><td>✗</td><th scope="row" style="padding-left:0em">d.example &#60;b&#62;|`x`</th>' +
        '<td class="counts">tried 1, never matched</td></tr>',
    );
    expect(html).toContain('bridge &#60;script&#62;alert(&#34;&#38;&#34;)&#60;/script&#62;</td>');
    expect(html).not.toContain('<script>');
    const { stdout: markdown } = await runInProcess([...args, '--format', 'markdown']);
    expect(markdown).toContain('| d.example &#60;b&#62;\\|\\`x\\` |  | tried 1, never matched |');
    expect(markdown).not.toContain('<script>');
  });
});
