/** Looks through the calls that are remembered. */
import { setImmediate as othersFirst } from 'node:timers/promises';
import { maskNumbers } from '../report/printable.js';
import type { CallRow } from '../report/call-row.js';
import type { CallOutcome } from './call.js';
import type { RecentCall } from './call-registry.js';

/** All that is said must hold; texts are found anywhere, in any case. */
export interface CallQuery {
  /** Anything: names, numbers, applications and their data, errors. Each word must be found. */
  readonly text?: string;
  /** Of the caller, or dialled. */
  readonly number?: string;
  readonly context?: string;
  readonly extension?: string;
  readonly cause?: string;
  readonly outcome?: CallOutcome;
  /** Epoch milliseconds of the arrival. */
  readonly since?: number;
  readonly until?: number;
}

export interface CallPage {
  readonly calls: CallRow[];
  /** How many match, those beyond the page included. */
  readonly found: number;
}

export interface PageOptions {
  readonly offset: number;
  readonly limit: number;
  /** Whether a reader who does not see numbers asks: then numbers are compared as that reader sees them. */
  readonly isMasked: boolean;
}

/** How many calls are looked at before other work gets its turn. */
const STRIDE = 200;

type Test = (call: RecentCall) => boolean;

/** @param calls newest first */
export async function searchCalls(
  calls: readonly RecentCall[],
  query: CallQuery,
  { offset, limit, isMasked }: PageOptions,
): Promise<CallPage> {
  const tests = testsOf(query, isMasked);
  if (tests.length === 0)
    return { calls: calls.slice(offset, offset + limit).map(({ row }) => row), found: calls.length };
  const page: CallRow[] = [];
  let found = 0;
  for (const [index, call] of calls.entries()) {
    if (index % STRIDE === STRIDE - 1) await othersFirst();
    if (!tests.every((test) => test(call))) continue;
    found += 1;
    if (found > offset && page.length < limit) page.push(call.row);
  }
  return { calls: page, found };
}

/** @param isMasked see {@link PageOptions} */
export function callTest(query: CallQuery, isMasked: boolean): Test {
  const tests = testsOf(query, isMasked);
  return (call) => tests.every((test) => test(call));
}

function testsOf(query: CallQuery, isMasked: boolean): Test[] {
  const seen = isMasked ? maskNumbers : (text: string) => text;
  const { text, number, context, extension, cause, outcome, since, until } = query;
  const wanted = (part: string): string => seen(part.trim().toLowerCase());
  const has = (value: string | null, part: string): boolean =>
    value !== null && seen(value.toLowerCase()).includes(part);
  const tests: Test[] = [];
  if (since !== undefined) tests.push(({ row }) => row.arrivedAt >= since);
  if (until !== undefined) tests.push(({ row }) => row.arrivedAt <= until);
  if (outcome !== undefined) tests.push(({ row }) => row.outcome === outcome);
  if (number !== undefined) {
    const part = wanted(number);
    tests.push(({ row }) => has(row.caller, part) || has(row.destination, part));
  }
  if (context !== undefined) {
    const part = wanted(context);
    tests.push(({ row }) => has(row.context, part));
  }
  if (extension !== undefined) {
    const part = wanted(extension);
    tests.push(({ row }) => row.matched.some((name) => has(name, part)));
  }
  if (cause !== undefined) {
    const part = wanted(cause).replaceAll(' ', '_');
    tests.push(({ row }) => has(row.cause, part));
  }
  for (const word of text?.split(/\s+/).filter((part) => part !== '') ?? []) {
    const part = wanted(word);
    tests.push(({ haystack }) => seen(haystack).includes(part));
  }
  return tests;
}
