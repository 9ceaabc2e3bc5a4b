/** Why a call did not reach an extension, for a person and for a program. */
import { textOf } from '../bytes.js';
import type { TraceEntry } from '../dialplan/trace.js';
import type { Change } from '../replay/call-change.js';
import type { RecordedCall } from '../replay/recorded-call.js';
import type { Reason, Solution, WhyNot } from '../replay/why-not.js';
import { entryLines, testText } from './explanation-lines.js';
import { section } from './markdown.js';
import { printable, printableText } from './printable.js';
import { applicationText } from './replay-lines.js';
import { PLAIN, type Style } from './style.js';

export interface WhyNotReport {
  readonly call: RecordedCall;
  readonly extension: string;
  readonly answer: WhyNot;
  /** A moment by the clock of the call's server. */
  readonly showTime: (epochMs: number) => string;
}

export function whyNotLines(report: WhyNotReport, style: Style): string[] {
  const { call } = report;
  return [
    `${style.strong(whoOf(report))}${style.faint(`  ${printableText(call.location)}`)}`,
    ...answerLines(report, style),
  ];
}

/** Fit for a ticket: the same, with carets where they belong. */
export function whyNotMarkdown(report: WhyNotReport): string {
  const { answer, call, extension } = report;
  const did = answer.reason.kind === 'reached' ? 'reached' : 'did not reach';
  const title = `${whoOf(report)} ${did} ${printableText(extension)}`;
  return section(title, printableText(call.location), answerLines(report, PLAIN));
}

function whoOf({ call }: WhyNotReport): string {
  const header = (name: string): string => printable(call.data.get(name) ?? '');
  return `${header('Caller-Caller-ID-Number') || 'anonymous'} → ${header('Caller-Destination-Number')}`;
}

function answerLines({ extension, answer, showTime }: WhyNotReport, style: Style): string[] {
  const { reason, replayed, by, solutions } = answer;
  const name = printableText(extension);
  const led =
    by === undefined ? `, chosen as ${printableText(replayed.selected.why)}` : `, where ${applicationText(by)} led`;
  const context = `context ${printableText(replayed.selected.name)}${led}`;
  if (reason.kind === 'reached') return [`  ${style.good(`it did reach ${name}`)} in ${context}`];
  const [smallest, ...others] = solutions;
  return [
    `  did not reach ${style.strong(name)} in ${context}`,
    ...reasonLines(reason, name, style),
    ...(smallest === undefined
      ? searchedLines(answer).map((line) => `  ${style.doubtful(line)}`)
      : ['  the smallest change that leads there, tried:', ...solutionLines(smallest, showTime, style)]),
    ...(others.length === 0 ? [] : ['  or, changing something else:']),
    ...others.flatMap((other) => solutionLines(other, showTime, style)),
  ];
}

/** What was looked for and not found, and how far. */
function searchedLines({ searched: { tried, isExhausted, isTimeMissing, unchangeable } }: WhyNot): string[] {
  const calls = `${tried} ${tried === 1 ? 'call' : 'calls'}`;
  const was = tried === 1 ? 'was' : 'were';
  return [
    `no change of its fields or of the time was found that would have led there: ${
      isExhausted ? `the ${calls} that came into question ${was} tried` : `${calls} ${was} tried, and no more`
    }`,
    ...(isTimeMissing
      ? ['there is no moment, in whatever year, at which the times of the conditions come out as it takes']
      : []),
    ...(unchangeable.length === 0
      ? []
      : [`not changed, as they are made of several values: ${unchangeable.map(printable).join(', ')}`]),
  ];
}

export function whyNotJson({ call, extension, answer, showTime }: WhyNotReport): object {
  const { reason, replayed, solutions } = answer;
  return {
    location: call.location,
    call: textOf(call.data.get('Unique-ID') ?? ''),
    extension,
    context: replayed.selected.name,
    matched: replayed.hunted.matched.map(textOf),
    reason: reasonJson(reason),
    searched: { ...answer.searched, unchangeable: answer.searched.unchangeable.map(textOf) },
    solutions: solutions.map((solution) => ({
      changes: solution.changes.map((change) => changeJson(change, showTime)),
      matched: solution.replayed.hunted.matched.map(textOf),
      actions: solution.replayed.hunted.applications.map(({ application, data }) => ({
        application: textOf(application),
        data: textOf(data),
      })),
      certain: solution.replayed.certain,
    })),
  };
}

function reasonLines(reason: Reason, name: string, style: Style): string[] {
  switch (reason.kind) {
    case 'reached':
      return [];
    case 'otherContext': {
      const contexts = reason.contexts.map(printableText).join(', ');
      return [
        `  that context does not have it; ${contexts === '' ? 'no context of the domain has' : `it is in ${contexts}`}`,
      ];
    }
    case 'before':
      return [
        `  ${style.strong(printable(reason.extension))} stands before it, matched and does not continue:`,
        ...traceText(reason.tests, style),
      ];
    case 'failed': {
      const deciding = reason.tests.at(-1);
      if (deciding === undefined) return [`  ${name} has no condition to pass`];
      // What a time was compared with stands beneath its line.
      return [...(deciding.kind === 'time' ? [] : [`  ${testText(deciding)}`]), ...traceText([deciding], style)];
    }
  }
}

function traceText(tests: readonly TraceEntry[], style: Style): string[] {
  return tests.flatMap((entry) => entryLines(entry, style)).map((line) => `    ${line}`);
}

function solutionLines(solution: Solution, showTime: WhyNotReport['showTime'], style: Style): string[] {
  const { matched } = solution.replayed.hunted;
  return [
    ...solution.changes.map((change) => `    ${style.good(changeText(change, showTime))}`),
    `      then ${matched.map(printable).join(', ')} ${matched.length === 1 ? 'matches' : 'match'}`,
  ];
}

function changeText(change: Change, showTime: WhyNotReport['showTime']): string {
  switch (change.kind) {
    case 'field':
      return `${printable(change.name)}: ${quoted(change.before)} → ${quoted(change.after)}`;
    case 'answer':
      return `${printable(change.reference)} answering ${quoted(change.after)}`;
    case 'time':
      return `the time: ${showTime(change.before)} → ${showTime(change.after)}`;
  }
}

function quoted(bytes: string): string {
  return bytes === '' ? 'none' : `"${printable(bytes)}"`;
}

function changeJson(change: Change, showTime: WhyNotReport['showTime']): object {
  switch (change.kind) {
    case 'field':
      return { field: textOf(change.name), before: textOf(change.before), after: textOf(change.after) };
    case 'answer':
      return { answer: textOf(change.reference), before: textOf(change.before), after: textOf(change.after) };
    case 'time':
      return { time: showTime(change.after), before: change.before, after: change.after };
  }
}

function reasonJson(reason: Reason): object {
  switch (reason.kind) {
    case 'before':
      return { kind: reason.kind, extension: textOf(reason.extension), tests: reason.tests.map(testText) };
    case 'failed':
      return { kind: reason.kind, tests: reason.tests.map(testText) };
    default:
      return reason;
  }
}
