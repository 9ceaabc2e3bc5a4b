/** What is done with a channel when Parkway has no more to execute on it. */
import type { Session } from '../esl/session.js';

/** Hang up with a cause, or hand back: FreeSWITCH's own dialplan goes on behind the `socket` application. */
export type Ending = { readonly kind: 'hangup'; readonly cause: string } | { readonly kind: 'resume' };

const ENDING = /^(?:resume|hangup:([A-Z0-9_]+))$/;

/** Reads `resume` or `hangup:<CAUSE>`; undefined for anything else. */
export function parseEnding(text: string): Ending | undefined {
  const match = ENDING.exec(text);
  if (match === null) return undefined;
  const [, cause] = match;
  return cause === undefined ? { kind: 'resume' } : { kind: 'hangup', cause };
}

/** @throws SocketClosed, CommandRefused, ProtocolError */
export async function endCall(session: Session, ending: Ending): Promise<void> {
  if (ending.kind === 'hangup') await session.hangup(ending.cause);
  else await session.release();
}
