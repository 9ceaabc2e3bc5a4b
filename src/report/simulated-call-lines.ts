/** What FreeSWITCH saw of a simulated call. */
import type { Bytes } from '../bytes.js';
import type { CallResult, ExecutedApplication } from '../simulator/call-result.js';
import type { LoadSummary, Percentiles } from '../simulator/load-tally.js';
import { printable, printableText } from './printable.js';

const TIME_WIDTH = 9;

interface Moment {
  readonly at: number;
  readonly text: string;
}

/** A call's applications, its problems and its end, in order. */
export function simulatedCallLines(result: CallResult, channel: ReadonlyMap<string, Bytes>): string[] {
  const { timings } = result;
  const header = (name: string): string => printable(channel.get(name) ?? '');
  const moments: Moment[] = [
    ...(timings.accepted === undefined ? [] : [{ at: timings.accepted, text: 'connected' }]),
    ...result.applications.map((application) => ({ at: application.startedAt, text: applicationText(application) })),
    ...result.problems.map(({ at, problem, command }) => ({ at, text: `! ${problem}: ${printable(command)}` })),
    { at: timings.hungUp ?? timings.ended ?? timings.closed ?? 0, text: fateText(result) },
  ];
  moments.sort((one, other) => one.at - other.at);
  return [
    `${printableText(result.uuid)}  ${header('Caller-Caller-ID-Number')} → ${header('Caller-Destination-Number')}`,
    ...moments.map(({ at, text }) => `${milliseconds(at).padStart(TIME_WIDTH)}  ${text}`),
  ];
}

/** Many calls: how they ended, and how long what took. */
export function loadSummaryLines(summary: LoadSummary): string[] {
  const { calls, took, outcomes, problems, latencies } = summary;
  const rate = took > 0 ? ` (${((calls * 1000) / took).toFixed(0)} a second)` : '';
  return [
    `${calls} ${calls === 1 ? 'call' : 'calls'} in ${milliseconds(took)}${rate}, ${summary.applications} applications`,
    ...counted(outcomes),
    ...counted(problems).map((line) => line.replace(/^ {2}/, '  ! ')),
    ...latency('connection accepted', latencies.accept),
    ...latency('first command', latencies.connect),
    ...latency('first application', latencies.firstApplication),
    ...latency('whole call', latencies.call),
  ];
}

function applicationText({ application, data, startedAt, endedAt, response }: ExecutedApplication): string {
  const took = endedAt === undefined ? 'no end' : milliseconds(endedAt - startedAt);
  const answer = response === undefined || response === '_none_' ? '' : `, ${printable(response)}`;
  return `${printable(application)}${data === '' ? '' : ` ${printable(data)}`}  (${took}${answer})`;
}

function fateText({ fate, hangupCause, hungUpBy }: CallResult): string {
  const cause = hangupCause === undefined ? '' : ` ${hangupCause}`;
  return `${fate}${cause}${hungUpBy === undefined ? '' : ` by ${printableText(hungUpBy)}`}`;
}

function counted(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts)
    .sort(([, one], [, other]) => other - one)
    .map(([what, count]) => `  ${count} ${printableText(what)}`);
}

function latency(what: string, times: Percentiles | undefined): string[] {
  if (times === undefined) return [];
  const { p50, p90, p99, highest } = times;
  const shown = [p50, p90, p99, highest].map((time) => milliseconds(time));
  return [`  ${what}: p50 ${shown[0] ?? ''}, p90 ${shown[1] ?? ''}, p99 ${shown[2] ?? ''}, highest ${shown[3] ?? ''}`];
}

function milliseconds(time: number): string {
  return `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`;
}
