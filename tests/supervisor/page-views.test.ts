/** The page's other views, and its languages. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeDialplan, type TestDaemon } from '../support/test-daemon.js';
import { browserPages } from './browser-pages.js';
import { EXTENSIONS, startDaemon } from './started-daemon.js';

const pages = browserPages();
let daemon: TestDaemon;

beforeAll(async () => {
  daemon = await startDaemon();
});

afterAll(async () => {
  await daemon.stop();
});

test('the dialplan: what is refused and why, what was read, what nobody reached', async () => {
  await daemon.play({ headers: { 'Caller-Destination-Number': '4242' } });
  const page = await pages.open(`${daemon.origin}/#/dialplan`);
  await page.getByRole('button', { name: /colleague/ }).click();
  await page.getByText('hangup').first().waitFor();
  await page.getByRole('heading', { name: 'Never matched' }).waitFor();
  await writeDialplan(daemon.directory, {
    ...EXTENSIONS,
    broken: { condition: [{ acton: [], expression: 5, field: [] }] },
  });
  const refused = page.getByRole('alert').filter({ hasText: 'Refused documents' });
  await refused.getByText('broken.json').first().waitFor();
  await writeDialplan(daemon.directory, { ...EXTENSIONS, broken: { condition: [] } });
  await refused.waitFor({ state: 'detached' });
});

test('extensions of the dialplan are searched', async () => {
  const page = await pages.open(`${daemon.origin}/#/dialplan`);
  const names = page.locator('.extension-name');
  await page.getByLabel('Search extensions').fill('COLL');
  await page.locator('.extension-name mark').waitFor();
  expect(await names.allInnerTexts()).toEqual(['colleague']);
  await page.getByLabel('Search extensions').fill('nowhere');
  await page.getByText('Nothing holds “nowhere”.').waitFor();
  expect(await names.count()).toBe(0);
});

describe('languages', () => {
  test('are switched, and remembered', async () => {
    const page = await pages.open(`${daemon.origin}/#/health`);
    await page.getByText('Dialplan store').waitFor();
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByText('拨号计划存储').waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    await page.reload();
    await page.getByText('拨号计划存储').waitFor();
  });

  test('Chinese where the browser asks for it', async () => {
    const page = await pages.open(`${daemon.origin}/#/now`, { locale: 'zh-CN' });
    await page.getByText('没有进行中的呼叫').first().waitFor();
  });
});
