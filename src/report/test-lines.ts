/** How dialplan tests went: for people, and as one JSON object a case. */
import type { CaseResult, Status } from '../dialplan-tests/run-case.js';
import { located } from '../dialplan/position.js';
import { entryLines } from './explanation-lines.js';
import { cell, folded } from './markdown.js';
import { printableText } from './printable.js';
import { PLAIN, type Style } from './style.js';
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
export function caseLines({ test, status, messages, trace }: CaseResult, style: Style): string[] {
  const place = status === 'pass' ? '' : style.faint(`  (${printableText(located(test.file, test.at))})`);
  const head = `${marked(status, style)} ${printableText(test.name)}${place}`;
  if (status === 'pass') return [head];
  const said = messages.flatMap((message) => message.split('\n')).map((line) => `    ${printableText(line)}`);
  const why = trace.flatMap((entry) => entryLines(entry, style)).map((line) => `      ${line}`);
  return [head, ...said, ...(why.length === 0 ? [] : ['    because:', ...why])];
}

function marked(status: Status, style: Style): string {
  if (status === 'pass') return style.good(MARKS[status]);
  return status === 'skip' ? style.faint(MARKS[status]) : style.bad(MARKS[status]);
}

/** Fit for a pull request: what did not pass as a table, and why folded behind it. */
export function testsMarkdown(results: readonly CaseResult[], summary: string): string {
  const shown = results.filter(({ status }) => status !== 'pass');
  const lines = [`**parkway test**: ${summary}`, ''];
  if (shown.length > 0) lines.push('| | test | what |', '| --- | --- | --- |');
  for (const { test, status, messages } of shown) {
    lines.push(`| ${WORDS[status]} | ${cell(test.name)} | ${cell((messages[0] ?? '').split('\n')[0] ?? '')} |`);
  }
  for (const result of shown) {
    if (result.status === 'skip') continue;
    lines.push(
      '',
      ...folded(`${result.test.name} (${located(result.test.file, result.test.at)})`, caseLines(result, PLAIN)),
    );
  }
  return `${lines.join('\n').trimEnd()}\n`;
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
  return { name: test.name, file: test.file, ...test.at, status, messages, trace: traceLines(trace), tookMs };
}
