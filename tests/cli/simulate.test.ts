import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInProcess } from '../support/run-in-process.js';
import { runParkway, startParkway, type Running } from '../support/run-parkway.js';

const QUICK = `
applications:
  - { application: bridge, peer: { answersAfter: 20, lasts: 30 } }
  - { application: playback, lasts: 30 }
globals: { recordings_dir: /rec }
`;
const SAMPLES = ['extension', 'out', 'abroad', 'from-outside'].map((name) => `examples/calls/calls-${name}.txt`);

let directory: string;
let script: string;
let daemon: Running;
let to: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-'));
  script = path.join(directory, 'script.yaml');
  await writeFile(script, QUICK);
  daemon = startParkway(['serve', '--listen', '127.0.0.1:0', '--log-format', 'pretty']);
  to = /listening on (\S+),/.exec(await daemon.line(/listening/))?.[1] ?? '';
});

afterAll(async () => {
  daemon.process.kill('SIGTERM');
  await daemon.finished;
  await rm(directory, { recursive: true });
});

describe('parkway simulate', () => {
  test('plays each dump to a daemon and shows what FreeSWITCH saw', async () => {
    const { code, stdout, stderr } = await runParkway(['simulate', ...SAMPLES, '--to', to, '--script', script]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[0-9a-f-]{36} {2}1001 → 1002$/m);
    expect(stdout).toMatch(
      /^ +[\d.]+ ms {2}record_session \/rec\/\d{4}-\d\d-\d\d\/1001\.1002\.[\d-]+\.[0-9a-f-]{36}\.wav/m,
    );
    expect(stdout).toMatch(/^ +[\d.]+ ms {2}bridge sofia\/gateway\/default\/13800138000 {2}\(/m);
    expect(stdout).toContain('4 calls in ');
    expect(stdout).toContain('4 hung up: NORMAL_CLEARING');
  });

  test.each([[['--mode', 'sync']], [['--no-full']], [['--mode', 'sync', '--no-full']]])(
    'plays many calls at a rate, as JSON (%j)',
    async (mode) => {
      const load = ['--calls', '40', '--rate', '200', '--format', 'json', '--script', script];
      const { code, stdout } = await runInProcess([
        'simulate',
        'examples/calls/calls-*.txt',
        '--to',
        to,
        ...load,
        ...mode,
      ]);
      expect(code).toBe(0);
      const lines = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines).toHaveLength(41);
      expect(new Set(lines.map(({ uuid }) => uuid)).size).toBe(41);
      expect(lines.at(-1)).toMatchObject({
        summary: { calls: 40, problems: {}, outcomes: { 'hung up: NORMAL_CLEARING': 40 } },
      });
    },
  );

  test('the caller hangs up when it is told to', async () => {
    const endless = path.join(directory, 'endless.yaml');
    await writeFile(endless, 'applications: [{ application: bridge, peer: { answersAfter: 1, lasts: forever } }]');
    const args = ['simulate', SAMPLES[0] ?? '', '--to', to, '--script', endless, '--hangup-after', '300'];
    const { code, stdout } = await runInProcess(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/hung up \w+ by caller/);
  });

  test('exits 1 when the daemon says what FreeSWITCH does not understand', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('connect\n\nsendmsg\ncall-command: dance\n\nsendmsg\ncall-command: hangup\n\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, stdout } = await runInProcess(['simulate', SAMPLES[0] ?? '', '--to', `127.0.0.1:${port}`]);
    server.close();
    expect(code).toBe(1);
    expect(stdout).toContain('! unknown call-command: sendmsg');
  });

  test('exits 2 when nobody answers', async () => {
    const { code, stderr } = await runInProcess(['simulate', SAMPLES[0] ?? '', '--to', '127.0.0.1:1']);
    expect([code, stderr]).toEqual([2, 'parkway: nobody answers at 127.0.0.1:1\n']);
  });

  test('exits 2 for a file that is not there, no dump, or no script, and says which and why', async () => {
    const noDump = path.join(directory, 'no-dump.txt');
    await writeFile(noDump, 'Dear diary: nothing\n');
    const noScript = path.join(directory, 'no-script.yaml');
    await writeFile(noScript, 'applications: [{ application: bridge, peer: { answersAfter: soon } }]');
    const runs = [
      await runInProcess(['simulate', '/nowhere.txt']),
      await runInProcess(['simulate', noDump]),
      await runInProcess(['simulate', SAMPLES[0] ?? '', '--script', noScript]),
      await runInProcess(['simulate', SAMPLES[0] ?? '', '--rate', '0']),
    ] as const;
    expect(runs.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(runs[0].stderr).toBe('parkway: /nowhere.txt: there is no such file\n');
    expect(runs[1].stderr).toContain(`${noDump}: expected a dump of a channel, found "Dear diary: nothing"`);
    expect(runs[2].stderr).toContain(`${noScript}:1:39: /applications/0/peer`);
    expect(runs[3].stderr).toContain('expected a number above 0');
  });
});

test('the daemon’s log tells each call: arrival, applications, end', async () => {
  const args = ['simulate', SAMPLES[1] ?? '', '--to', to, '--script', script, '--format', 'json'];
  const { stdout } = await runInProcess(args);
  const { uuid } = JSON.parse(stdout.split('\n')[0] ?? '') as { uuid: string };
  const id = uuid.slice(0, 8);
  await daemon.line(new RegExp(`${id} finished NORMAL_CLEARING after .*; matched record, outbound; decided in`));
  expect(await daemon.line(new RegExp(`${id} 1001 "1001" → 13800138000 from extension 1001 on internal`))).toContain(
    'info',
  );
  await daemon.line(new RegExp(`${id} bridge sofia/gateway/default/13800138000$`));
  await daemon.line(new RegExp(`${id} bridge ended after`));
});
