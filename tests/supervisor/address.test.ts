import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { runParkway, startParkway } from '../support/run-parkway.js';

test("where the page's port is another program's, it says so, routes calls all the same, and takes the port over", async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const parkway = startParkway(['serve', '--listen', '127.0.0.1:0', '--supervisor', `127.0.0.1:${port}`]);
  await parkway.line(
    new RegExp(`page's address 127\\.0\\.0\\.1:${port} is in use by another program; calls are routed all`),
  );
  await parkway.line(/listening on 127\.0\.0\.1:\d+/);
  other.close();
  await parkway.line(new RegExp(`page for supervisors on http://127\\.0\\.0\\.1:${port}`));
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  parkway.process.kill('SIGTERM');
  expect((await parkway.finished).code).toBe(0);
});

test('where everybody could read the page and nobody has to sign in, the program does not start', async () => {
  const { code, stderr } = await runParkway(['serve', '--listen', '127.0.0.1:0', '--supervisor', '0.0.0.0:0']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^parkway: .*0\.0\.0\.0.* is no loopback address: expected supervisor\.token, .*\n$/);
});
