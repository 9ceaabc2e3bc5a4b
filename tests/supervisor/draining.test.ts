import { expect, test } from '@jest/globals';
import { startFreeSwitch } from '../../src/simulator/start-free-switch.js';
import type { LiveCalls } from '../../src/supervisor/schemas/calls.js';
import { browserPages } from './browser-pages.js';
import { startDaemon } from './started-daemon.js';

const pages = browserPages();

const WAITS = {
  waits: { condition: { action: [{ application: 'answer' }, { application: 'sleep', data: '600000' }] } },
};

test('while it is being stopped it takes no calls, says so to load balancers and on the page, and shows those that end', async () => {
  const daemon = await startDaemon({ extensions: WAITS, settings: { drainSeconds: 600 } });
  const page = await pages.open(`${daemon.origin}/#/now`, { tolerated: /ERR_/ });
  const freeSwitch = startFreeSwitch();
  const playing = daemon.play({ freeSwitch });
  await page.locator('.call-row').getByText('sleep').waitFor();
  const stopping = daemon.stop();
  const response = await fetch(`${daemon.origin}/readyz`);
  expect([response.status, await response.json()]).toMatchObject([
    503,
    { isReady: false, isDraining: true, reasons: ['draining: it takes no more calls'], store: { isUp: true } },
  ]);
  expect((await fetch(`${daemon.origin}/healthz`)).status).toBe(200);
  await page.reload();
  await page.getByText('Parkway is being stopped: it takes no more calls and lets these end.').waitFor();
  await page.locator('.call-row').getByText('sleep').waitFor();
  const { calls } = (await (await fetch(`${daemon.origin}/api/v1/calls/live`)).json()) as LiveCalls;
  freeSwitch.locate(calls[0]?.key ?? '')?.hangUp('NORMAL_CLEARING', 'caller');
  await stopping;
  expect((await playing).outcomes).toEqual({ 'hung up: NORMAL_CLEARING': 1 });
});
