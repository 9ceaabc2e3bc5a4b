import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startBusyServer, type BusyServer } from './busy-server.js';
import { launchBrowser } from './launch-browser.js';
import { traceMainThread } from './trace-main-thread.js';

const CALLS = 2_000;
const EVENTS = 1_000;
const EVENTS_A_SECOND = 200;
const LONG_MS = 100;

let browser: Browser;
let server: BusyServer;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startBusyServer(CALLS)]);
});

afterAll(async () => {
  await Promise.all([browser.close(), server.close()]);
});

test('2,000 calls in progress stay smooth at 200 events a second', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  await page.goto(`${server.origin}/#/now`);
  await page.getByText('2,000 calls in progress').waitFor();
  const endTrace = await traceMainThread(page);
  // Only what can be seen is there.
  expect(await page.locator('.calls-body .call-row').count()).toBeLessThan(60);

  const started = performance.now();
  let sent = 0;
  await new Promise<void>((resolve) => {
    const feeding = setInterval(() => {
      const due = Math.min(((performance.now() - started) * EVENTS_A_SECOND) / 1000, EVENTS);
      for (; sent < due; sent += 1) server.next();
      void page.mouse.wheel(0, sent < EVENTS / 2 ? 700 : -700);
      if (sent < EVENTS) return;
      clearInterval(feeding);
      resolve();
    }, 50);
  });
  await page.getByText(`${server.arrivals.toLocaleString('en-GB')} since the start`).waitFor();

  const tasks = await endTrace();
  expect(tasks.length).toBeGreaterThan(100);
  expect(Math.max(...tasks.map(({ processorMs }) => processorMs))).toBeGreaterThan(1);
  expect(tasks.filter(({ processorMs }) => processorMs > LONG_MS)).toEqual([]);
});
