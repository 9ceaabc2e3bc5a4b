/** Why a hunt went as it did: its trace, with a caret under the character where an expression stopped matching. */
import type { Bytes } from '../bytes.js';
import { compareTime, type TimeComparison } from '../dialplan/compare-time.js';
import type { RegexEntry, TimeEntry, Trace, TraceEntry } from '../dialplan/trace.js';
import { printable, printableText } from './printable.js';
import { columnsOf, stoppedAt } from './stopped-at.js';
import type { Style } from './style.js';
import { traceLines } from './trace-lines.js';

export type Explanation = 'notes' | 'fails' | 'full';

/** The part of a trace that tells of one extension. */
export interface ExtensionTrace {
  readonly name: Bytes;
  readonly entries: readonly TraceEntry[];
  /** Where it begins in the whole trace. */
  readonly start: number;
}

/** A trace, extension by extension; what is said before the first belongs to none. */
export function byExtension(trace: Trace): ExtensionTrace[] {
  const parts: { name: Bytes; entries: TraceEntry[]; start: number }[] = [];
  for (const [index, entry] of trace.entries()) {
    if (entry.kind === 'parsing') parts.push({ name: entry.extension, entries: [], start: index });
    parts.at(-1)?.entries.push(entry);
  }
  return parts;
}

/** The test an extension was left by: the last that failed; undefined where none did. */
export function decidingTest({ entries }: ExtensionTrace): TraceEntry | undefined {
  return entries.findLast((entry) => (entry.kind === 'regex' || entry.kind === 'time') && !entry.passed);
}

/** `notes`: an extension a line; `fails`: the tests that failed; `full`: all that FreeSWITCH would log. */
export function explanationLines(
  trace: Trace,
  matched: readonly Bytes[],
  explanation: Explanation,
  style: Style,
): string[] {
  if (explanation === 'full') return trace.flatMap((entry) => entryLines(entry, style));
  const taken = new Set(matched);
  return byExtension(trace).flatMap((extension) => {
    if (explanation === 'notes') return [noteOf(extension, taken.has(extension.name), style)];
    const fails = extension.entries.filter(isFail);
    return fails.length === 0 ? [] : fails.flatMap((entry) => entryLines(entry, style));
  });
}

/** A line of FreeSWITCH's log, and beneath it what that does not say: the caret of an expression, what a time was compared with. */
export function entryLines(entry: TraceEntry, style: Style): string[] {
  if (entry.kind === 'problem') return [style.bad(`! ${printable(entry.message)}`)];
  const lines = traceLines([entry]).map((line) => styled(printableText(line), entry, style));
  if (entry.kind === 'time') return [...lines, style.faint(`  ${comparisonsText(entry)}`)];
  const caret = entry.kind === 'regex' && !entry.passed ? caretLine(entry) : undefined;
  return caret === undefined ? lines : [...lines, style.bad(caret)];
}

function noteOf(extension: ExtensionTrace, isTaken: boolean, style: Style): string {
  const name = printable(extension.name);
  const problem = extension.entries.find((entry) => entry.kind === 'problem');
  if (isTaken) return `${style.good('✓')} ${name}`;
  const test = decidingTest(extension);
  const reason = test === undefined ? 'no condition to pass' : testText(test);
  const error = problem?.kind === 'problem' ? `; ${printable(problem.message)}` : '';
  return `${style.faint('·')} ${name}: ${style.faint(`${reason}${error}`)}`;
}

/** `destination_number "1002" does not match ^9(\d+)$`: a test, in words. */
export function testText(entry: TraceEntry): string {
  if (entry.kind === 'time') return comparisonsText(entry);
  if (entry.kind !== 'regex') return '';
  const value = entry.value === '' ? 'is empty, and' : `"${printable(entry.value)}"`;
  const verb = entry.passed ? 'matches' : 'does not match';
  return `${printable(entry.field)} ${value} ${verb} ${printable(entry.expression)}`;
}

/** What decided a time test: all that holds, or what does not: `wday is sat, not mon-fri`. */
function comparisonsText({ test, moment, clock, passed }: TimeEntry): string {
  const all = compareTime(test, moment, clock);
  const deciding = passed ? all : all.filter(({ holds }) => !holds);
  return printableText(deciding.map(comparisonText).join('; '));
}

function comparisonText({ attribute, expected, actual, holds }: TimeComparison): string {
  return `${attribute} is ${actual}, ${holds ? 'which is in' : 'not'} ${expected}`;
}

function isFail(entry: TraceEntry): boolean {
  return entry.kind === 'problem' || ((entry.kind === 'regex' || entry.kind === 'time') && !entry.passed);
}

function styled(line: string, entry: TraceEntry, style: Style): string {
  if (entry.kind === 'regex' || entry.kind === 'time') return entry.passed ? style.good(line) : line;
  return entry.kind === 'parsing' ? style.strong(line) : line;
}

/** Under the first character of the value that no attempt of the expression came past. */
function caretLine(entry: RegexEntry): string | undefined {
  const stop = stoppedAt(entry.value, entry.expression);
  const [line] = traceLines([entry]);
  if (stop === undefined || line === undefined) return undefined;
  const indent = columnsOf(`${line.slice(0, line.indexOf('Regex (FAIL) ['))}Regex (FAIL) [${entry.extension}] `);
  const before = columnsOf(`${entry.field}(`) + columnsOf(entry.value.slice(0, stop));
  return `${' '.repeat(indent + before)}^`;
}
