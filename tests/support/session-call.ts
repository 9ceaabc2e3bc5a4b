/** One simulated call whose controller is a session of Parkway's, over TCP. */
import { Listener, type RefusalReason } from '../../src/esl/listener.js';
import { DEFAULT_SESSION_OPTIONS, type Session } from '../../src/esl/session.js';
import type { CallResult } from '../../src/simulator/call-result.js';
import type { Script } from '../../src/simulator/script.js';
import { simulateCall, type CallOptions } from '../../src/simulator/simulate-call.js';
import { startFreeSwitch } from '../../src/simulator/start-free-switch.js';
import { ringingChannel } from '../simulator/dump.js';

const SHORT: Script = { applications: [{ application: 'playback', lasts: 100 }] };

export interface SessionCallOptions extends Partial<CallOptions> {
  readonly script?: Script;
}

/** Resolves when the call, its socket and the handler are through. @throws what the handler throws, or a refusal */
export async function sessionCall(
  handle: (session: Session) => Promise<void>,
  { script, ...options }: SessionCallOptions = {},
): Promise<CallResult> {
  let handled: Promise<void> | undefined;
  const refusals: (RefusalReason | Error)[] = [];
  const listener = await Listener.listen(
    { host: '127.0.0.1', port: 0, maxSessions: 10, allow: [], session: DEFAULT_SESSION_OPTIONS },
    {
      onSession: (session) => {
        handled = handle(session);
        return handled.catch(() => undefined);
      },
      onExcess: () => Promise.resolve(),
      onRefused: (reason, _peer, error) => refusals.push(error ?? reason),
      onError: (error) => refusals.push(error),
    },
  );
  try {
    const freeSwitch = startFreeSwitch({ script: { ...SHORT, ...script } });
    const result = await simulateCall(freeSwitch, {
      channel: ringingChannel(),
      target: `127.0.0.1:${listener.port}`,
      asynchronous: true,
      full: true,
      ...options,
    }).result;
    if (handled === undefined && refusals.length === 0) throw new Error('the call was over before its session began');
    await handled;
    if (refusals.length > 0) throw new Error(`refused: ${refusals.join(', ')}`);
    return result;
  } finally {
    listener.close();
  }
}
