/** What the thread that runs a page's scripts and paints it was busy with, as the browser itself measures it. */
import type { Page } from 'playwright-core';

export interface MainThreadTask {
  /** Processor time it took: what other programs on a busy machine take does not count, unlike in the browser's `longtask`. */
  readonly processorMs: number;
  /** Time from its beginning to its end, in milliseconds. */
  readonly tookMs: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly dur?: number;
  /** Microseconds of processor time. */
  readonly tdur?: number;
  readonly args: { readonly name?: string; readonly data?: { readonly url?: string } };
}

const MAIN_THREAD = 'CrRendererMain';
const CATEGORIES = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];

/** @returns what ends the trace and tells the tasks that ended meanwhile */
export async function traceMainThread(page: Page): Promise<() => Promise<readonly MainThreadTask[]>> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('a page without a browser');
  const devtools = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  devtools.on('Tracing.dataCollected', ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]));
  });
  const complete = new Promise<void>((resolve) => {
    devtools.once('Tracing.tracingComplete', () => {
      resolve();
    });
  });
  await devtools.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES },
  });
  return async () => {
    await devtools.send('Tracing.end');
    await complete;
    await devtools.detach();
    const { origin } = new URL(page.url());
    // Chromium has pages of its own, in processes of their own.
    const processes = new Set(events.filter(({ args }) => args.data?.url?.startsWith(origin)).map(({ pid }) => pid));
    const threads = new Set(events.filter(isMainThread).map(threadOf));
    return events
      .filter(({ ph, name, pid }) => ph === 'X' && name === 'RunTask' && processes.has(pid))
      .filter((event) => threads.has(threadOf(event)))
      .map(({ dur = 0, tdur = 0 }) => ({ processorMs: tdur / 1000, tookMs: dur / 1000 }));
  };
}

function isMainThread({ name, args }: TraceEvent): boolean {
  return name === 'thread_name' && args.name === MAIN_THREAD;
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid}:${tid}`;
}
