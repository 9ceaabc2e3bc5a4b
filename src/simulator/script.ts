/** How a simulated FreeSWITCH and the people on its calls behave: plain data, as a YAML or JSON file may hold it. */
import type { HangupCause } from './hangup-causes.js';

/** How long something lasts: simulated milliseconds, or until the call is hung up. */
export type Duration = number | 'forever';

export interface Script {
  /** How applications behave. The first that matches decides; without one the defaults do. */
  readonly applications?: readonly ApplicationBehaviour[];
  /** What API functions answer that the simulator does not know, or that it is to answer otherwise. */
  readonly api?: readonly ApiAnswer[];
  /** Global variables. */
  readonly globals?: Readonly<Record<string, string>>;
  /** Where `transfer` leads. A destination without an extension ends the call with NO_ROUTE_DESTINATION. */
  readonly extensions?: readonly ScriptedExtension[];
  /** The dialplan's actions behind `socket`: what a call goes on with when its controller is gone. */
  readonly afterSocket?: readonly ScriptedAction[];
}

export interface ApplicationBehaviour {
  /** In any case. One that FreeSWITCH does not have becomes known to the simulator this way. */
  readonly application: string;
  /** A PCRE expression the expanded data must match; without it any data does. */
  readonly data?: string;
  /** How long it runs. What a file lasts is said of `playback`, whatever application plays it. */
  readonly lasts?: Duration;
  /** Its `Application-Response`, such as `FILE NOT FOUND`. */
  readonly response?: string;
  /** Channel variables it has set when it is through, such as the digits somebody pressed. */
  readonly set?: Readonly<Record<string, string>>;
  /** The cause it hangs the call up with when it is through. */
  readonly hangup?: HangupCause;
  /** What the caller presses while it runs, in simulated milliseconds since it began. */
  readonly presses?: { readonly after: number; readonly digits: string };
  /** For `bridge`: what the called party does. */
  readonly peer?: PeerBehaviour;
}

/** The called party, in simulated milliseconds since it was called. It answers, or it fails. */
export type PeerBehaviour = AnsweringPeer | FailingPeer;

interface Ringing {
  /** When it begins to ring; without it, it does not. */
  readonly ringsAfter?: number;
  /** When it sends media without answering; without it, it does not. */
  readonly earlyMediaAfter?: number;
}

export interface AnsweringPeer extends Ringing {
  readonly answersAfter: number;
  /** How long after the answer it hangs up. */
  readonly lasts: Duration;
  /** What it hangs up with; NORMAL_CLEARING if nothing is said. */
  readonly cause?: HangupCause;
}

export interface FailingPeer extends Ringing {
  readonly failsAfter: number;
  readonly cause: HangupCause;
}

export interface ApiAnswer {
  readonly function: string;
  /** A PCRE expression the arguments must match; without it any arguments do. */
  readonly arguments?: string;
  readonly answer: string;
  /** How long the function takes, in simulated milliseconds. */
  readonly lasts?: number;
}

export interface ScriptedExtension {
  /** A PCRE expression for the destination number. */
  readonly destination: string;
  /** The context, by its name; without it any. */
  readonly context?: string;
  readonly actions: readonly ScriptedAction[];
}

export interface ScriptedAction {
  readonly application: string;
  readonly data?: string;
}

const SPEAKING = ['say', 'speak', 'phrase', 'gentones', 'play_fsv'];
const LISTENING = ['play_and_detect_speech', 'record'];
const UNTIL_HANGUP = ['ivr', 'voicemail', 'conference', 'fifo', 'callcenter', 'valet_park', 'echo', 'delay_echo'];
const SENT_AWAY = ['redirect', 'deflect'];

/**
 * What applies where a script says nothing. Files play for 2 s and streams as long as they say; other applications that are
 * not here are through at once.
 */
export const DEFAULT_BEHAVIOURS: readonly ApplicationBehaviour[] = [
  ...SPEAKING.map((application) => ({ application, lasts: 2000 })),
  ...LISTENING.map((application) => ({ application, lasts: 5000 })),
  ...UNTIL_HANGUP.map((application) => ({ application, lasts: 'forever' as const })),
  ...SENT_AWAY.map((application) => ({ application, hangup: 'NORMAL_CLEARING' as const })),
  { application: 'bridge', peer: { ringsAfter: 200, answersAfter: 2000, lasts: 5000 } },
];
