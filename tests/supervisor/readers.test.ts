import { afterEach, expect, test } from '@jest/globals';
import type { TestDaemon } from '../support/test-daemon.js';
import { accessibilityProblems } from './accessibility-problems.js';
import { browserPages } from './browser-pages.js';
import { startBusyServer } from './busy-server.js';
import { startDaemon } from './started-daemon.js';

const TOKEN = 'supervisors-token-0123';
const NUMBER = '13800138000';

const pages = browserPages();
let serving: { stop(): Promise<void> }[] = [];

// After the pages, which are closed by now: one that is still open complains of requests nobody answers.
afterEach(async () => {
  await Promise.all(serving.map((each) => each.stop()));
  serving = [];
});

async function serve(...options: Parameters<typeof startDaemon>): Promise<TestDaemon> {
  const daemon = await startDaemon(...options);
  serving.push(daemon);
  return daemon;
}

test('who has the token signs in, sees masked numbers where they are to be masked, and signs out', async () => {
  const daemon = await serve({ settings: { 'supervisor.token': TOKEN, 'supervisor.maskNumbers': true } });
  await daemon.play({ headers: { 'Caller-Caller-ID-Number': NUMBER, 'Caller-Caller-ID-Name': `Ann ${NUMBER}` } });
  const page = await pages.open(`${daemon.origin}/#/history`, { tolerated: /401 \(Unauthorized\)/ });
  const token = page.getByLabel('Token');
  await token.fill('not-the-token-0123456');
  await token.press('Enter');
  await page.getByRole('alert').getByText('That is not the token.').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await token.fill(TOKEN);
  await token.press('Enter');
  await page.getByText('Numbers are masked').waitFor();
  await page.getByRole('link', { name: '*******8000 → 1002' }).click();
  await page.getByText('Only who sees whole numbers can download the dump').waitFor();
  expect(await page.getByRole('link', { name: /Download/ }).count()).toBe(0);
  expect(await page.locator('#app').innerText()).not.toContain(NUMBER);
  await page.getByRole('button', { name: 'Show as FreeSWITCH log' }).click();
  expect(await page.locator('#app').innerText()).not.toContain(NUMBER);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await token.waitFor();
  await page.reload();
  await token.waitFor();
});

test('a daemon that goes is missed, and found again when another is there', async () => {
  const gone = await startDaemon();
  const page = await pages.open(`${gone.origin}/#/now`, { tolerated: /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED/ });
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
  await gone.stop();
  const banner = page.getByRole('alert').filter({ hasText: 'Parkway does not answer. What you see is as of' });
  await banner.waitFor();
  await page.getByRole('status').getByText('Connection lost').waitFor();
  const { port } = new URL(gone.origin);
  const next = await serve({ settings: { 'supervisor.listen': `127.0.0.1:${port}` } });
  await banner.waitFor({ state: 'detached' });
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
  const playing = next.play({ headers: { 'Caller-Caller-ID-Name': 'Afterwards' } });
  await page.getByRole('row', { name: /Afterwards/ }).waitFor();
  await playing;
});

test('by the keyboard alone: past the tabs, down the list, into a call, back, and to another view', async () => {
  const server = await startBusyServer(100);
  serving.push({ stop: () => server.close() });
  const page = await pages.open(`${server.origin}/#/now`);
  await page.getByText('100 calls in progress').waitFor();
  // Opening a view leaves the focus at its beginning.
  expect(await page.evaluate('document.activeElement.id')).toBe('content');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.name')).toBe('filter');
  await page.keyboard.press('Tab');
  const focused = page.locator('.call-row a:focus');
  expect(await focused.innerText()).toContain('13800130099');
  for (let row = 98; row >= 60; row -= 1) {
    await page.keyboard.press('ArrowDown');
    await page
      .locator('a:focus')
      .getByText(`13800130${String(row).padStart(3, '0')}`)
      .waitFor();
  }
  const place = await focused.boundingBox();
  expect(place?.y).toBeGreaterThan(0);
  expect(place?.y).toBeLessThan(800);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /13800130060 → 1060/ }).waitFor();
  await page.goBack();
  await page.getByText('100 calls in progress').waitFor();
  await page.keyboard.press('Shift+Tab');
  const frame = ['Health', 'Dialplan', 'History', 'Now', 'Parkway', 'Skip to content'];
  expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('中文');
  for (const name of frame) {
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe(name);
  }
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('content');
});
