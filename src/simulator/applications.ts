/** What the applications do that are more than variables. The others last and leave behind what the script says. */
import { Surroundings } from '../dialplan/expand.js';
import type { Bytes } from '../bytes.js';
import { atoi, lowerCase } from '../dialplan/c-values.js';
import { performApplication } from '../dialplan/simulate-application.js';
import { splitArguments } from '../dialplan/split-arguments.js';
import { CoreAnswers, settle } from './api-functions.js';
import { bridge } from './bridge.js';
import { playAndGetDigits, read } from './collect-digits.js';
import { millisecondsOf } from './duration.js';
import { answer, preAnswer, ringReady } from './channel-signals.js';
import { causeOf } from './hangup-causes.js';
import { FILE_PLAYED, playFile } from './play-file.js';
import type { SimulatedSession } from './simulated-session.js';
import { sleep } from './sleep.js';
import { socketApplication } from './socket-application.js';
import type { Thread, Wait } from './thread.js';
import { transfer } from './transfer.js';

type ApplicationFunction = (session: SimulatedSession, data: Bytes, name: Bytes) => Iterable<Wait>;

const NOTHING_TO_WAIT_FOR: readonly Wait[] = [];

const FRAME_MS = 20;
const MOST_ARGUMENTS = 10;

const FUNCTIONS: Readonly<Record<string, ApplicationFunction>> = {
  answer: immediately(answer),
  break: immediately((session, data) => {
    // FreeSWITCH has it the wrong way round: whatever is not `all` drops the messages that wait.
    session.breakOff(data !== '' && lowerCase(data) !== 'all');
  }),
  bridge,
  endless_playback: endlessPlayback,
  execute_extension: executeExtension,
  hangup: immediately((session, data, name) => {
    session.hangUp(causeOf(data), name);
  }),
  loop_playback: loopPlayback,
  park: (session) => session.park(),
  play_and_get_digits: playAndGetDigits,
  playback,
  pre_answer: immediately(preAnswer),
  read,
  record_session: recordSession,
  ring_ready: immediately(ringReady),
  sched_hangup: immediately(scheduleHangup),
  sleep: sleepOnChannel,
  socket: socketApplication,
  stop_record_session: immediately((session, data) => {
    if (lowerCase(data) === 'all') session.recordings.stopAll();
    else session.recordings.stop(data);
  }),
  transfer: immediately(transferApplication),
};

/** The function of an application, by its name as its module spells it. */
export function applicationFunction(name: Bytes): ApplicationFunction {
  return (Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined) ?? scripted;
}

function immediately(effect: (session: SimulatedSession, data: Bytes, name: Bytes) => void): ApplicationFunction {
  return (session, data, name) => {
    effect(session, data, name);
    return NOTHING_TO_WAIT_FOR;
  };
}

function* scripted(session: SimulatedSession, data: Bytes, name: Bytes): Thread {
  const { channel, core } = session;
  settle(performApplication(name, data, new Surroundings(channel, new CoreAnswers(core))));
  const { lasts = 0, set, response, hangup } = session.behaviour(name, data);
  yield* session.frames({
    until: core.clock.now() + millisecondsOf(lasts),
    messages: channel.mediaReady ? 'all' : 'none',
  });
  for (const [variable, value] of set) channel.set(variable, value);
  if (response !== undefined) channel.set('current_application_response', response);
  if (hangup !== undefined) session.hangUp(hangup, name);
}

function* playback(session: SimulatedSession, data: Bytes): Thread {
  const { channel } = session;
  channel.delete('playback_terminator_used');
  const response = yield* playFile(session, data, (digit) => {
    if (!playbackTerminators(channel.value('playback_terminators')).includes(digit)) return false;
    channel.set('playback_terminator_used', digit);
    return true;
  });
  channel.set('current_application_response', response);
}

/** The digits that end a playback. */
function playbackTerminators(variable = '*'): Bytes {
  const word = lowerCase(variable);
  if (word === 'none') return '';
  return word === 'any' ? '1234567890*#' : variable;
}

function* endlessPlayback(session: SimulatedSession, data: Bytes): Thread {
  let response: Bytes = FILE_PLAYED;
  while (session.channel.ready && response === FILE_PLAYED) response = yield* playFile(session, data);
  session.channel.set('current_application_response', response);
}

/** `[+<times> ]<file>` */
function* loopPlayback(session: SimulatedSession, data: Bytes, name: Bytes): Thread {
  const [, times = '1', file = ''] = /^(?:\+(\S*) ?)?(.*)$/s.exec(data) ?? [];
  if (file === '') {
    session.hangUp('DESTINATION_OUT_OF_ORDER', name);
    return;
  }
  let response: Bytes = FILE_PLAYED;
  const rounds = atoi(times);
  for (let round = 0; session.channel.ready && (rounds < 0 || round < rounds) && response === FILE_PLAYED; round += 1) {
    response = yield* playFile(session, file);
  }
  session.channel.set('current_application_response', response);
}

/** Without media FreeSWITCH sleeps in whole frames and lets no message in. */
function* sleepOnChannel(session: SimulatedSession, data: Bytes): Thread {
  const { channel, core } = session;
  const milliseconds = Math.max(atoi(data), 0);
  const length = channel.mediaReady ? milliseconds : Math.floor(milliseconds / FRAME_MS) * FRAME_MS;
  yield* session.frames({ until: core.clock.now() + length, messages: channel.mediaReady ? 'all' : 'none' });
}

function* recordSession(session: SimulatedSession, data: Bytes): Thread {
  const [path = ''] = data.split(' ');
  if (path === '') return;
  yield* sleep(session.core.clock, FRAME_MS);
  session.recordings.start(path);
}

/** `<extension> [<dialplan> [<context>]]`; of `-bleg` and `-both` the other leg's part is not simulated. */
function transferApplication(session: SimulatedSession, data: Bytes): void {
  const parts = splitArguments(data, ' ', 4);
  const leg = lowerCase(parts[0] ?? '');
  if (leg === '-bleg') return;
  const [destination, dialplan, context] = leg === '-both' ? parts.slice(1) : parts;
  if (destination !== undefined) transfer(session, destination, dialplan, context);
}

/** `<extension> [<dialplan> [<context>]]`, executed on the spot; the call then goes on where it was. */
function* executeExtension(session: SimulatedSession, data: Bytes): Thread {
  const { channel, core } = session;
  const [destination = '', , context] = splitArguments(data, ' ', 3);
  const actions = core.script.extension(destination, context ?? channel.profile.readByName('context') ?? '') ?? [];
  for (const { application, data: argument } of actions) {
    if (!channel.ready || !(yield* session.execute(application, argument))) return;
  }
}

/** `[+]<seconds> [<cause>]` */
function scheduleHangup(session: SimulatedSession, data: Bytes, name: Bytes): void {
  const [when = '', cause = 'ALLOTTED_TIMEOUT'] = splitArguments(data, ' ', MOST_ARGUMENTS);
  if (when === '') return;
  const { clock } = session.core;
  const at = when.startsWith('+') ? clock.now() + atoi(when.slice(1)) * 1000 : session.core.timeOf(atoi(when) * 1000);
  session.schedule(at, () => {
    session.hangUp(causeOf(cause), name);
  });
}
