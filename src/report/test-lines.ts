/** How dialplan tests went: for people, and as one JSON object a case. */
import type { CaseResult, Status } from '../dialplan-tests/run-case.js';
import { printableText } from './printable.js';
import { traceLines } from './trace-lines.js';

const MARKS: Readonly<Record<Status, string>> = { pass: '✓', fail: '✗', error: '!', skip: '-' };
const STATUSES: readonly Status[] = ['pass', 'fail', 'error', 'skip'];
const WORDS: Readonly<Record<Status, string>> = {
  pass: 'passed',
  fail: 'failed',
  error: 'in error',
  skip: 'skipped',
};

/** `✗ name  (file:line)`, and where something is wrong what it is and the trace of what decided. */
export function caseLines({ test, status, messages, trace }: CaseResult): string[] {
  const place = status === 'pass' ? '' : `  (${test.file}:${test.line})`;
  const head = `${MARKS[status]} ${printableText(test.name)}${printableText(place)}`;
  if (status === 'pass') return [head];
  const said = messages.flatMap((message) => message.split('\n')).map((line) => `    ${printableText(line)}`);
  const why = traceLines(trace).map((line) => `      ${printableText(line)}`);
  return [head, ...said, ...(why.length === 0 ? [] : ['    because:', ...why])];
}

/** `12 passed, 1 failed in 8 ms` */
export function testSummaryLine(counts: ReadonlyMap<Status, number>, tookMs: number): string {
  const parts = STATUSES.flatMap((status) => {
    const count = counts.get(status) ?? 0;
    return count === 0 ? [] : [`${count} ${WORDS[status]}`];
  });
  return `${parts.length === 0 ? 'no tests' : parts.join(', ')} in ${Math.round(tookMs)} ms`;
}

export function caseJson({ test, status, messages, trace, tookMs }: CaseResult): object {
  return { name: test.name, file: test.file, line: test.line, status, messages, trace: traceLines(trace), tookMs };
}
