/** One simulated call: FreeSWITCH executes `socket` on a channel and does what the controller says. */
import type { ChannelData } from '../dialplan/caller-profile.js';
import { CallJournal } from './call-journal.js';
import type { CallResult } from './call-result.js';
import type { FreeSwitch } from './free-switch.js';
import type { HangupCause } from './hangup-causes.js';
import type { Dial } from './network.js';
import { SessionThread } from './session-thread.js';
import { SimulatedChannel } from './simulated-channel.js';
import { tcpDial } from './tcp-dial.js';
import { startThread } from './thread.js';

export interface CallOptions {
  /** The channel, as a dump shows it; its uuid must not be one that is in a call. */
  readonly channel: ChannelData;
  /** Where the controller listens: a host, or several with `|` between them, each `host:port[/path]`. */
  readonly target: string;
  readonly asynchronous: boolean;
  readonly full: boolean;
  /** When the caller hangs up, in simulated milliseconds; without it, never. */
  readonly hangupAfter?: number;
  readonly hangupCause?: HangupCause;
  /** How to reach the controller, if not over TCP. */
  readonly dial?: Dial;
}

export interface SimulatedCall {
  readonly uuid: string;
  /** Settles when the call and its socket are through, or the call is stuck for good. Never rejects. */
  readonly result: Promise<CallResult>;
  /** The caller hangs up. */
  hangUp(cause?: HangupCause): void;
  /** The caller hangs up, and the connection breaks: the end of a call whose controller does not let go. */
  abandon(): void;
}

export function simulateCall(freeSwitch: FreeSwitch, options: CallOptions): SimulatedCall {
  const { clock, script } = freeSwitch;
  const { target, asynchronous, full, hangupAfter, hangupCause = 'NORMAL_CLEARING' } = options;
  const started = clock.now();
  const journal = new CallJournal(() => clock.now() - started);
  const channel = new SimulatedChannel(options.channel);
  const socketData = `${target}${asynchronous ? ' async' : ''}${full ? ' full' : ''}`;
  let over = false;
  let settle: () => void = () => undefined;
  const finish = (): void => {
    over = true;
    settle();
  };
  const session = new SessionThread({
    core: freeSwitch,
    channel,
    journal,
    dial: options.dial ?? tcpDial(clock),
    actions: [{ application: 'socket', data: socketData }, ...script.afterSocket],
    onStuck: finish,
  });
  const result = new Promise<CallResult>((resolve) => {
    settle = () => {
      if (!over || session.listener?.finished === false) return;
      session.attention.forget(settle);
      resolve(journal.result(channel.uuid));
    };
    session.attention.await(settle);
  });
  clock.enter(() => {
    startThread(clock, session.run(), finish);
    if (hangupAfter !== undefined) {
      session.schedule(started + hangupAfter, () => {
        session.hangUp(hangupCause, 'caller');
      });
    }
  });
  return {
    uuid: channel.uuid,
    result,
    hangUp: (cause = 'NORMAL_CLEARING') => {
      clock.enter(() => {
        session.hangUp(cause, 'caller');
      });
    },
    abandon: () => {
      journal.problem('the controller did not let go');
      clock.enter(() => {
        session.hangUp('NORMAL_CLEARING', 'caller');
      });
      session.listener?.breakConnection();
    },
  };
}
