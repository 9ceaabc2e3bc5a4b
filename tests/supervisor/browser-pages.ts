/** Pages in the system's Chromium, one for each test of a file: a test fails whose page complains. */
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from './launch-browser.js';

export interface OpenOptions extends BrowserContextOptions {
  /** What the page's console may complain of: requests that are meant to fail. */
  readonly tolerated?: RegExp;
}

export interface BrowserPages {
  /** In a context of its own, 1280 × 800 and in English unless it is said otherwise. */
  open(url: string, options?: OpenOptions): Promise<Page>;
}

export function browserPages(): BrowserPages {
  let browser: Browser;
  let contexts: BrowserContext[] = [];
  let complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser.close();
  });

  afterEach(async () => {
    const found = complaints;
    complaints = [];
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
    expect(found).toEqual([]);
  });

  return {
    async open(url, { tolerated, ...options } = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        locale: 'en-GB',
        ...options,
      });
      contexts.push(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && tolerated?.test(message.text()) !== true) complaints.push(message.text());
      });
      page.on('dialog', (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(url);
      return page;
    },
  };
}
