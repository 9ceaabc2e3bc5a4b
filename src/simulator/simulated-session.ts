/** A session as its applications and the listener of its socket see it. */
import type { Bytes } from '../bytes.js';
import type { CallJournal } from './call-journal.js';
import type { ChannelEventName, ExtraHeaders } from './channel-event.js';
import type { Command } from './command-reader.js';
import type { Behaviour } from './compile-script.js';
import type { FreeSwitch, LocatedSession } from './free-switch.js';
import type { Dial } from './network.js';
import type { Signal, Thread } from './thread.js';

/** Why a frame loop came to its end. */
export type FramesEnd = 'over' | 'not ready' | 'break' | 'digit';

export interface FrameLoop {
  /** When it is over, in simulated milliseconds. */
  readonly until: number;
  /** Messages that wait run inside it, all at once or one a frame, or wait on. */
  readonly messages: 'all' | 'one a frame' | 'none';
  /** Time the messages take does not count: it goes on playing where it was interrupted. */
  readonly pausedByMessages?: boolean;
  /** Hears every digit the caller presses; true ends the loop. Without it digits are taken and forgotten. */
  readonly onDigit?: (digit: Bytes) => boolean;
}

/** The listener of a session's socket, as the session sees it. */
export interface SessionListener {
  readonly finished: boolean;
  /** The channel was hung up. */
  notice(): void;
  breakConnection(): void;
}

export interface SimulatedSession extends LocatedSession {
  readonly core: FreeSwitch;
  readonly journal: CallJournal;
  readonly dial: Dial;
  /** Raised when something happened that loops of the session's thread look for. */
  readonly attention: Signal;
  readonly recordings: { start(path: Bytes): void; stop(path: Bytes): void; stopAll(): void };
  listener: SessionListener | undefined;
  fire(name: ChannelEventName, extra?: ExtraHeaders): void;
  /** What the script says of an application; without it nothing happens, in no time. */
  behaviour(application: Bytes, data: Bytes): Behaviour;
  /** Executes an application now. False: what follows in the same list is not to be executed. */
  execute(application: Bytes, data: Bytes | undefined): Thread<boolean>;
  /** Runs a message now, in the thread that calls (`switch_ivr_parse_event`). False: messages behind it are to wait. */
  runMessage(message: Command): Thread<boolean>;
  runAllMessages(): Thread;
  /** Lets 20 ms frames go by: what every application does that waits on a channel. */
  frames(loop: FrameLoop): Thread<FramesEnd>;
  park(): Thread;
  setState(state: 'CS_ROUTING' | 'CS_EXECUTE' | 'CS_RESET'): void;
  /** Runs an action at a simulated time, unless the call is over by then. */
  schedule(time: number, action: () => void): void;
  /** The controller's socket is gone: what the listener's end does to the channel. */
  socketEnds(resuming: boolean): void;
  /** The `socket` application is through: notes what becomes of the call. */
  noteFate(): void;
  /** The call hangs for good. */
  stuck(fate: 'parked' | 'reset'): void;
}
