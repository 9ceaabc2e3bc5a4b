/** All that is known of one call, as the API tells it. */
import { textOf, type Bytes } from '../bytes.js';
import type { CallRecord, RecordedSelection } from '../calls/call-record.js';
import type { HuntedApplication } from '../dialplan/captures.js';
import { compareTime } from '../dialplan/compare-time.js';
import type { TestPlace, TimeEntry, Trace, TraceEntry } from '../dialplan/trace.js';
import type { CallRow } from '../report/call-row.js';
import { printable, printableText } from '../report/printable.js';
import { traceLines, traceProblems } from '../report/trace-lines.js';
import type { CallDetails, TraceStep } from './schemas/calls.js';

export function callDetails(row: CallRow, record: CallRecord): Omit<CallDetails, 'isMasked'> {
  return {
    call: { ...row, origin: { ...row.origin }, matched: [...row.matched] },
    mode: record.mode,
    contextAskedFor: printableText(record.selected.name),
    choice: choiceOf(record.selected),
    why: printableText(record.selected.why),
    applications: record.applications.map(({ startedAt, endedAt, response, ...executed }) => ({
      ...shownApplication(executed),
      startedAt,
      endedAt: endedAt ?? null,
      response: response === undefined ? null : printable(response),
    })),
    ...shownTrace(record.trace),
    data: [...record.data].map(([name, value]) => ({ name: printable(name), value: printable(value) })),
  };
}

export function shownApplication({ application, data }: HuntedApplication): { name: string; data: string } {
  return { name: printable(application), data: printable(data) };
}

/** As steps, and as lines of FreeSWITCH's own dialplan log. */
export function shownTrace(trace: Trace): Pick<CallDetails, 'trace' | 'log'> {
  const lines = [...traceLines(trace), ...traceProblems(trace).map((problem) => `! ${problem}`)];
  return { trace: trace.map(traceStep), log: lines.map(printableText) };
}

function choiceOf({ choice, context }: RecordedSelection): CallDetails['choice'] {
  return {
    context: { by: choice.context.by, of: orNull(choice.context.of), isThere: context !== undefined },
    domain: { variable: choice.domain.variable ?? null, unknown: orNull(choice.domain.unknown) },
  };
}

function orNull(text: string | undefined): string | null {
  return text === undefined ? null : printableText(text);
}

function traceStep(entry: TraceEntry): TraceStep {
  switch (entry.kind) {
    case 'parsing':
      return { ...shown(entry, 'context', 'extension', 'continue'), kind: entry.kind };
    case 'nested':
      return { ...shown(entry, 'extension'), kind: entry.kind, depth: entry.depth, requireNested: entry.requireNested };
    case 'time':
      return { ...testStep(entry), kind: entry.kind, passed: entry.passed, compared: comparedTimes(entry) };
    case 'regex':
      return {
        ...testStep(entry),
        ...shown(entry, 'field', 'value', 'expression'),
        kind: entry.kind,
        passed: entry.passed,
      };
    case 'absolute':
      return { ...testStep(entry), kind: entry.kind, passed: true };
    case 'action': {
      const { depth, anti, inline } = entry;
      return { ...shown(entry, 'application', 'data'), kind: entry.kind, depth, anti, inline };
    }
    case 'rule':
      return { ...testStep(entry), kind: entry.kind, passed: entry.passed };
    case 'problem':
      return { kind: entry.kind, message: printableText(textOf(entry.message)) };
  }
}

function comparedTimes({ test, moment, clock }: TimeEntry): NonNullable<TraceStep['compared']> {
  return compareTime(test, moment, clock).map(({ expected, actual, ...rest }) => ({
    ...rest,
    expected: printableText(expected),
    actual: printableText(actual),
  }));
}

interface TestEntry {
  readonly depth: number;
  readonly extension: Bytes;
  readonly place: TestPlace;
}

function testStep({ depth, extension, place }: TestEntry): Omit<TraceStep, 'kind'> {
  const where = place.in === 'condition' ? { break: printable(place.break) } : { rule: place.rule };
  return { depth, extension: printable(extension), ...where };
}

function shown<Name extends string>(entry: Readonly<Record<Name, Bytes>>, ...names: Name[]): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, printable(entry[name])])) as Record<Name, string>;
}
