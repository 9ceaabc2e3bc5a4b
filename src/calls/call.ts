/** What is known of one call, from its arrival to its end: the record that logs, pages and metrics are made of. */
import type { Bytes } from '../bytes.js';
import type { ChannelData } from '../dialplan/caller-profile.js';
import type { Answer, Effect } from '../dialplan/effect.js';
import type { Hunted } from '../dialplan/hunt.js';
import type { TraceEntry } from '../dialplan/trace.js';
import type { SelectedContext } from '../routes/select-context.js';

export interface ExecutedApplication {
  readonly application: Bytes;
  /** As FreeSWITCH expanded it; in synchronous mode, where it does not say so, as hunted. */
  data: Bytes;
  readonly startedAt: number;
  /** Undefined while it runs, and if the call ended before it did. */
  endedAt: number | undefined;
  response: Bytes | undefined;
}

/**
 * `finished`: the list was executed to its end; `hungUp`: the channel was hung up before; `transferred`: it went on
 * elsewhere; `noRoute`: nothing matched; `failed`: hunting or executing failed; `handedBack`: FreeSWITCH's own dialplan went
 * on, because Parkway was stopped; `closed`: FreeSWITCH closed the socket.
 */
export type CallOutcome = 'finished' | 'hungUp' | 'transferred' | 'noRoute' | 'failed' | 'handedBack' | 'closed';

/** What a hunt asked, and what FreeSWITCH answered. */
export interface AnsweredEffect {
  readonly effect: Effect;
  readonly answer: Answer;
}

export interface Call {
  /** The channel's uuid. */
  readonly id: string;
  /** Epoch milliseconds, as all times here. */
  readonly arrivedAt: number;
  readonly callerNumber: Bytes;
  readonly callerName: Bytes;
  readonly destination: Bytes;
  readonly mode: 'async' | 'sync';
  /** The channel's data as FreeSWITCH told it when the call arrived. */
  readonly data: ChannelData;
  readonly selected: SelectedContext;
  /** Grows while the call is hunted. */
  readonly trace: TraceEntry[];
  /** Grows while the call is hunted, in the order asked. */
  readonly answers: AnsweredEffect[];
  /** What was decided; undefined until then, and if the hunt did not come to its end. */
  hunted: Hunted | undefined;
  /** Extensions that matched, in order. */
  matched: readonly Bytes[];
  /** How long it took to decide, FreeSWITCH's answers included, in milliseconds. */
  decisionMs: number | undefined;
  readonly applications: ExecutedApplication[];
  outcome: CallOutcome | undefined;
  /** FreeSWITCH's name of the cause. */
  hangupCause: string | undefined;
  isAnswered: boolean;
  /** From answer to hang-up, in milliseconds; undefined if it was not answered, or goes on. */
  talkMs: number | undefined;
  endedAt: number | undefined;
  error: Error | undefined;
}

/** Hears of each call as it goes; nothing here can hold a call up. */
export interface CallObserver {
  arrived(call: Call): void;
  decided(call: Call): void;
  applicationStarted(call: Call, application: ExecutedApplication): void;
  applicationEnded(call: Call, application: ExecutedApplication): void;
  ended(call: Call): void;
}
