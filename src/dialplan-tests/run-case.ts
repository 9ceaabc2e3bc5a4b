/** Runs one case: hunts its call and holds the decision against what is expected. */
import { textOf } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { HuntedApplication } from '../dialplan/captures.js';
import type { Trace } from '../dialplan/trace.js';
import { KNOWS_NOTHING, type AnswerSource } from '../replay/answer-source.js';
import { followTransfers } from '../replay/follow-transfers.js';
import type { RecordedCall } from '../replay/recorded-call.js';
import { replay, type Replayed } from '../replay/replay.js';
import { findContext, findDomain, type Snapshot } from '../routes/snapshot.js';
import { callUnderTest, type CallUnderTest } from './call-under-test.js';
import { decidingTrace } from './deciding-trace.js';
import { checkExpectation, showApplication } from './expectation.js';
import type { TestCase } from './test-case.js';
import type { ExpectDocument } from './test-document.js';

/** `fail`: it is not as expected; `error`: that cannot be told; `skip`: the file says not to run it. */
export type Status = 'pass' | 'fail' | 'error' | 'skip';

export interface CaseResult {
  readonly test: TestCase;
  readonly status: Status;
  /** What is wrong, or why it was skipped; several lines each. */
  readonly messages: readonly string[];
  /** Of the condition that decided, where something is wrong. */
  readonly trace: Trace;
  readonly tookMs: number;
}

export interface RunOptions {
  readonly neutraliseCaptures: boolean;
  /** The server's zone where a case names none. */
  readonly timezone: string;
  /** Asked where neither the case nor its dump knows. */
  readonly sources: readonly AnswerSource[];
  /** Reads a case's dump. @throws Error that says what is wrong with it */
  readonly readDump: (file: string) => RecordedCall;
}

/** FreeSWITCH looks for these on its own account. */
const SELDOM_SET = new Set(['auto_hunt', 'timezone', 'tod_tz_offset']);

export function runCase(test: TestCase, snapshot: Snapshot, options: RunOptions): CaseResult {
  const begun = performance.now();
  const result = (status: Status, messages: readonly string[], trace: Trace = []): CaseResult => ({
    test,
    status,
    messages,
    trace,
    tookMs: performance.now() - begun,
  });
  if (test.skip !== undefined) return result('skip', [test.skip]);
  if (Object.keys(test.expect).length === 0) return result('error', ['nothing is expected: there is no "expect"']);
  let call: CallUnderTest;
  try {
    const recorded = test.call.dump === undefined ? undefined : options.readDump(test.call.dump);
    call = callUnderTest(test.call, test.situation, recorded, options.timezone);
  } catch (error) {
    return result('error', [(error as Error).message]);
  }
  const missing = missingPlace(test, snapshot);
  if (missing !== undefined) return result('error', [missing]);
  const known = { data: call.data, answers: KNOWS_NOTHING };
  const replaying = {
    domain: test.situation.domain,
    context: test.inContext,
    neutraliseCaptures: options.neutraliseCaptures,
    sources: [...call.answers, ...(call.epochMs === undefined ? options.sources.map(timeless) : options.sources)],
    moment: { epochMs: call.epochMs ?? 0, serverZone: call.serverZone },
  };
  const first = replay(known, snapshot, replaying);
  const { hunts: followed, unknown } = looksBeyond(test.expect)
    ? followTransfers(known, first, snapshot, replaying)
    : { hunts: [], unknown: [] };
  const hunts = [first, ...followed.map(({ replayed }) => replayed)];
  const doubts = [...hunts.flatMap((hunt) => doubtsAbout(hunt, call)), ...unknown.map(describeUnknown)];
  if (doubts.length > 0) return result('error', [...new Set(doubts)], hunts.flatMap(certainTrace));
  const disappointments = checkExpectation(test.expect, { ...first, followed });
  if (disappointments.length === 0) return result('pass', []);
  const extension = disappointments.find(({ extension: named }) => named !== undefined)?.extension;
  const messages = new Set([...disappointments.map(({ message }) => message), ...hunts.flatMap(takenAsUnset)]);
  const behind = followed.flatMap(({ replayed }) => decidingTrace(replayed.hunted, undefined));
  return result('fail', [...messages], [...decidingTrace(first.hunted, extension), ...behind]);
}

/** Whether what a transfer leads to counts. */
function looksBeyond({ contains, not, hangup }: ExpectDocument): boolean {
  return contains !== undefined || not !== undefined || hangup !== undefined;
}

function describeUnknown(application: HuntedApplication): string {
  return `where ${showApplication(application)} leads depends on what "answers" does not have`;
}

/** A test of a context that is not there would say nothing. */
function missingPlace({ inContext, situation: { domain } }: TestCase, snapshot: Snapshot): string | undefined {
  if (domain === undefined) return undefined;
  const found = findDomain(snapshot, domain);
  if (found === undefined) return `there is no domain ${domain} in the dialplan`;
  if (inContext === undefined || findContext(found, inContext) !== undefined) return undefined;
  return `there is no context ${inContext} in domain ${domain}`;
}

/** What nobody can tell although the decision depends on it. */
function doubtsAbout({ hunted, unknown }: Replayed, { epochMs }: CallUnderTest): string[] {
  const unanswered = unknown.filter(({ kind }) => kind === 'api');
  const timed = epochMs === undefined && hunted.trace.some(({ kind }) => kind === 'time');
  return [
    ...unanswered.map(({ text }) => `the decision depends on ${textOf(text)}, which "answers" does not have`),
    ...(timed ? ['the decision depends on the time: expected a "time", or a dump that tells it'] : []),
  ];
}

/** A variable that neither the call nor "globals" has is unset; where the outcome is wrong, that may be why. */
function takenAsUnset({ unknown }: Replayed): string[] {
  return unknown
    .filter(({ kind, text }) => kind === 'global' && !SELDOM_SET.has(lowerCase(text)))
    .map(({ text }) => `note: neither the call nor "globals" has ${textOf(text)}, so it was taken as unset`);
}

/** A hunt's trace up to where it depends on what nobody can tell. */
function certainTrace({ hunted, unknown }: Replayed): Trace {
  const lengths = unknown.filter(({ kind }) => kind === 'api').map(({ traceLength }) => traceLength);
  return hunted.trace.slice(0, Math.min(hunted.trace.length, ...lengths));
}

/** Without a time no function that might look at the clock is answered. */
function timeless(source: AnswerSource): AnswerSource {
  return { global: (name) => source.global(name), api: () => undefined };
}
