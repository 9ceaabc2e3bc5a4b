/** What came of a simulated call. Times are simulated milliseconds since FreeSWITCH began to dial the controller. */
import type { Bytes } from '../bytes.js';
import type { HangupCause } from './hangup-causes.js';

/**
 * What became of the call when its controller was through with it:
 * `hung up` while the controller held it; `continued` with the dialplan's next action behind `socket`; `ended`, there being
 * none; `handed over` to another extension or application list; `parked` for good, because the socket was gone before the
 * call was parked; `reset`, stuck in CS_RESET, as a synchronous `resume` leaves it; `not connected`, and so continued.
 */
export type Fate = 'hung up' | 'continued' | 'ended' | 'handed over' | 'parked' | 'reset' | 'not connected';

export interface ReceivedCommand {
  readonly at: number;
  /** The whole command as it came, without its body. */
  readonly text: Bytes;
}

export interface ExecutedApplication {
  readonly application: Bytes;
  /** Expanded. */
  readonly data: Bytes;
  /** Application-UUID */
  readonly uuid: Bytes;
  readonly startedAt: number;
  /** Missing if the application had no end. */
  endedAt?: number;
  response?: Bytes;
}

/** Something the controller sent that FreeSWITCH does not do what was surely meant with. */
export interface ProtocolProblem {
  readonly at: number;
  readonly problem: string;
  /** The command it was in, or its beginning. */
  readonly command: Bytes;
}

export interface CallTimings {
  /** The TCP connection stood. */
  accepted?: number;
  /** The first command was read. */
  connected?: number;
  /** The first application a controller asked for was executed. */
  firstApplication?: number;
  answered?: number;
  hungUp?: number;
  /** The socket was closed, by whichever side. */
  closed?: number;
  /** The call was over; missing if it is stuck. */
  ended?: number;
}

export interface CallResult {
  readonly uuid: string;
  readonly fate: Fate;
  /** Missing if the call was not hung up. */
  readonly hangupCause?: HangupCause;
  /** Who hung up: `caller`, `controller`, or an application's name. */
  readonly hungUpBy?: string;
  readonly commands: readonly ReceivedCommand[];
  /** In the order they began. */
  readonly applications: readonly ExecutedApplication[];
  readonly problems: readonly ProtocolProblem[];
  readonly timings: Readonly<CallTimings>;
}
