/**
 * `bridge`: the called party does what the script says, the caller's channel what FreeSWITCH does with it. Sources:
 * `switch_ivr_originate`, `switch_ivr_multi_threaded_bridge`, `switch_channel_handle_cause`, `audio_bridge_function` (1.11).
 */
import { randomUUID } from 'node:crypto';
import type { Bytes } from '../bytes.js';
import { isTrue, lowerCase } from '../dialplan/c-values.js';
import { splitArguments } from '../dialplan/split-arguments.js';
import type { Header } from './event.js';
import { causeCode, causeOf, type HangupCause } from './hangup-causes.js';
import { answer, preAnswer, ringReady, setCallState } from './channel-signals.js';
import { millisecondsOf } from './duration.js';
import type { PeerBehaviour } from './script.js';
import { PROFILE_TIMES } from './simulated-channel.js';
import type { FramesEnd, SimulatedSession } from './simulated-session.js';
import type { Thread } from './thread.js';

const FRAME_MS = 20;
/** Frames of a bridge before it lets messages run. */
const LEAD_FRAMES = 10;
const MOST_CAUSES = 256;
/** An endpoint of FreeSWITCH's own that fails with the cause it is given. */
const ERROR_ENDPOINT = /(?:^|[\]}>,|])error\/([^,|]*)/i;
const DIAL_STATUS: Partial<Record<HangupCause, string>> = {
  ORIGINATOR_CANCEL: 'CANCEL',
  USER_BUSY: 'BUSY',
  NO_ANSWER: 'NOANSWER',
  DESTINATION_OUT_OF_ORDER: 'INVALIDARGS',
  INVALID_PROFILE: 'INVALIDARGS',
  CALL_REJECTED: 'DONTCALL',
};
/** A call goes on after a failure with one of these, unless variables say otherwise. */
const CONTINUING: ReadonlySet<HangupCause> = new Set(['NO_ANSWER', 'NO_USER_RESPONSE', 'ORIGINATOR_CANCEL']);

/** The other leg, of which only what shows on the caller's is simulated. */
interface Leg {
  readonly uuid: string;
  readonly name: Bytes;
  readonly destination: Bytes;
  readonly behaviour: PeerBehaviour;
  /** When it was called, in simulated milliseconds. */
  readonly calledAt: number;
  readonly createdAt: number;
}

export function* bridge(session: SimulatedSession, data: Bytes, name: Bytes): Thread {
  if (data === '') return;
  const { channel } = session;
  channel.delete('originated_legs');
  channel.delete('originate_causes');
  channel.set('originate_disposition', 'failure');
  channel.set('DIALSTATUS', 'INVALIDARGS');
  const error = ERROR_ENDPOINT.exec(data);
  if (error !== null) {
    fail(session, causeOf(error[1] as Bytes), name);
    return;
  }
  // A loopback channel wants the caller's media before it is even called.
  if (dialString(data).startsWith('loopback/')) preAnswer(session);
  const leg = call(session, data, name);
  const cause = yield* originate(session, leg);
  if (cause === undefined) yield* connect(session, leg, name);
  else failLeg(session, leg, cause, name);
}

function call(session: SimulatedSession, data: Bytes, name: Bytes): Leg {
  const { channel, core } = session;
  const dialled = dialString(data);
  const destination = dialled.slice(dialled.lastIndexOf('/') + 1);
  const leg: Leg = {
    uuid: randomUUID(),
    name: dialled,
    destination,
    behaviour: session.behaviour(name, data).peer ?? { failsAfter: 0, cause: 'DESTINATION_OUT_OF_ORDER' },
    calledAt: core.clock.now(),
    createdAt: core.microseconds(),
  };
  channel.set('originate_signal_bond', leg.uuid);
  channel.push('originated_legs', `${leg.uuid};Outbound Call;${destination}`);
  return leg;
}

/** Without the variables in front of it. */
function dialString(data: Bytes): Bytes {
  return data.replace(/^(?:\{[^}]*\}|\[[^\]]*\]|<[^>]*>)+/, '');
}

/** Waits for the called party. Undefined: there is media, the legs can be connected. */
function* originate(session: SimulatedSession, leg: Leg): Thread<HangupCause | undefined> {
  const { channel, core } = session;
  const { behaviour, calledAt } = leg;
  const answers = 'failsAfter' in behaviour ? Infinity : behaviour.answersAfter;
  const settled = 'failsAfter' in behaviour ? behaviour.failsAfter : behaviour.answersAfter;
  const media = Math.min(behaviour.earlyMediaAfter ?? Infinity, answers);
  const rings = behaviour.ringsAfter ?? Infinity;
  if (rings < Math.min(media, settled)) {
    const end = yield* session.frames({ until: calledAt + rings, messages: 'all' });
    if (end === 'not ready') return 'ORIGINATOR_CANCEL';
    ring(session);
  }
  const end = yield* session.frames({ until: calledAt + Math.min(media, settled), messages: 'all' });
  if (end === 'not ready') return 'ORIGINATOR_CANCEL';
  if (channel.answered) setCallState(session, 'ACTIVE');
  if ('failsAfter' in behaviour && settled <= media) {
    showCallee(session, leg);
    return behaviour.cause;
  }
  showCallee(session, leg);
  preAnswer(session);
  if (answers <= media) answer(session);
  channel.set('originate_disposition', 'SUCCESS');
  channel.set('DIALSTATUS', 'SUCCESS');
  channel.push('originate_causes', `${leg.uuid};NONE`);
  channel.set('signal_bond', leg.uuid);
  channel.delete('originate_signal_bond');
  channel.setOtherLeg('originatee', legProfile(session, leg, core.microseconds()));
  return undefined;
}

function ring(session: SimulatedSession): void {
  const { channel, core } = session;
  if (channel.answered) {
    if (channel.time('Channel-Progress-Time') === 0) channel.setTime('Channel-Progress-Time', core.microseconds());
    setCallState(session, 'RING_WAIT');
  } else {
    ringReady(session);
  }
}

function showCallee({ channel }: SimulatedSession, { destination }: Leg): void {
  channel.profile.set('callee_id_name', destination);
  channel.profile.set('callee_id_number', destination);
}

/** The other leg's profile as the caller's events show it: cloned from the caller's, with the callee's id and times. */
function* legProfile(session: SimulatedSession, leg: Leg, answeredAt: number): Generator<Header, void, void> {
  const { profile } = session.channel;
  const field = (name: string): Bytes => profile.readByName(name) ?? '';
  yield ['Direction', 'outbound'];
  yield ['Logical-Direction', 'inbound'];
  yield ['Username', field('username')];
  yield ['Dialplan', field('dialplan')];
  yield ['Caller-ID-Name', field('caller_id_name')];
  yield ['Caller-ID-Number', field('caller_id_number')];
  yield ['Orig-Caller-ID-Name', field('orig_caller_id_name')];
  yield ['Orig-Caller-ID-Number', field('orig_caller_id_number')];
  yield ['Callee-ID-Name', leg.destination];
  yield ['Callee-ID-Number', leg.destination];
  yield ['Network-Addr', field('network_addr')];
  yield ['ANI', field('ani')];
  yield ['Destination-Number', leg.destination];
  yield ['Unique-ID', leg.uuid];
  yield ['Source', field('source')];
  yield ['Context', field('context')];
  yield ['Channel-Name', leg.name];
  const times: Partial<Record<string, number>> = {
    'Profile-Created-Time': leg.createdAt,
    'Channel-Created-Time': leg.createdAt,
    'Channel-Answered-Time': answeredAt,
  };
  for (const time of PROFILE_TIMES) yield [time, String(times[time] ?? 0)];
  yield ['Screen-Bit', 'true'];
  yield ['Privacy-Hide-Name', 'false'];
  yield ['Privacy-Hide-Number', 'false'];
}

/** Both legs hear each other until one of them is through. */
function* connect(session: SimulatedSession, leg: Leg, name: Bytes): Thread {
  const { channel, core } = session;
  const lead: Header[] = [
    ['Bridge-A-Unique-ID', channel.uuid],
    ['Bridge-B-Unique-ID', leg.uuid],
  ];
  channel.bridgeOriginator = true;
  channel.setTime('Channel-Bridged-Time', core.microseconds());
  session.fire('CHANNEL_BRIDGE', { lead });
  channel.set('bridge_to', leg.uuid);
  channel.set('last_bridge_to', leg.uuid);
  channel.set('bridge_channel', leg.name);
  channel.set('bridge_uuid', leg.uuid);
  channel.set('signal_bond', leg.uuid);
  channel.set('last_sent_callee_id_name', leg.destination);
  channel.set('last_sent_callee_id_number', leg.destination);
  const end = yield* exchangeMedia(session, leg);
  const answered = !('failsAfter' in leg.behaviour);
  const cause = leg.behaviour.cause ?? 'NORMAL_CLEARING';
  if (end === 'over') channel.set('last_bridge_hangup_cause', cause);
  channel.bridgeOriginator = false;
  channel.delete('bridge_to');
  channel.set('bridge_hangup_cause', end === 'over' ? cause : (channel.hangupCause ?? 'NORMAL_CLEARING'));
  session.fire('CHANNEL_UNBRIDGE', { lead });
  if (channel.transferring || channel.down) return;
  if (!answered) handleCause(session, cause, name);
  const hangupAfterBridge = channel.value('hangup_after_bridge') ?? '';
  if (lowerCase(hangupAfterBridge) === 'explicit' || (answered && isTrue(hangupAfterBridge)))
    session.hangUp(cause, name);
}

function* exchangeMedia(session: SimulatedSession, leg: Leg): Thread<FramesEnd> {
  const { behaviour, calledAt } = leg;
  if ('failsAfter' in behaviour) return yield* talk(session, calledAt + behaviour.failsAfter);
  const answersAt = calledAt + behaviour.answersAfter;
  if (!session.channel.answered) {
    const end = yield* talk(session, answersAt);
    if (end !== 'over') return end;
    answer(session);
  }
  return yield* talk(session, answersAt + millisecondsOf(behaviour.lasts));
}

/** Messages run one a frame, and not in the first frames. A break (`uuid_break`) does not end a bridge. */
function* talk(session: SimulatedSession, until: number): Thread<FramesEnd> {
  const { clock } = session.core;
  const lead = yield* session.frames({
    until: Math.min(until, clock.now() + LEAD_FRAMES * FRAME_MS),
    messages: 'none',
  });
  if (lead === 'not ready') return lead;
  let end: FramesEnd = 'break';
  while (end === 'break') end = yield* session.frames({ until, messages: 'one a frame' });
  return end;
}

function failLeg(session: SimulatedSession, leg: Leg, cause: HangupCause, name: Bytes): void {
  const { channel } = session;
  if (cause !== 'ORIGINATOR_CANCEL') channel.set('last_bridge_hangup_cause', cause);
  showDisposition(session, cause);
  channel.push('originate_causes', `${leg.uuid};${cause}`);
  channel.set('originate_failed_cause', cause);
  handleCause(session, cause, name);
}

function fail(session: SimulatedSession, cause: HangupCause, name: Bytes): void {
  showDisposition(session, cause);
  session.channel.set('originate_failed_cause', cause);
  handleCause(session, cause, name);
}

function showDisposition({ channel }: SimulatedSession, cause: HangupCause): void {
  channel.set('originate_disposition', cause);
  channel.set('DIALSTATUS', DIAL_STATUS[cause] ?? cause);
}

/** Hangs the caller up after a failure, or lets the call go on, as the variables say. */
function handleCause(session: SimulatedSession, cause: HangupCause, name: Bytes): void {
  if (session.channel.down || goesOn(session, cause)) return;
  session.hangUp(cause, name);
}

function goesOn({ channel }: SimulatedSession, cause: HangupCause): boolean {
  if (cause === 'ATTENDED_TRANSFER') return false;
  const continueOnFail = channel.value('continue_on_fail');
  const failureCauses = channel.value('failure_causes');
  if (continueOnFail === undefined && failureCauses === undefined) return CONTINUING.has(cause);
  if (failureCauses !== undefined && !namesCause(failureCauses, cause)) return true;
  return continueOnFail !== undefined && (isTrue(continueOnFail) || namesCause(continueOnFail, cause));
}

/** Whether a list of names and numbers holds a cause. */
function namesCause(list: Bytes, cause: HangupCause): boolean {
  return splitArguments(list, ',', MOST_CAUSES).some(
    (entry) => lowerCase(entry) === lowerCase(cause) || entry === String(causeCode(cause)),
  );
}
