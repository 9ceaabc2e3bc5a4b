/** A call from its arrival to its end: when what happened, and why it went where it went. */
import type { Call } from '../calls/call.js';
import { arrivalLine, endLine, shortId, startLine, summaryLine } from './call-lines.js';
import { printableText } from './printable.js';
import { traceLines, traceProblems } from './trace-lines.js';

const TIME_WIDTH = 8;

interface Moment {
  readonly at: number;
  readonly text: string;
}

/** The timeline, then the trace, as lines. */
export function callTimeline(call: Call): string[] {
  const decidedAt = call.arrivedAt + (call.decisionMs ?? 0);
  const moments: Moment[] = [
    { at: call.arrivedAt, text: 'arrived' },
    { at: decidedAt, text: `decided: ${call.matched.length === 0 ? 'no extension matched' : matchedText(call)}` },
    ...call.applications.flatMap((application) => [
      { at: application.startedAt, text: startLine(application) },
      ...(application.endedAt === undefined ? [] : [{ at: application.endedAt, text: `  ${endLine(application)}` }]),
    ]),
    ...(call.endedAt === undefined ? [] : [{ at: call.endedAt, text: summaryLine(call) }]),
  ];
  const trace = [...traceLines(call.trace), ...traceProblems(call.trace).map((problem) => `! ${problem}`)];
  return [
    `${shortId(call.id)}  ${arrivalLine(call)}`,
    ...moments.map(({ at, text }) => `${`${Math.round(at - call.arrivedAt)} ms`.padStart(TIME_WIDTH)}  ${text}`),
    '  why:',
    ...trace.map((line) => `    ${printableText(line)}`),
  ];
}

function matchedText({ matched }: Call): string {
  return matched.map(printableText).join(', ');
}
