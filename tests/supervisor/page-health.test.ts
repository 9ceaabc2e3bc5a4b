/** The page's view of Parkway's own health. */
import { afterEach, expect, test } from '@jest/globals';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import type { TestDaemon } from '../support/test-daemon.js';
import { accessibilityProblems } from './accessibility-problems.js';
import { browserPages } from './browser-pages.js';
import { startDaemon } from './started-daemon.js';

const pages = browserPages();
const fresh = temporaryDirectory();
let daemon: TestDaemon | undefined;
let redis: RedisServer | undefined;

afterEach(async () => {
  await daemon?.stop();
  await redis?.stop();
  daemon = undefined;
  redis = undefined;
});

/** A Redis with a dialplan. */
async function startStore(): Promise<RedisServer> {
  redis = await startRedis();
  const only = JSON.stringify({ condition: { action: { application: 'answer' } } });
  await redis.client
    .multi()
    .hset('cti_dialplan_extensio@example.com', { only })
    .hset('cti_dialplan_context@example.com', { default: '["only"]' })
    .exec();
  return redis;
}

test('a Redis that is emptied, goes, and is away when Parkway is started again: each is said', async () => {
  const { url, client } = await startStore();
  const settings = { 'store.url': url, stateDir: fresh('state'), 'store.startSeconds': 60 };
  daemon = await startDaemon({ settings });
  const page = await pages.open(`${daemon.origin}/#/health`, { tolerated: /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE/ });
  const store = page.locator('.card').filter({ hasText: 'Dialplan store' });
  await store.getByText('Changes are noticed').waitFor();
  await store.getByText(url).waitFor();
  expect(await store.locator('.bad-text').count()).toBe(0);

  await client.flushall();
  await store.getByText('Suddenly empty in Redis, kept as it was: example.com').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);

  await redis?.stop();
  redis = undefined;
  await store.getByText('Changes may go unnoticed').waitFor();
  expect(await store.getByText('As an earlier run saved it').count()).toBe(0);

  await daemon.stop();
  daemon = await startDaemon({ settings: { ...settings, 'store.startSeconds': 0.5 } });
  await page.goto(`${daemon.origin}/#/health`);
  await store.getByText('As an earlier run saved it: the store was not reached since').waitFor();
});

test('warnings and refused connections are told', async () => {
  daemon = await startDaemon();
  await daemon.play({ headers: { 'Caller-Destination-Number': '4242' } });
  const page = await pages.open(`${daemon.origin}/#/health`);
  await page.getByText('No connection was refused').waitFor();
  const troubles = page.locator('.troubles li');
  await troubles.filter({ hasText: 'no route NO_ROUTE_DESTINATION' }).waitFor();
  expect(await troubles.count()).toBe(1);
});
