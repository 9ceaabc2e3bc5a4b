/** Each fault of modesl 1.2.1 that Parkway mends, shown on the plain library and on Parkway's connection. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const script = fileURLToPath(new URL('play-fault.mjs', import.meta.url));
const DIES = { died: true };

function play(library: 'plain' | 'parkway', fault: string): Promise<unknown> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, library, fault], { timeout: 20_000 }, (error, stdout) => {
      resolve(error === null ? JSON.parse(stdout) : DIES);
    });
  });
}

describe('modesl', () => {
  test.concurrent.each<[string, unknown, unknown]>([
    ['malformed-percent', DIES, 'ÿ%zz'],
    ['reply-drift', '+OK', '1'],
    ['injection', true, false],
    ['subscription', ['connect', 'event json BACKGROUND_JOB CHANNEL_EXECUTE_COMPLETE'], ['connect']],
    ['address-in-use', DIES, 'EADDRINUSE'],
    ['reset-leaves-connection', 1, 0],
    ['body-offset', 'gth: ', 'hello'],
    ['negative-length', 'connection goes on', 'connection ended'],
    ['send-after-disconnect', DIES, 'SOCKET_CLOSED'],
    ['listener-warning', true, false],
    ['broken-json', DIES, 'PROTOCOL_ERROR'],
    ['writes', { writes: 6, noDelay: false }, { writes: 1, noDelay: true }],
    ['connect-and-reset', DIES, 'SOCKET_CLOSED'],
    ['percent-in-reply', DIES, '50% off'],
  ])('%s', async (fault, plain, parkway) => {
    const observed = await Promise.all([play('plain', fault), play('parkway', fault)]);
    expect(observed).toEqual([plain, parkway]);
  });
});
