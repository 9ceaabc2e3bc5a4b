/** What a replayed call would do, for a person and for a program. */
import { textOf, type Bytes } from '../bytes.js';
import { compileExpression } from '../dialplan/expression.js';
import type { HuntedApplication } from '../dialplan/captures.js';
import { compareTime } from '../dialplan/compare-time.js';
import { Pattern } from '../dialplan/pcre2.js';
import type { Trace } from '../dialplan/trace.js';
import type { Journey } from '../replay/follow-transfers.js';
import type { CapturedApplication } from '../replay/capture.js';
import type { DecidedPart } from '../replay/recorded-differences.js';
import type { RecordedCall } from '../replay/recorded-call.js';
import type { Replayed } from '../replay/replay.js';
import { byExtension, explanationLines, type Explanation } from './explanation-lines.js';
import { section } from './markdown.js';
import { printable, printableText } from './printable.js';
import { PLAIN, type Style } from './style.js';
import { traceLines, traceProblems } from './trace-lines.js';

export interface ReplayReport extends Journey {
  readonly call: RecordedCall;
  /** When, by which clock, and what says so. */
  readonly clock: string;
  /** The context FreeSWITCH had the call in, where no route chose another. */
  readonly unheededContext?: string | undefined;
  /** What was decided otherwise when it was recorded. */
  readonly otherwise: readonly DecidedPart[];
}

/** What an expression captured on the way of the call. */
interface Capture {
  readonly extension: Bytes;
  readonly field: Bytes;
  readonly groups: readonly (Bytes | undefined)[];
}

/** A call in a few lines: who called what, which context and why, what matched, what would be executed; and where that leads. */
export function replayLines(report: ReplayReport, explain: Explanation | undefined, style: Style): string[] {
  const place = style.faint(`  ${printableText(report.call.location)}`);
  return [style.strong(titleOf(report)) + place, ...journeyLines(report, explain, style)];
}

/** Fit for a ticket: the same, with carets where they belong. */
export function replayMarkdown(report: ReplayReport, explain: Explanation | undefined): string {
  return section(titleOf(report), printableText(report.call.location), journeyLines(report, explain, PLAIN));
}

function titleOf({ call }: ReplayReport): string {
  const header = (name: string): string => printable(call.data.get(name) ?? '');
  const name = header('Caller-Caller-ID-Name');
  const caller = `${header('Caller-Caller-ID-Number') || 'anonymous'}${name === '' ? '' : ` "${name}"`}`;
  return `${caller} → ${header('Caller-Destination-Number')}`;
}

function journeyLines(
  { call, replayed, followed, clock, unheededContext: unheeded, otherwise }: ReplayReport,
  explain: Explanation | undefined,
  style: Style,
): string[] {
  const { selected } = replayed;
  return [
    ...labelled('context', [
      `${printableText(selected.name)}: ${printableText(selected.why)}`,
      ...(unheeded === undefined
        ? []
        : [`(FreeSWITCH had the call in ${printableText(unheeded)}: --caller-context hunts there)`]),
    ]),
    ...labelled('time', [clock]),
    ...huntLines(replayed, recordedLines(call.capture, otherwise), call.notes, explain, style),
    ...followed.hunts.flatMap((hunt) => [
      ...labelled('then', [
        style.strong(`${applicationText(hunt.by)} → context ${printableText(hunt.replayed.selected.name)}`),
      ]),
      ...huntLines(hunt.replayed, [], [], explain, style),
    ]),
    ...labelled(
      'unknown',
      followed.unknown.map((application) => style.doubtful(`where ${applicationText(application)} leads`)),
    ),
  ];
}

function huntLines(
  replayed: Replayed,
  recorded: readonly string[],
  notes: readonly string[],
  explain: Explanation | undefined,
  style: Style,
): string[] {
  const { hunted } = replayed;
  return [
    ...labelled('matched', [matchedText(replayed, style)]),
    ...labelled('captured', capturesOf(replayed).map(captureText)),
    ...labelled(
      'inline',
      hunted.inline.map(({ application, data, executed }) => applicationText({ application, data: executed ?? data })),
    ),
    ...labelled('actions', hunted.applications.map(applicationText)),
    ...labelled('recorded', recorded),
    ...labelled(
      'problem',
      [...traceProblems(hunted.trace), ...notes].map((text) => style.doubtful(printableText(text))),
    ),
    ...unknownLines(replayed, style),
    ...(explain === undefined
      ? []
      : ['  why', ...explanationLines(hunted.trace, hunted.matched, explain, style).map((line) => `    ${line}`)]),
  ];
}

/** The same as one JSON value; texts as `textOf` makes them. */
export function replayJson(
  { call, replayed, followed, clock, otherwise }: ReplayReport,
  explain: Explanation | undefined,
): object {
  const { selected, hunted } = replayed;
  const header = (name: string): string => textOf(call.data.get(name) ?? '');
  return {
    location: call.location,
    format: call.format,
    call: header('Unique-ID'),
    caller: header('Caller-Caller-ID-Number'),
    callerName: header('Caller-Caller-ID-Name'),
    destination: header('Caller-Destination-Number'),
    clock,
    domain: selected.domain,
    why: selected.why,
    ...huntJson(replayed, explain),
    problems: [...traceProblems(hunted.trace), ...call.notes],
    ...(call.capture?.decision === undefined ? {} : { asRecorded: otherwise.length === 0 }),
    then: followed.hunts.map((hunt) => ({ by: applicationJson(hunt.by), ...huntJson(hunt.replayed, explain) })),
    unknownTargets: followed.unknown.map(applicationJson),
  };
}

function huntJson(replayed: Replayed, explain: Explanation | undefined): object {
  const { selected, hunted, unknown, certain } = replayed;
  return {
    context: selected.name,
    contextFound: selected.context !== undefined,
    certain,
    unknown: unknown.map(({ kind, text, assumed }) => ({ kind, text: textOf(text), assumed })),
    route: hunted.route,
    matched: hunted.matched.map(textOf),
    actions: hunted.applications.map(applicationJson),
    inline: hunted.inline.map(({ executed, ...application }) => ({
      ...applicationJson(application),
      ...(executed === undefined ? {} : { executed: textOf(executed) }),
    })),
    captures: capturesOf(replayed).map(({ extension, field, groups }) => ({
      extension: textOf(extension),
      field: textOf(field),
      groups: groups.map((group) => (group === undefined ? null : textOf(group))),
    })),
    problems: traceProblems(hunted.trace),
    ...(explain === undefined ? {} : { trace: traceLines(hunted.trace), times: timesOf(hunted.trace) }),
  };
}

/** What the times of conditions were compared with, which no line of the trace tells. */
function timesOf(trace: Trace): object[] {
  return trace.flatMap((entry) =>
    entry.kind === 'time'
      ? [
          {
            extension: textOf(entry.extension),
            path: entry.place.pointer,
            passed: entry.passed,
            compared: compareTime(entry.test, entry.moment, entry.clock),
          },
        ]
      : [],
  );
}

function recordedLines(capture: RecordedCall['capture'], otherwise: readonly DecidedPart[]): string[] {
  if (capture?.decision === undefined || otherwise.length === 0) return [];
  const { domain = '', context = '', decision } = capture;
  const { inline = [] } = decision;
  const then: Readonly<Record<DecidedPart, readonly string[]>> = {
    domain: [`domain ${domain}`],
    context: [`context ${context}`],
    matched: [decision.matched.length === 0 ? 'nothing matched' : `matched ${decision.matched.join(', ')}`],
    inline: inline.length === 0 ? ['nothing inline'] : inline.map((one) => `inline ${inOneLine(one)}`),
    actions: decision.route ? decision.actions.map(inOneLine) : ['no route'],
  };
  return ['otherwise then:', ...otherwise.flatMap((part) => then[part]).map(printableText)];
}

function inOneLine({ application, data }: CapturedApplication): string {
  return `${application} ${data}`.trimEnd();
}

function matchedText({ hunted, certain }: Replayed, style: Style): string {
  const names = hunted.matched.map(printable).join(', ');
  const doubt = certain ? '' : style.doubtful(' (if the unknown answers are none)');
  if (!hunted.route) return `${style.bad('no route')}${names === '' ? '' : ` (${names})`}${doubt}`;
  return `${style.good(names)}${doubt}`;
}

function capturesOf({ hunted }: Replayed): Capture[] {
  const taken = new Set(hunted.matched);
  return byExtension(hunted.trace).flatMap(({ name, entries }) =>
    entries.flatMap((entry) => {
      if (entry.kind !== 'regex' || !entry.passed || !taken.has(name) || !entry.expression.includes('(')) return [];
      const pattern = compileExpression(entry.expression);
      const match = pattern instanceof Pattern ? pattern.match(entry.value) : undefined;
      if (match === undefined || match.count < 2) return [];
      const groups = Array.from({ length: match.count - 1 }, (_, index) => match.group(index + 1));
      return [{ extension: name, field: entry.field, groups }];
    }),
  );
}

function captureText({ extension, field, groups }: Capture): string {
  const values = groups.map((group, index) => `$${index + 1}=${group === undefined ? '' : printable(group)}`);
  return `${values.join(' ')}  of ${printable(field)} in ${printable(extension)}`;
}

function unknownLines({ unknown }: Replayed, style: Style): string[] {
  const missing = unknown.filter(({ assumed }) => !assumed);
  const assumed = unknown.filter((answer) => answer.assumed).map(({ text }) => printable(text));
  return [
    ...labelled(
      'unknown',
      missing.map(({ text }) => style.doubtful(`${printable(text)}: taken as none`)),
    ),
    ...labelled(
      'assumed',
      assumed.length === 0 ? [] : [style.faint(`no such global variables: ${assumed.join(', ')} (--globals tells)`)],
    ),
  ];
}

/** `bridge user/1000` */
export function applicationText({ application, data }: HuntedApplication): string {
  return `${printable(application)}${data === '' ? '' : ` ${printable(data)}`}`;
}

function applicationJson({ application, data }: HuntedApplication): object {
  return { application: textOf(application), data: textOf(data) };
}

/** The label stands before the first line only. */
function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(9)} ${line}`);
}
