/** Which of the calls in a log are wanted. */
import type { LoggedCall } from './logged-call.js';

/** All that is said must hold. */
export interface CallFilter {
  /** How the channel's uuid begins. */
  readonly call?: string;
  /** Part of the caller's number or of the one dialled. */
  readonly number?: string;
  readonly context?: string;
  readonly domain?: string;
  /** Only calls that failed, that found no route, or about which there was a warning. */
  readonly failed?: boolean;
  /** Epoch milliseconds; a call that went on at any time in between is wanted. */
  readonly since?: number;
  readonly until?: number;
}

export function isWanted(call: LoggedCall, filter: CallFilter): boolean {
  const { call: id, number, context, domain, failed, since, until } = filter;
  return (
    (id === undefined || call.id.startsWith(id)) &&
    (number === undefined || hasNumber(call.caller, number) || hasNumber(call.destination, number)) &&
    (context === undefined || call.context === context) &&
    (domain === undefined || call.domain === domain) &&
    (failed !== true || isFailed(call)) &&
    (since === undefined || call.lastAt >= since) &&
    (until === undefined || call.firstAt <= until)
  );
}

export function isFailed({ outcome, troubles, state }: LoggedCall): boolean {
  return outcome === 'failed' || outcome === 'noRoute' || state === 'lost' || troubles.length > 0;
}

/** In a log of masked numbers a number is known by its length and its last digits. */
function hasNumber(logged: string | undefined, wanted: string): boolean {
  if (logged === undefined) return false;
  const shown = logged.replace(/^\*+/, '');
  if (shown === logged) return logged.includes(wanted);
  return shown.endsWith(wanted) || (wanted.length === logged.length && wanted.endsWith(shown));
}
