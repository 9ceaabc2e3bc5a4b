import { expect, test } from '@jest/globals';
import { browserPages } from './browser-pages.js';
import { startDaemon } from './started-daemon.js';

const pages = browserPages();

const WAITS = {
  waits: { condition: { action: [{ application: 'answer' }, { application: 'sleep', data: '6000' }] } },
};

test('while it is being stopped it takes no calls, says so to load balancers and on the page, and shows those that end', async () => {
  const daemon = await startDaemon({ extensions: WAITS, settings: { drainSeconds: 60 } });
  const page = await pages.open(`${daemon.origin}/#/now`, { tolerated: /ERR_/ });
  const playing = daemon.play();
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
  await stopping;
  expect((await playing).outcomes).toEqual({ 'hung up: NORMAL_CLEARING': 1 });
});
