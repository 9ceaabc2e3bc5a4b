import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { runParkway, startParkway } from '../support/run-parkway.js';

const ANY_PORT = ['serve', '--listen', '127.0.0.1:0', '--log-format', 'pretty'];

describe('parkway serve', () => {
  test.each<NodeJS.Signals>(['SIGTERM', 'SIGINT'])('listens, and stops with exit status 0 on %s', async (signal) => {
    const parkway = startParkway(ANY_PORT);
    expect(await parkway.line(/listening/)).toMatch(/info {2}listening on 127\.0\.0\.1:\d+, PCRE2 10\./);
    parkway.process.kill(signal);
    const { code, stdout, stderr } = await parkway.finished;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/stopped\n$/);
  });

  test('reads the dialplan again on SIGHUP', async () => {
    const parkway = startParkway([...ANY_PORT, '--log-format', 'json']);
    await parkway.line(/listening/);
    parkway.process.kill('SIGHUP');
    expect(JSON.parse(await parkway.line(/SIGHUP/))).toMatchObject({ level: 'info', event: 'reload' });
    parkway.process.kill('SIGTERM');
    expect((await parkway.finished).code).toBe(0);
  });

  test('a port in use is one clear line and exit status 2', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await runParkway(['serve', '--listen', `127.0.0.1:${port}`]);
    other.close();
    expect(code).toBe(2);
    expect(stderr).toBe(`parkway: 127.0.0.1:${port} is in use by another program; choose another with --listen\n`);
  });

  test.each([
    [['--store', '/nowhere'], 'parkway: /nowhere: there is no such directory\n'],
    [
      ['--listen', 'nonsense'],
      'parkway: --listen: listen: expected host:port, [ipv6]:port or a port, found "nonsense"\n',
    ],
    [['--config', '/nowhere.yaml'], 'parkway: /nowhere.yaml: there is no such file\n'],
  ])('%j: one clear line and exit status 2', async (args, message) => {
    const { code, stderr } = await runParkway(['serve', ...args]);
    expect([code, stderr]).toEqual([2, message]);
  });

  test('an address that is not of this machine', async () => {
    const { code, stderr } = await runParkway(['serve', '--listen', '192.0.2.77:8084']);
    expect([code, stderr]).toEqual([2, 'parkway: 192.0.2.77:8084 is no address of this machine\n']);
  });
});
