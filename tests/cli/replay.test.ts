import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInProcess } from '../support/run-in-process.js';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const out = path.join(examples, 'calls/calls-out.txt');

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'parkway-replay-'));
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function write(name: string, text: string): string {
  const file = path.join(directory, name);
  writeFileSync(file, text);
  return file;
}

describe('parkway replay', () => {
  test('shows the route, and where an expression stopped', async () => {
    const { code, stdout } = await runInProcess(['replay', out, '--explain=fails']);
    expect(stdout).toContain('1001 "1001" → 13800138000');
    expect(stdout).toContain('context default by profile internal');
    expect(stdout).toMatch(/matched +record, outbound\n/);
    expect(stdout).toContain('bridge sofia/gateway/default/${destination_number}');
    const lines = stdout.split('\n');
    const failed = lines.findIndex((line) => line.includes('[call extension]'));
    expect(lines[failed + 1]?.indexOf('^')).toBe((lines[failed]?.indexOf('13800138000') ?? 0) + 4);
    expect(stdout).not.toContain('\x1b');
    expect(code).toBe(0);
  });

  test('hunts in the context FreeSWITCH had the call in, if that is wanted, and says so where routes do not choose one', async () => {
    const call = write(
      'caller-context.txt',
      'Event-Name: CHANNEL_DATA\nUnique-ID: 1\nCaller-Destination-Number: 1001\nCaller-Context: external\n\n',
    );
    const store = path.join(examples, 'dialplan');
    const routed = await runInProcess(['replay', call, '--store', store]);
    expect(routed.stdout).toMatch(/context +default: .*\n +\(FreeSWITCH had the call in external: --caller-context/);
    const asked = await runInProcess(['replay', call, '--store', store, '--caller-context']);
    expect(asked.stdout).toMatch(/context +external: context external as asked for; .*\n +time/);
    const both = await runInProcess(['replay', call, '--caller-context', '--context', 'default']);
    expect([both.code, both.stderr]).toEqual([
      2,
      expect.stringContaining("cannot be used with option '--context <name>'"),
    ]);
  });

  test('changes number, variables and time, and asks the answers it is given', async () => {
    const answers = write(
      'answers.yaml',
      "api: { '${hash(select/vip/1002)}': gold }\nglobals: { record_filename: null }",
    );
    const args = ['replay', path.join(examples, 'calls'), '--destination', '1002', '--set', 'caller_id_name=Zoe'];
    const { code, stdout } = await runInProcess([
      ...[...args, '--answers', answers, '--now', '2026-11-25T18:30', '--timezone', 'Asia/Shanghai'],
      ...['--context', 'default', '--format', 'json', '--explain'],
    ]);
    const calls = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(calls).toHaveLength(4);
    expect(calls[0]).toMatchObject({
      destination: '1002',
      callerName: 'Zoe',
      clock: 'Wed 2026-11-25 18:30:00 Asia/Shanghai (time as asked for, zone as asked for)',
      context: 'default',
      certain: true,
      matched: ['record', 'call extension'],
      captures: [{ extension: 'call extension', field: 'destination_number', groups: ['1002'] }],
      unknown: [],
    });
    expect(code).toBe(0);
  });

  test('follows the call to where it is transferred, and tells what times were compared with', async () => {
    const store = path.join(directory, 'transfers');
    mkdirSync(path.join(store, 'd/extensions'), { recursive: true });
    write('transfers/d/contexts.json', '{ "default": ["to sales"], "sales": ["night", "day"] }');
    const extension = (name: string, condition: object): void => {
      write(`transfers/d/extensions/${name}.json`, JSON.stringify({ condition }));
    };
    extension('to sales', [
      {
        action: [
          { application: 'set', data: 'who=7' },
          { application: 'transfer', data: '5${who} XML sales' },
        ],
      },
    ]);
    extension('night', { wday: 'mon-fri', hour: '18-8', action: { application: 'hangup' } });
    extension('day', {
      field: 'destination_number',
      expression: '^5(.)$',
      action: { application: 'bridge', data: 'user/$1' },
    });
    const args = ['replay', out, '--store', store, '--now', '2026-11-28T10:00', '--timezone', 'UTC', '--explain=fails'];
    const pretty = await runInProcess(args);
    expect(pretty.stdout).toMatch(/then +transfer 57 XML sales → context sales\n +matched +day\n/);
    expect(pretty.stdout).toContain(
      'Date/TimeMatch (FAIL) [night] break=on-false\n      wday is sat, not mon-fri; hour is 10, not 18-8\n',
    );
    expect(pretty.code).toBe(0);
    const { stdout } = await runInProcess([...args, '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      matched: ['to sales'],
      times: [],
      then: [
        {
          by: { application: 'transfer', data: '57 XML sales' },
          actions: [{ application: 'bridge', data: 'user/7' }],
          times: [
            {
              extension: 'night',
              passed: false,
              compared: [
                { attribute: 'wday', expected: 'mon-fri', actual: 'sat', holds: false },
                { attribute: 'hour', expected: '18-8', actual: '10', holds: false },
              ],
            },
          ],
        },
      ],
    });
    extension('day', { field: 'destination_number', expression: '^6$', action: { application: 'answer' } });
    const lost = await runInProcess([...args, '--format', 'markdown']);
    expect(lost.stdout).toMatch(/^#### 1001 "1001" → 13800138000\n\n<code>.*calls-out.txt:1<\/code>\n\n```\n/);
    expect(lost.stdout).toContain('matched   no route');
    expect(lost.code).toBe(1);
  });

  test('reports a broken dump and goes on, from standard input too', async () => {
    const broken = write('broken.json', '{"a": 1}\nnonsense\n');
    const { code, stdout, stderr } = await runInProcess(['replay', broken, out, path.join(directory, 'none')]);
    expect(stdout).toContain('→ 13800138000');
    expect(stderr).toContain('broken.json:1: expected a channel');
    expect(stderr).toContain('broken.json:2: expected a dump of a channel, found "nonsense"');
    expect(stderr).toContain('none: there is no such file');
    expect(code).toBe(1);
  });

  test('cannot run without a dump, a dialplan or a sensible flag, and says why', async () => {
    for (const [args, message] of [
      [[path.join(directory, '*.none')], 'no file matches'],
      [[out, '--store', path.join(directory, 'none')], 'there is no such directory'],
      [[out, '--now', 'yesterday'], 'expected a time such as 2026-11-25T18:30'],
      [
        [out, '--answers', write('bad.yaml', 'apis: {}')],
        'bad.yaml:1:1: /apis: expected "globals" or "api", found "apis"',
      ],
      [
        [out, '--answers', write('worse.yaml', 'apis: {}\nglobal: {}')],
        'found "apis"\nparkway: ' + path.join(directory, 'worse.yaml:2:1: /global: expected "globals" or "api"'),
      ],
    ] as const) {
      const { code, stderr } = await runInProcess(['replay', ...args]);
      expect(stderr).toContain(message);
      expect(code).toBe(2);
    }
  });

  test('asks a FreeSWITCH over its event socket, but nothing that could do something', async () => {
    const asked: string[] = [];
    const server = createServer((socket) => {
      socket.write('Content-Type: auth/request\n\n');
      socket.on('data', (chunk) => {
        for (const command of chunk.toString().split('\n\n').filter(Boolean)) {
          asked.push(command);
          if (command.startsWith('auth')) socket.write('Content-Type: command/reply\nReply-Text: +OK accepted\n\n');
          else socket.write(`Content-Type: api/response\nContent-Length: 4\n\ngold`);
        }
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const extension = (field: string): string =>
      JSON.stringify({ continue: true, condition: { field, expression: 'gold', action: { application: 'answer' } } });
    const dialplan = path.join(directory, 'dialplan');
    mkdirSync(path.join(dialplan, 'd/extensions'), { recursive: true });
    writeFileSync(path.join(dialplan, 'd/contexts.json'), '{ "default": ["vip", "evil"] }');
    writeFileSync(path.join(dialplan, 'd/extensions/vip.json'), extension('${hash(select/vip/${destination_number})}'));
    writeFileSync(path.join(dialplan, 'd/extensions/evil.json'), extension('${system(rm -rf /)}'));
    const { code, stdout } = await runInProcess([
      ...['replay', out, '--store', dialplan, '--freeswitch', `127.0.0.1:${port}`, '--password', 'secret'],
    ]);
    server.close();
    expect(asked).toEqual(['auth secret', 'api hash select/vip/13800138000']);
    expect(stdout).toMatch(/matched +vip \(if/);
    expect(stdout).toContain('unknown   ${system(rm -rf /)}: taken as none');
    expect(code).toBe(1);
  });

  async function whatIsSaidTo(
    args: readonly string[],
    whenToClose: 'at once' | 'when it says something',
  ): Promise<string> {
    const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    if (whenToClose === 'at once') child.stdout.destroy();
    else child.stdout.once('data', () => child.stdout.destroy());
    await new Promise((resolve) => child.once('close', resolve));
    return stderr;
  }

  test('ends quietly when nobody reads on', async () => {
    const many = write('many.txt', readFileSync(out, 'latin1').repeat(400));
    expect(await whatIsSaidTo(['replay', many], 'when it says something')).toBe('');
    expect(await whatIsSaidTo(['coverage', path.join(examples, 'dialplan'), '--calls', out], 'at once')).toBe('');
  });
});
