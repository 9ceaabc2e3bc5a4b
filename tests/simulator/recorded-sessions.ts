/** The recordings the simulator is held against: what went on in each beside the socket, and what became of the call. */
import type { Fate } from '../../src/simulator/call-result.js';
import type { ApiAnswer, ApplicationBehaviour, Script } from '../../src/simulator/script.js';
import { framesOf, readRecording } from './recording.js';
import type { Outside } from './replay.js';

export interface RecordedSession {
  /** Under `tests/captures`, without its ending. */
  readonly name: string;
  readonly fate: Fate;
  readonly script?: Script;
  /** Happened although no remark says so. */
  readonly unremarked?: readonly { readonly at: number; readonly outside: Outside }[];
  /** Variables whose bytes the connect reply does not tell (it encodes no `%XX` that is there already). */
  readonly variables?: Readonly<Record<string, string>>;
  /** Headers it cannot be held to, and why. */
  readonly ignore?: RegExp;
  readonly because?: string;
  /** How far a frame may be from its recorded time, in milliseconds, if that is not the usual. */
  readonly tolerance?: number;
  /** Events of other channels are in it. */
  readonly otherChannels?: true;
}

const behaviours: readonly ApplicationBehaviour[] = [
  { application: 'playback', data: 'nonexist|/no/such', response: 'FILE NOT FOUND' },
  { application: 'playback', data: 'tone1s\\.wav', lasts: 1000 },
  { application: 'playback', data: 'tone3s\\.wav', lasts: 3000 },
  { application: 'playback', data: 'tone10s\\.wav', lasts: 10_000 },
  { application: 'bridge', data: 'short1500$', peer: { answersAfter: 20, lasts: 1515 } },
  { application: 'bridge', data: 'short800$', peer: { answersAfter: 45, lasts: 820 } },
  { application: 'bridge', data: 'short1500/answerer$', peer: { answersAfter: 0, lasts: 1530 } },
  { application: 'bridge', data: '/busy$', peer: { failsAfter: 15, cause: 'USER_BUSY' } },
  { application: 'bridge', data: '/noanswer$', peer: { ringsAfter: 20, failsAfter: 1070, cause: 'NO_ANSWER' } },
  { application: 'bridge', data: '\\^:answer\\^sleep:800', peer: { answersAfter: 0, lasts: 805 } },
  {
    application: 'bridge',
    data: '\\^:ring_ready\\^sleep:600',
    peer: { ringsAfter: 10, failsAfter: 625, cause: 'NORMAL_CLEARING' },
  },
  {
    application: 'bridge',
    data: '\\^:ring_ready\\^sleep:3000',
    peer: { ringsAfter: 10, failsAfter: 3025, cause: 'NORMAL_CLEARING' },
  },
];

const behindSocket: Script = {
  applications: behaviours,
  afterSocket: [
    { application: 'set', data: 'after_socket=yes' },
    { application: 'sleep', data: '30000' },
  ],
};

function sessions(fate: Fate, directory: string, ...names: string[]): RecordedSession[] {
  return names.map((name) => ({ name: `${directory}${name}`, fate, script: { applications: behaviours } }));
}

function experiments(fate: Fate, ...names: string[]): RecordedSession[] {
  return names.map((name) => ({ name: `experiments/${name}`, fate, script: behindSocket }));
}

/** What `status` answered in a recording: how long FreeSWITCH was up, and how busy. */
function statusIn(name: string): ApiAnswer {
  const frame = framesOf(readRecording(name)).find(({ body }) => body.includes('FreeSWITCH (Version'));
  return { function: 'status', answer: /UP \d+ years[^]*/.exec(frame?.body ?? '')?.[0] ?? '' };
}

export const recordedSessions: readonly RecordedSession[] = [
  ...sessions('hung up', '', 'async-full', 'async-without-full', 'sync-full', 'linger', 'no-linger'),
  ...sessions('hung up', '', 'hangup-during-application', 'unknown-application'),
  { name: 'bytes', fate: 'hung up', variables: { literal: '100%25 %FF %zz' } },
  ...sessions('hung up', '', 'bytes-json'),
  ...sessions('parked', '', 'controller-gone-at-once'),
  ...sessions('ended', '', 'controller-gone-later', 'controller-gone-sync'),
  {
    name: 'expanding',
    fate: 'ended',
    script: {
      globals: { domain_name: '127.0.0.1' },
      api: [
        { function: 'expr', arguments: '^1\\+1$', answer: '2' },
        { function: 'expr', arguments: '^\\+1$', answer: '1' },
        { function: 'expr', arguments: '^7\\+1$', answer: '8' },
      ],
    },
  },
  ...sessions('handed over', '', 'xferext', 'xferext-sync'),
  ...['after-01-async-exit', 'after-02-async-close', 'after-03-async-resume-exit', 'after-04-sync-exit'].map(
    (name): RecordedSession => ({ name: `sessions/${name}`, fate: 'continued', script: behindSocket }),
  ),
  { name: 'sessions/after-05-sync-close', fate: 'continued', script: behindSocket },
  { name: 'sessions/after-06-sync-resume-exit', fate: 'reset', script: behindSocket },
  { name: 'sessions/after-07-async-answered-exit', fate: 'continued', script: behindSocket },
  {
    name: 'sessions/async-01-basic',
    fate: 'hung up',
    script: { applications: behaviours },
  },
  ...sessions(
    'hung up',
    'sessions/',
    'async-02-farhup-linger',
    'async-03-farhup-linger3',
    'async-04-farhup-nolinger',
    'async-05-farhup-during-playback',
    'async-06-bridge-answered',
    'async-08-bridge-busy',
    'async-09-bridge-noanswer',
    'async-10-bridge-hangup_after_bridge',
    'async-11-bridge-loopback',
    'async-14-loops-and-body-arg',
    'async-25-unknown-app',
    'async-26-unanswered-playback-and-hangup',
    'sync-01-basic',
    'sync-02-farhup-linger',
    'sync-03-farhup-nolinger',
    'sync-04-farhup-during-playback',
    'sync-05-bridge-answered',
    'sync-06-bridge-busy',
    'sync-10-unknown-app',
    'sip-05-async-hangup-busy-before-answer',
  ),
  {
    name: 'sessions/async-07-bridge-b-killed',
    fate: 'hung up',
    script: { applications: [{ application: 'bridge', peer: { answersAfter: 40, lasts: 1450 } }] },
  },
  ...sessions(
    'ended',
    'sessions/',
    'async-12-event-lock',
    'async-13-pipelined-no-lock',
    'async-15-controller-closes',
    'async-16-exit-command',
    'async-17-exit-command-unanswered',
    'async-18-resume',
    'async-19-first-command-not-connect',
    'async-20-myevents-json',
    'notfull-01-async',
    'sync-07-controller-closes',
    'sync-08-exit-command',
    'sync-11-async-break-from-outside',
  ),
  // The 25 s are counted in the clock's whole seconds, and nothing tells where in a second it began.
  { name: 'sessions/async-23-no-connect-25s', fate: 'parked', tolerance: 1000 },
  {
    name: 'sessions/async-22-dtmf',
    fate: 'ended',
    script: { applications: [{ application: 'play_and_get_digits', presses: { after: 590, digits: '42#' } }] },
  },
  {
    name: 'sessions/async-24-transfer',
    fate: 'handed over',
    script: {
      extensions: [
        {
          destination: '^1000$',
          context: 'answerer',
          actions: [
            { application: 'answer' },
            { application: 'playback', data: 'tone_stream://%(500,500,440);loops=600' },
          ],
        },
      ],
    },
    ignore: /^variable_DP_MATCH$/,
    because: 'the hunt for the extension is the dialplan’s',
  },
  { name: 'sessions/sync-09-transfer', fate: 'handed over' },
  {
    name: 'sessions/async-27-background_job',
    fate: 'ended',
    script: { api: [statusIn('sessions/async-27-background_job')] },
  },
  {
    name: 'sessions/sip-01-async-answer-caller-hangs-up',
    fate: 'hung up',
    unremarked: [{ at: 2640, outside: { api: 'uuid_kill $U' } }],
  },
  {
    name: 'sessions/sip-02-sync-answer-caller-hangs-up',
    fate: 'hung up',
    unremarked: [{ at: 2610, outside: { api: 'uuid_kill $U' } }],
  },
  {
    name: 'sessions/sip-03-async-bridge-unanswered-a-leg',
    fate: 'hung up',
    script: { applications: [{ application: 'bridge', peer: { answersAfter: 20, lasts: 'forever' } }] },
    unremarked: [{ at: 2665, outside: { api: 'uuid_kill $U' } }],
  },
  {
    name: 'sessions/sip-04-async-bridge-b-hangs-up',
    fate: 'hung up',
    script: { applications: behaviours },
    unremarked: [{ at: 3680, outside: { api: 'uuid_kill $U' } }],
  },
  {
    name: 'sessions/sip-06-async-caller-cancels',
    fate: 'hung up',
    unremarked: [{ at: 1950, outside: { api: 'uuid_kill $U ORIGINATOR_CANCEL' } }],
  },
  { name: 'sessions/async-21-event-plain-all-filter', fate: 'ended', otherChannels: true },
  ...experiments(
    'hung up',
    'async-after-hangup-pipelined',
    'bridge-caller-hangs-up-linger',
    'bridge-caller-hangs-up-while-ringing',
    'bridge-causes-continuing',
    'bridge-continue-on-fail-list',
    'bridge-failure-causes',
    'bridge-hangup-after-bridge-sync',
    'bridge-locked-message-behind',
    'bridge-message-while-ringing',
    'bridge-message-within',
    'bridge-unanswered-then-answered',
    'event-plain-all-filtered',
    'far-hangup-during-commands',
    'names-and-loops',
    'null-sync-without-full',
    'record-session',
    'sync-after-hangup',
    'sync-hangup-linger-2',
    'sync-hangup-no-linger',
  ),
  ...experiments(
    'continued',
    'bridge-continue-on-fail-true',
    'bridge-empty',
    'bridge-exit-within',
    'commands-framing',
    'commands-long-values',
    'commands-pausing-events',
    'commands-tilde',
    'commands-too-long-body',
    'exit-loses-events',
    'filters',
    'leave-async-close-at-once',
    'leave-async-exit-while-playing',
    'leave-async-resume-close',
    'leave-async-set-and-exit',
    'leave-sync-close-before-connect',
    'leave-sync-set-async-header-exit',
    'locks-mixed',
    'sleep-messages-within',
  ),
  ...experiments(
    'parked',
    'leave-async-close-before-connect',
    'leave-async-close-before-connect-no-next',
    'leave-async-exit-at-once',
    'leave-async-first-command-exit',
  ),
  ...experiments('reset', 'leave-sync-resume-close'),
  { name: 'experiments/commands-subscriptions', fate: 'continued', script: behindSocket },
  {
    name: 'experiments/variables',
    fate: 'hung up',
    script: { ...behindSocket, api: [statusIn('experiments/variables')], globals: { hostname: 'vm' } },
  },
];
