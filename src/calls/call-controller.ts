/** One call, entry to exit: picks the context, hunts it, executes what was hunted, and ends the call. */
import { performance } from 'node:perf_hooks';
import { bytesOf, type Bytes } from '../bytes.js';
import { hunt, type Hunted, type HuntRequest } from '../dialplan/hunt.js';
import { ChannelHungUp, ChannelLeft, SocketClosed } from '../esl/errors.js';
import type { ApplicationToExecute, Completion } from '../esl/executions.js';
import type { Session, SessionEnd } from '../esl/session.js';
import type { HashGet } from '../routes/redis/hash-get.js';
import { selectContext } from '../routes/select-context.js';
import type { Snapshot } from '../routes/snapshot.js';
import { noteTransfer } from '../routes/transferred-context.js';
import { answerEffect, applyChanges } from './answer-effect.js';
import type { Call, CallObserver, CallOutcome, ExecutedApplication } from './call.js';
import { endCall, type Ending } from './ending.js';

export interface CallOptions {
  /** The domain of calls that name none, or one there is not. */
  readonly defaultDomain: (snapshot: Snapshot) => string;
  readonly neutraliseCaptures: boolean;
  /** The zone FreeSWITCH's server is set to. */
  readonly serverZone: string;
  readonly onNoRoute: Ending;
  readonly afterLast: Ending;
  readonly onError: Ending;
  /** Answers `${cti_hash_get(key field)}`; undefined: FreeSWITCH does. */
  readonly hashGet: HashGet | undefined;
}

/** An application to execute, and the one of the list it is. */
interface Step extends ApplicationToExecute {
  readonly hunted: Hunted['applications'][number] | undefined;
}

const MICROSECONDS_PER_MS = 1000;

/** Handles one call; returns when there is no more to do for it. Its failure is in its record, never thrown. */
export async function controlCall(
  session: Session,
  snapshot: Snapshot,
  options: CallOptions,
  observer: CallObserver,
): Promise<void> {
  const call = beginCall(session, snapshot, options);
  observer.arrived(call);
  try {
    const hunted = await decide(call, session, snapshot, options);
    observer.decided(call);
    if (hunted.route) await execute(call, hunted, session, observer);
    call.outcome = hunted.route ? 'finished' : 'noRoute';
    await endCall(session, hunted.route ? options.afterLast : options.onNoRoute);
  } catch (error) {
    if (!endsCall(error)) await fail(call, error as Error, session, options.onError);
  } finally {
    finish(call, await session.ended, session);
    observer.ended(call);
  }
}

function beginCall(session: Session, snapshot: Snapshot, options: CallOptions): Call {
  const { data } = session;
  const header = (name: string): Bytes => data.get(name) ?? '';
  return {
    id: session.uuid,
    arrivedAt: Date.now(),
    callerNumber: header('Caller-Caller-ID-Number'),
    callerName: header('Caller-Caller-ID-Name'),
    destination: header('Caller-Destination-Number'),
    mode: session.isAsync ? 'async' : 'sync',
    data,
    selected: selectContext(data, snapshot, options.defaultDomain(snapshot)),
    trace: [],
    answers: [],
    hunted: undefined,
    matched: [],
    decisionMs: undefined,
    applications: [],
    outcome: undefined,
    hangupCause: undefined,
    isAnswered: false,
    talkMs: undefined,
    endedAt: undefined,
    error: undefined,
  };
}

async function decide(call: Call, session: Session, snapshot: Snapshot, options: CallOptions): Promise<Hunted> {
  if (snapshot.version === 0) throw new Error('there is no dialplan yet: its store has been away since the start');
  const begun = performance.now();
  const request: HuntRequest = {
    data: session.data,
    context: bytesOf(call.selected.name),
    extensions: call.selected.context?.extensions,
    compiler: snapshot.compiler,
    moment: { epochMs: call.arrivedAt, serverZone: options.serverZone },
    neutraliseCaptures: options.neutraliseCaptures,
  };
  const hunting = hunt(request, call.trace);
  let step = hunting.next();
  while (step.done !== true) {
    const answer = await answerEffect(step.value, session, options.hashGet);
    call.answers.push({ effect: step.value, answer });
    step = hunting.next(answer);
  }
  call.hunted = step.value;
  call.matched = step.value.matched;
  call.decisionMs = performance.now() - begun;
  return step.value;
}

async function execute(call: Call, hunted: Hunted, session: Session, observer: CallObserver): Promise<void> {
  // What Parkway executes besides the list is no part of the record.
  const steps: Step[] = applyChanges(hunted.changes, session).map((change) => ({ ...change, hunted: undefined }));
  for (const application of hunted.applications) {
    const note = noteTransfer(application);
    if (note !== undefined) steps.push({ ...note, hunted: undefined });
    steps.push({ application: application.application, data: application.data, hunted: application });
  }
  const executed = new Map<number, ExecutedApplication>();
  await session.executeAll(steps, {
    started(index, data) {
      const hunt = steps[index]?.hunted;
      if (hunt === undefined) return;
      const application = {
        application: hunt.application,
        data: data ?? hunt.data,
        startedAt: Date.now(),
        endedAt: undefined,
        response: undefined,
      };
      executed.set(index, application);
      call.applications.push(application);
      observer.applicationStarted(call, application);
    },
    completed(index, completion) {
      const application = executed.get(index);
      if (application === undefined) return;
      complete(application, completion);
      observer.applicationEnded(call, application);
    },
  });
}

function complete(application: ExecutedApplication, { data, response }: Completion): void {
  application.endedAt = Date.now();
  application.data = data ?? application.data;
  application.response = response;
}

/** The channel is gone, or goes on without us: no failure, only the end. */
function endsCall(error: unknown): boolean {
  return error instanceof ChannelHungUp || error instanceof ChannelLeft || error instanceof SocketClosed;
}

async function fail(call: Call, error: Error, session: Session, ending: Ending): Promise<void> {
  call.outcome = 'failed';
  call.error = error;
  try {
    await endCall(session, ending);
  } catch (cause) {
    // FreeSWITCH takes no command any more; letting go is all that is left.
    if (!endsCall(cause)) await session.release();
  }
}

function finish(call: Call, end: SessionEnd, session: Session): void {
  call.endedAt = Date.now();
  call.outcome ??= outcomeOf(end);
  call.hangupCause = end.hangupCause;
  call.error ??= end.error;
  const answered = microseconds(session, 'Caller-Channel-Answered-Time');
  const hungUp = microseconds(session, 'Caller-Channel-Hangup-Time');
  call.isAnswered = answered > 0;
  if (call.isAnswered && hungUp >= answered) call.talkMs = Math.round((hungUp - answered) / MICROSECONDS_PER_MS);
}

function outcomeOf({ reason }: SessionEnd): CallOutcome {
  switch (reason) {
    case 'hungUp':
      return 'hungUp';
    case 'left':
      return 'transferred';
    case 'released':
      return 'handedBack';
    case 'closed':
      return 'closed';
  }
}

function microseconds(session: Session, header: string): number {
  return Number(session.header(header) ?? 0);
}
