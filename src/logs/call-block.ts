/** A call of the log as one folded block. */
import { durationText } from '../report/call-lines.js';
import { printableText } from '../report/printable.js';
import type { Style } from '../report/style.js';
import { isFailed } from './call-filter.js';
import type { LoggedApplication, LoggedCall } from './logged-call.js';

const TIME_WIDTH = 10;
const NORMAL = 'NORMAL_CLEARING';

/** @param isTraced whether the decision's trace is shown, where it was logged */
export function callBlock(call: LoggedCall, style: Style, isTraced: boolean): string[] {
  return [
    header(call, style),
    ...fact('from', call.origin),
    ...fact('context', contextText(call)),
    ...fact('matched', call.matched.length === 0 ? undefined : call.matched.join(', ')),
    ...call.applications.map((application) => applicationLine(call, application, style)),
    ...call.troubles.flatMap(({ at, message }) => troubleLines(since(call, at), message, style)),
    ...(isTraced ? call.trace.map((line) => `      ${style.faint(printableText(line))}`) : []),
    ...endLines(call, style),
  ];
}

/** `2026-11-25 18:30:01.123  1001 "Alice" → 13800138000  <uuid>` by the clock of whoever reads */
function header(call: LoggedCall, style: Style): string {
  const name = call.callerName === undefined || call.callerName === '' ? '' : ` "${printableText(call.callerName)}"`;
  const caller = call.caller === undefined || call.caller === '' ? 'anonymous' : printableText(call.caller);
  const parties = call.destination === undefined ? 'a call' : `${caller}${name} → ${printableText(call.destination)}`;
  const shown = isFailed(call) ? style.bad(parties) : style.strong(parties);
  return `${localTime(call.firstAt)}  ${shown}  ${style.faint(printableText(call.id))}`;
}

function contextText({ context, domain, why }: LoggedCall): string | undefined {
  if (context === undefined) return undefined;
  const of = domain === undefined || domain === '' ? '' : ` of ${domain}`;
  return `${context}${of}${why === undefined ? '' : `: ${why}`}`;
}

function fact(label: string, text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : [`  ${label.padEnd(TIME_WIDTH)}  ${printableText(text)}`];
}

function applicationLine(call: LoggedCall, application: LoggedApplication, style: Style): string {
  const { startedAt, durationMs, response } = application;
  const text = [application.application, application.data].filter((part) => part !== '').join(' ');
  const result = response === undefined || response === '' ? '' : `: ${printableText(response)}`;
  const goesOn = call.state === 'unfinished' ? 'still running' : 'not ended';
  const end = durationMs === undefined ? style.doubtful(goesOn) : style.faint(`${durationText(durationMs)}${result}`);
  return `  ${since(call, startedAt)}  ${printableText(text)}  ${end}`;
}

function troubleLines(at: string, message: string, style: Style): string[] {
  return message.split('\n').map((line, index) => {
    return `  ${index === 0 ? at : ' '.repeat(TIME_WIDTH)}  ${style.bad(`! ${printableText(line)}`)}`;
  });
}

function endLines(call: LoggedCall, style: Style): string[] {
  const at = since(call, call.lastAt);
  switch (call.state) {
    case 'ended':
      return [`  ${at}  ${styledEnd(call, style)}`];
    case 'unfinished':
      return [`  ${at}  ${style.doubtful('not ended yet')}`];
    case 'lost':
      return [`  ${at}  ${style.bad('how it ended is not in the log')}`];
    case 'noted':
      return [];
  }
}

function styledEnd(call: LoggedCall, style: Style): string {
  const text = endText(call);
  if (isFailed(call)) return style.bad(text);
  return (call.hangupCause ?? NORMAL) === NORMAL ? style.good(text) : style.doubtful(text);
}

/** `hung up NORMAL_CLEARING after 12.3 s, talked 9.8 s; decided in 1.2 ms` */
function endText({ outcome, error, hangupCause, durationMs, talkMs, decisionMs }: LoggedCall): string {
  const said = outcome === undefined ? 'ended' : (OUTCOMES.get(outcome) ?? printableText(outcome));
  const why = error === undefined || error === '' ? '' : `: ${printableText(error)}`;
  const cause = hangupCause === undefined ? '' : ` ${printableText(hangupCause)}`;
  const lasted = durationMs === undefined ? '' : ` after ${durationText(durationMs)}`;
  const talked = talkMs === undefined ? '' : `, talked ${durationText(talkMs)}`;
  const decided = decisionMs === undefined ? 'not decided' : `decided in ${decisionMs.toFixed(1)} ms`;
  return `${said}${why}${cause}${lasted}${talked}; ${decided}`;
}

/** Those whose words are others than their names. */
const OUTCOMES: ReadonlyMap<string, string> = new Map([
  ['hungUp', 'hung up'],
  ['noRoute', 'no route'],
  ['handedBack', "handed back to FreeSWITCH's dialplan"],
  ['closed', 'socket closed by FreeSWITCH'],
]);

/** `+12 ms`, since the call was first heard of. */
function since({ firstAt }: LoggedCall, at: number | undefined): string {
  return (at === undefined ? '' : `+${durationText(Math.max(0, at - firstAt))}`).padStart(TIME_WIDTH);
}

function localTime(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const time = [two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())].join(':');
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
