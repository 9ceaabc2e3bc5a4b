/** Runs files of dialplan tests against the dialplan they or the caller name. */
import type { AnswerSource } from '../replay/answer-source.js';
import { readCalls } from '../replay/read-calls.js';
import type { RecordedCall, UnreadableDump } from '../replay/recorded-call.js';
import type { ReadDialplan } from '../routes/read-dialplan.js';
import { casesOf } from './cases-of.js';
import type { TestsFile } from './read-tests.js';
import { runCase, type CaseResult } from './run-case.js';
import { besides } from './test-case.js';

export interface TestRunOptions {
  readonly neutraliseCaptures: boolean;
  /** The server's zone where nothing names one. */
  readonly timezone: string;
  readonly sources: readonly AnswerSource[];
  /** Only cases whose names this accepts. */
  readonly isWanted: (name: string) => boolean;
  /** Hears how many there are, before the first. */
  readonly onCases?: (count: number) => void;
}

/** Yields a result as each case is done. @throws what a file of numbers cannot be read for */
export async function* runTests(
  tests: TestsFile,
  { snapshot }: ReadDialplan,
  { isWanted, onCases, ...options }: TestRunOptions,
): AsyncGenerator<CaseResult, void> {
  const dumps = new Map<string, RecordedCall | UnreadableDump>();
  const cases = casesOf(tests, snapshot).filter(({ name }) => isWanted(name));
  onCases?.(cases.length);
  for (const test of cases) {
    const { dump } = test.call;
    if (dump !== undefined && !dumps.has(dump)) dumps.set(dump, await firstCall(besides(test.file, dump)));
    yield runCase(test, snapshot, { ...options, readDump: (file) => expectCall(dumps.get(file)) });
  }
}

async function firstCall(file: string): Promise<RecordedCall | UnreadableDump> {
  for await (const call of readCalls([file])) return call;
  return { kind: 'unreadable', location: file, message: 'expected a channel dump, found none' };
}

function expectCall(call: RecordedCall | UnreadableDump | undefined): RecordedCall {
  if (call?.kind === 'call') return call;
  throw new Error(`the dump cannot be used: ${call?.location ?? ''}: ${call?.message ?? ''}`);
}
