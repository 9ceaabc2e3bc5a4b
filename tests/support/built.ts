/** What starts threads, as it is built: a thread runs no TypeScript. */
import type * as app from '../../src/app.js';
import type * as liveDialplan from '../../src/live-dialplan.js';

function built(module: string): string {
  return new URL(`../../dist/${module}.js`, import.meta.url).href;
}

export const { startApp } = (await import(built('app'))) as typeof app;
export const { LiveDialplan } = (await import(built('live-dialplan'))) as typeof liveDialplan;
