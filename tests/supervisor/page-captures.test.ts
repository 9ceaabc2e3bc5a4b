/** The page, and calls in the files on disk. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { CapturePage } from '../../src/supervisor/schemas/captures.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { writeDialplan, type TestDaemon } from '../support/test-daemon.js';
import { accessibilityProblems } from './accessibility-problems.js';
import { browserPages } from './browser-pages.js';
import { EXTENSIONS, startDaemon } from './started-daemon.js';

const pages = browserPages();
const settings = { 'capture.dir': temporaryDirectory()('captures') };
let daemon: TestDaemon | undefined;

beforeAll(async () => {
  const before = await startDaemon({ settings });
  await before.play({ headers: { 'Caller-Caller-ID-Name': 'Earlier' } });
  await before.play({ headers: { 'Caller-Destination-Number': '4242' } });
  await before.stop();
});

afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
});

/** One that remembers none of the calls that an earlier one captured. */
async function startAfterwards(): Promise<TestDaemon> {
  daemon = await startDaemon({ settings });
  return daemon;
}

test('calls of an earlier run are searched on disk, opened by a link, and downloaded', async () => {
  const { origin } = await startAfterwards();
  const page = await pages.open(`${origin}/#/history?text=earlier`);
  await page.getByText('No call has ended yet').waitFor();
  await page.getByRole('button', { name: 'Also search the files on disk' }).click();
  await page.getByText('1 call found on disk among 2').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole('link', { name: '1001 → 1002' }).click();
  await page.getByRole('heading', { name: /1001 → 1002/ }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /Download/ }).click(),
  ]);
  expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toMatchObject({ outcome: { kind: 'hungUp' } });
  await page.goto(`${origin}/#/history`);
  await page.getByRole('button', { name: '中文' }).click();
  await page.getByRole('button', { name: '同时搜索磁盘上的文件' }).click();
  await page.getByText('磁盘上 2 个呼叫中找到 2 个').waitFor();
});

test('one that is opened shows what today’s dialplan decides and why, and what was decided where that differs', async () => {
  const { origin, directory } = await startAfterwards();
  const page = await pages.open(`${origin}/#/history?text=earlier`);
  await page.getByRole('button', { name: 'Also search the files on disk' }).click();
  await page.getByRole('link', { name: '1001 → 1002' }).click();
  await page.getByText('Today’s dialplan decides the same as was decided then.').waitFor();
  expect(await page.locator('.tried').innerText()).toMatch(/Dialled number\s+“?1002”?\s+matches\s+\^10\\d\\d\$/);
  expect(await page.locator('.decided').count()).toBe(0);
  expect(await accessibilityProblems(page)).toEqual([]);

  await writeDialplan(directory, {
    ...EXTENSIONS,
    colleague: { condition: { action: { application: 'hangup', data: 'USER_BUSY' } } },
  });
  await page.getByText('Today’s dialplan decides otherwise.').waitFor();
  expect(await page.locator('.tried').innerText()).toMatch(/hangup USER_BUSY/);
  expect(await page.locator('.decided').innerText()).toMatch(
    /^set recorded=true\s+answer\s+sleep 1000\s+hangup NORMAL_CLEARING$/,
  );
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Show as FreeSWITCH log' }).click();
  expect(await page.locator('pre.log').innerText()).toContain('Action hangup(USER_BUSY)');
});

test('a link to a call that is remembered no more leads to it in the files', async () => {
  const { origin } = await startAfterwards();
  const { found } = (await (await fetch(`${origin}/api/v1/captures?text=earlier`)).json()) as CapturePage;
  const page = await pages.open(`${origin}/#/call/${found[0]?.call.key ?? ''}`, { tolerated: /404/ });
  await page.getByRole('link', { name: 'Look for it in the history' }).click();
  await page.getByRole('button', { name: 'Also search the files on disk' }).click();
  await page.getByRole('link', { name: '1001 → 1002' }).click();
  await page.getByRole('heading', { name: /1001 → 1002/ }).waitFor();
});

test('without capture files the page offers no search of them', async () => {
  daemon = await startDaemon();
  const page = await pages.open(`${daemon.origin}/#/history`);
  await page.getByText('No call has ended yet').waitFor();
  expect(await page.getByRole('button', { name: /on disk/ }).count()).toBe(0);
});
