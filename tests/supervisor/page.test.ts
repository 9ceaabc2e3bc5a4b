import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { bytesOf } from '../../src/bytes.js';
import type { CallPage } from '../../src/supervisor/schemas.js';
import { runParkway } from '../support/run-parkway.js';
import { accessibilityProblems } from './accessibility-problems.js';
import { launchBrowser } from './launch-browser.js';
import { EXTENSIONS, startDaemon, writeDialplan, type StartedDaemon } from './started-daemon.js';

/** One with the longest hangup cause there is, for narrow screens. */
const DIALPLAN = {
  ...EXTENSIONS,
  fails: {
    condition: {
      ...{ field: 'destination_number', expression: '^7778$' },
      action: { application: 'hangup', data: 'NORMAL_TEMPORARY_FAILURE' },
    },
  },
};

/** Widths and languages at which axe-core looks too, which takes long. */
const AUDITED = new Set(['360 zh-CN', '1280 en-GB']);

let browser: Browser;
let daemon: StartedDaemon;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  [browser, daemon] = await Promise.all([launchBrowser(), startDaemon({ extensions: DIALPLAN })]);
});

afterAll(async () => {
  await Promise.all([browser.close(), daemon.stop()]);
});

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  page = await context.newPage();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
});

afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

async function open(view: string): Promise<void> {
  await page.goto(`${daemon.origin}/#/${view}`);
}

async function newestKey(query: string): Promise<string> {
  const { calls } = (await (await fetch(`${daemon.origin}/api/v1/calls?${query}`)).json()) as CallPage;
  return calls[0]?.key ?? '';
}

describe('calls in progress', () => {
  test('played at 100 a second appear and go; one is opened, read, searched, downloaded', async () => {
    await open('now');
    await page.getByText('No call in progress').first().waitFor();
    const load = daemon.play({
      calls: 100,
      rate: 100,
      headers: { 'Caller-Caller-ID-Name': 'Loadsworth' },
    });
    await page
      .getByRole('row', { name: /Loadsworth/ })
      .first()
      .waitFor();
    expect((await load).outcomes).toEqual({ 'hung up: NORMAL_CLEARING': 100 });
    await page.getByText('No call in progress').first().waitFor();

    await open('history');
    await page.getByLabel('Anything').fill('loadsworth');
    await page.getByText('100 calls found').waitFor();
    await page
      .getByRole('link', { name: /1001 → 1002/ })
      .first()
      .click();
    await page.getByRole('heading', { name: /1001 → 1002/ }).waitFor();
    const decision = page.locator('.tried');
    await decision.getByText('matched, and hunting goes on').waitFor();
    expect(await decision.innerText()).toMatch(/Dialled number\s+“?1002”?\s+matches\s+\^10\\d\\d\$/);
    expect(await page.locator('.stop').innerText()).toContain('Hunting stopped here');
    await page.getByRole('button', { name: 'Show as FreeSWITCH log' }).click();
    expect(await page.locator('pre.log').innerText()).toContain(
      'Regex (PASS) [colleague] destination_number(1002) =~ /^(10\\d\\d)$/ break=on-false',
    );
    await page.getByLabel('Search the channel data').fill('Caller-Caller-ID-Name');
    expect(await page.locator('.data td').allInnerTexts()).toEqual(['Loadsworth']);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /Download/ }).click(),
    ]);
    const line = await readFile(await download.path(), 'utf8');
    expect(download.suggestedFilename()).toMatch(/^parkway-[\w-]+\.ndjson$/);
    expect(JSON.parse(line)).toMatchObject({ capture: 1, decision: { route: true, matched: ['record', 'colleague'] } });
    const replayed = await runParkway(['replay', await download.path(), '--store', daemon.store, '--format', 'json']);
    expect(replayed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(replayed.stdout)).toMatchObject({ matched: ['record', 'colleague'] });
  });

  test('stay where they are while they are pointed at', async () => {
    await open('now');
    await page.getByText('No call in progress').first().waitFor();
    const settled = daemon.play({ calls: 3, concurrency: 3 });
    await page.getByRole('row', { name: /1002/ }).nth(2).waitFor();
    await page.getByRole('row', { name: /1002/ }).first().hover();
    await page.getByText('Rows hold still').waitFor();
    await settled;
    await page.locator('.call-row.ended').nth(2).waitFor();
    await page.mouse.move(0, 0);
    await page.getByText('No call in progress').first().waitFor();
  });
});

test.each(['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', 'a\u202eb\x1b[31m'])(
  'a caller named %j is text wherever it is shown',
  async (name) => {
    await daemon.play({
      headers: { 'Caller-Caller-ID-Name': bytesOf(name), 'Caller-Destination-Number': bytesOf(name) },
    });
    const key = await newestKey('');
    const shown = name.replace('\u202e', '\\u202e').replace('\x1b', '\\x1b');
    for (const view of ['history', `call/${key}`]) {
      await open(view);
      await page.getByText(shown).first().waitFor();
      expect(await page.locator('img[onerror], #app script').count()).toBe(0);
    }
    await page.getByRole('button', { name: 'Show as FreeSWITCH log' }).click();
    await page.locator('pre.log').getByText(shown).waitFor();
  },
);

test('the dialplan: what is refused and why, what was read, what nobody reached', async () => {
  await daemon.play({ headers: { 'Caller-Destination-Number': '4242' } });
  await open('dialplan');
  await page.getByRole('button', { name: /colleague/ }).click();
  await page.getByText('hangup').first().waitFor();
  await page.getByRole('heading', { name: 'Never matched' }).waitFor();
  await writeDialplan(daemon.store, {
    ...DIALPLAN,
    broken: { condition: [{ acton: [], expression: 5, field: [] }] },
  });
  const refused = page.getByRole('alert').filter({ hasText: 'Refused documents' });
  await refused.getByText('broken.json').first().waitFor();
  await writeDialplan(daemon.store, { ...DIALPLAN, broken: { condition: [] } });
  await refused.waitFor({ state: 'detached' });
});

test('a view for each language, switched and remembered', async () => {
  await open('health');
  await page.getByText('Dialplan store').waitFor();
  await page.getByRole('button', { name: '中文' }).click();
  await page.getByText('拨号计划存储').waitFor();
  expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
  await page.reload();
  await page.getByText('拨号计划存储').waitFor();
});

test('Chinese where the browser asks for it', async () => {
  await context.close();
  context = await browser.newContext({ locale: 'zh-CN' });
  page = await context.newPage();
  await open('now');
  await page.getByText('没有进行中的呼叫').first().waitFor();
});

test.each([
  [360, 'en-GB', 'light'],
  [360, 'zh-CN', 'dark'],
  [1280, 'en-GB', 'light'],
  [1920, 'zh-CN', 'dark'],
] as const)('at %i pixels, in %s, %s: every view fits and can be read by all', async (width, locale, colorScheme) => {
  await daemon.play({ headers: { 'Caller-Caller-ID-Name': 'x'.repeat(300), 'Caller-Destination-Number': '7778' } });
  await context.close();
  context = await browser.newContext({ viewport: { width, height: 800 }, locale, colorScheme });
  page = await context.newPage();
  for (const view of ['now', 'history', `call/${await newestKey('')}`, 'dialplan', 'health']) {
    await open(view);
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    const excess = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect([view, excess]).toEqual([view, 0]);
    // Twice is enough for both schemes, both languages and both layouts.
    if (AUDITED.has(`${width} ${locale}`)) expect(await accessibilityProblems(page)).toEqual([]);
  }
});
