/** Every view at the widths it is read at, and as axe-core sees it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestDaemon } from '../support/test-daemon.js';
import { accessibilityProblems } from './accessibility-problems.js';
import { browserPages } from './browser-pages.js';
import { newestKey } from './newest-key.js';
import { EXTENSIONS, startDaemon } from './started-daemon.js';

/** One with the longest hangup cause there is, and words that do not break, for narrow screens. */
const DIALPLAN = {
  ...EXTENSIONS,
  fails: {
    condition: {
      ...{ field: 'destination_number', expression: '^7778$' },
      action: { application: 'hangup', data: 'NORMAL_TEMPORARY_FAILURE' },
    },
  },
  ['客户服务热线'.repeat(8)]: { condition: { action: { application: 'playback', data: 'x'.repeat(200) } } },
};

const pages = browserPages();
let daemon: TestDaemon;

beforeAll(async () => {
  daemon = await startDaemon({ extensions: DIALPLAN });
  await daemon.play({ headers: { 'Caller-Caller-ID-Name': 'x'.repeat(300), 'Caller-Destination-Number': '7778' } });
});

afterAll(async () => {
  await daemon.stop();
});

test.each([
  // axe-core looks too, which takes long: twice is enough for both schemes, both languages and both layouts.
  [360, 'en-GB', 'light', false],
  [360, 'zh-CN', 'dark', true],
  [1280, 'en-GB', 'light', true],
  [1920, 'zh-CN', 'dark', false],
] as const)(
  'at %i pixels, in %s, %s: every view fits and can be read by all',
  async (width, locale, colorScheme, isAudited) => {
    const page = await pages.open(daemon.origin, { viewport: { width, height: 800 }, locale, colorScheme });
    for (const view of ['now', 'history', `call/${await newestKey(daemon)}`, 'dialplan', 'health']) {
      await page.goto(`${daemon.origin}/#/${view}`);
      await page.locator('main h1').first().waitFor({ state: 'attached' });
      const excess = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([view, excess]).toEqual([view, 0]);
      if (isAudited) expect(await accessibilityProblems(page)).toEqual([]);
    }
  },
);
