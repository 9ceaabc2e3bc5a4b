/** The page, and calls that are played: as they go, and each as it is looked at. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bytesOf } from '../../src/bytes.js';
import type { CapturedCall } from '../../src/capture/captured-call.js';
import { runInProcess } from '../support/run-in-process.js';
import type { TestDaemon } from '../support/test-daemon.js';
import { browserPages } from './browser-pages.js';
import { newestKey } from './newest-key.js';
import { EXTENSIONS, startDaemon } from './started-daemon.js';

/** The first is for a time long past. */
const DIALPLAN = {
  millennium: { condition: { year: '2000', wday: 'sun-sat', action: { application: 'hangup' } } },
  ...EXTENSIONS,
};

const pages = browserPages();
let daemon: TestDaemon;

beforeAll(async () => {
  daemon = await startDaemon({ extensions: DIALPLAN });
});

afterAll(async () => {
  await daemon.stop();
});

/** What `parkway replay --format json` says of a decision. */
interface Replayed {
  readonly domain: string;
  readonly context: string;
  readonly route: boolean;
  readonly matched: readonly string[];
  readonly actions: readonly { readonly application: string; readonly data: string }[];
  readonly inline: readonly { readonly application: string; readonly data: string }[];
  readonly certain: boolean;
  readonly asRecorded: boolean;
}

describe('calls in progress', () => {
  test('played at 100 a second appear and go; one is opened, read, searched, downloaded', async () => {
    const page = await pages.open(`${daemon.origin}/#/now`);
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

    await page.goto(`${daemon.origin}/#/history`);
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
    const [millennium] = await decision.locator('.extension').allInnerTexts();
    expect(millennium).toMatch(/The time does not fit[^]*Year\s+“?20[2-9]\d”?\s+does not match\s+2000/);
    expect(millennium).toMatch(/Day of the week\s+“?[A-Z][a-z]+day”?\s+matches\s+sun-sat/);
    expect(await page.locator('.stop').innerText()).toContain('Hunting stopped here');
    await page.getByRole('button', { name: 'Show as FreeSWITCH log' }).click();
    expect(await page.locator('pre.log').innerText()).toContain(
      'Regex (PASS) [colleague] destination_number(1002) =~ /^(10\\d\\d)$/ break=on-false',
    );
    await page.getByLabel('Search the channel data').fill('Caller-Caller-ID-Name');
    await page.getByText('1 of ').waitFor();
    expect(await page.locator('.data td').allInnerTexts()).toEqual(['Loadsworth']);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /Download/ }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^parkway-[\w-]+\.ndjson$/);
    const taken = JSON.parse(await readFile(await download.path(), 'utf8')) as CapturedCall;
    expect(taken).toMatchObject({ capture: 1, domain: 'example.com', context: 'default' });
    expect(taken.decision).toMatchObject({
      route: true,
      matched: ['record', 'colleague'],
      actions: [
        { application: 'set', data: 'recorded=true' },
        { application: 'answer', data: '' },
        { application: 'sleep', data: '1000' },
        { application: 'hangup', data: 'NORMAL_CLEARING' },
      ],
      inline: [],
    });

    const store = daemon.directory;
    const replayed = await runInProcess(['replay', await download.path(), '--store', store, '--format', 'json']);
    expect(replayed).toMatchObject({ code: 0, stderr: '' });
    const again = JSON.parse(replayed.stdout) as Replayed;
    expect(again).toMatchObject({ certain: true, asRecorded: true });
    const { domain, context, route, matched, actions, inline } = again;
    expect(taken).toMatchObject({ domain, context, decision: { route, matched, actions, inline } });
  });

  test('stay where they are while they are pointed at', async () => {
    const page = await pages.open(`${daemon.origin}/#/now`);
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
    const key = await newestKey(daemon);
    const shown = name.replace('\u202e', '\\u202e').replace('\x1b', '\\x1b');
    const page = await pages.open(`${daemon.origin}/#/history`);
    for (const view of ['history', `call/${key}`]) {
      await page.goto(`${daemon.origin}/#/${view}`);
      await page.getByText(shown).first().waitFor();
      expect(await page.locator('img[onerror], #app script').count()).toBe(0);
    }
    await page.getByRole('button', { name: 'Show as FreeSWITCH log' }).click();
    await page.locator('pre.log').getByText(shown).waitFor();
  },
);
