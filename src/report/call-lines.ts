/** What is said of a call, one readable line for each thing that happens to it. */
import type { Call, ExecutedApplication } from '../calls/call.js';
import { textOf } from '../bytes.js';
import type { Origin } from '../routes/select-context.js';
import { printable, printableText } from './printable.js';

const SHORT_ID = 8;
const MS = 1000;

/** Enough of a channel's uuid to tell calls apart in a log. */
export function shortId(id: string): string {
  return printable(id.slice(0, SHORT_ID));
}

/** `1001 "Alice" → 13800138000 from extension 1001 on internal: context default by …` */
export function arrivalLine(call: Call): string {
  const { origin, why } = call.selected;
  const name = call.callerName === '' ? '' : ` "${printable(call.callerName)}"`;
  const caller = `${printable(call.callerNumber) || 'anonymous'}${name}`;
  return `${caller} → ${printable(call.destination)} from ${originText(origin)}: ${printableText(why)}`;
}

/** `extension 1001 on internal` */
export function originText({ kind, name, profile }: Origin): string {
  const from = name === undefined ? 'an unknown party' : `${kind} ${printableText(name)}`;
  return profile === undefined ? from : `${from} on ${printableText(profile)}`;
}

/** `bridge sofia/gateway/default/13800138000` */
export function startLine({ application, data }: ExecutedApplication): string {
  return `${printable(application)}${data === '' ? '' : ` ${printable(data)}`}`;
}

/** `bridge ended after 5.2 s: FILE PLAYED` */
export function endLine({ application, startedAt, endedAt, response }: ExecutedApplication): string {
  const duration = durationText((endedAt ?? startedAt) - startedAt);
  return `${printable(application)} ended after ${duration}${response === undefined ? '' : `: ${printable(response)}`}`;
}

/** `finished NORMAL_CLEARING after 12.3 s, talked 9.8 s; matched record, call trunk; decided in 1.2 ms` */
export function summaryLine(call: Call): string {
  const cause = call.hangupCause === undefined ? '' : ` ${printableText(call.hangupCause)}`;
  const duration = durationText((call.endedAt ?? call.arrivedAt) - call.arrivedAt);
  const matched = call.matched.length === 0 ? 'matched nothing' : `matched ${call.matched.map(printable).join(', ')}`;
  const decided = call.decisionMs === undefined ? 'not decided' : `decided in ${call.decisionMs.toFixed(1)} ms`;
  return `${outcomeText(call)}${cause} after ${duration}, ${talkText(call)}; ${matched}; ${decided}`;
}

function talkText({ isAnswered, talkMs }: Call): string {
  if (talkMs !== undefined) return `talked ${durationText(talkMs)}`;
  return isAnswered ? 'answered' : 'not answered';
}

function outcomeText({ outcome, error }: Call): string {
  switch (outcome) {
    case 'finished':
      return 'finished';
    case 'hungUp':
      return 'hung up';
    case 'transferred':
      return 'transferred';
    case 'noRoute':
      return 'no route';
    case 'handedBack':
      return "handed back to FreeSWITCH's dialplan";
    case 'closed':
      return 'socket closed by FreeSWITCH';
    case 'failed':
    case undefined:
      return `failed: ${printableText(textOf(error?.message ?? 'no reason known'))}`;
  }
}

/** `12 ms`, `1.5 s` */
export function durationText(ms: number): string {
  return ms < MS ? `${Math.round(ms)} ms` : `${(ms / MS).toFixed(1)} s`;
}
