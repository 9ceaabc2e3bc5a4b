/** What the lines of a log tell of one call. */
import { numberField, textField, textsField, type LogEntry } from './log-entry.js';

export interface LoggedApplication {
  readonly application: string;
  readonly data: string;
  /** Epoch milliseconds, as all times here; undefined if the line that tells it was not read. */
  readonly startedAt: number | undefined;
  /** Undefined while it runs, and if the call ended before it did. */
  durationMs: number | undefined;
  response: string | undefined;
}

/** A warning or an error about a call. */
export interface LoggedTrouble {
  readonly at: number;
  readonly level: string;
  readonly message: string;
}

/** Texts are as they were logged, masked ones included. */
export interface LoggedCall {
  /** The channel's uuid. */
  readonly id: string;
  /**
   * `lost`: it is not known how it ended, since Parkway was started anew or too much was going on; `noted`: there is but a line
   * about it, which is no step of a call.
   */
  state: 'unfinished' | 'ended' | 'lost' | 'noted';
  /** When it was first heard of, which is its arrival unless the log begins later. */
  readonly firstAt: number;
  lastAt: number;
  isBeginningKnown: boolean;
  caller: string | undefined;
  callerName: string | undefined;
  destination: string | undefined;
  origin: string | undefined;
  domain: string | undefined;
  context: string | undefined;
  why: string | undefined;
  readonly applications: LoggedApplication[];
  matched: readonly string[];
  outcome: string | undefined;
  hangupCause: string | undefined;
  error: string | undefined;
  durationMs: number | undefined;
  talkMs: number | undefined;
  decisionMs: number | undefined;
  readonly troubles: LoggedTrouble[];
  /** How it was decided, where that was logged. */
  trace: readonly string[];
}

export function newCall(id: string, firstAt: number): LoggedCall {
  return {
    id,
    state: 'unfinished',
    firstAt,
    lastAt: firstAt,
    isBeginningKnown: false,
    caller: undefined,
    callerName: undefined,
    destination: undefined,
    origin: undefined,
    domain: undefined,
    context: undefined,
    why: undefined,
    applications: [],
    matched: [],
    outcome: undefined,
    hangupCause: undefined,
    error: undefined,
    durationMs: undefined,
    talkMs: undefined,
    decisionMs: undefined,
    troubles: [],
    trace: [],
  };
}

const STEPS: ReadonlySet<string | undefined> = new Set(['arrived', 'trace', 'started', 'completed', 'ended']);

export function isStepOfCall({ event }: LogEntry): boolean {
  return STEPS.has(event);
}

/** Adds what an entry tells. @param entry one of this call */
export function continueCall(call: LoggedCall, entry: LogEntry): void {
  const { at, event, fields } = entry;
  call.lastAt = at;
  switch (event) {
    case 'arrived':
      call.isBeginningKnown = true;
      identify(call, entry);
      break;
    case 'trace':
      call.trace = textsField(fields, 'trace');
      break;
    case 'started':
      call.applications.push({ ...applicationOf(entry), startedAt: at, durationMs: undefined, response: undefined });
      break;
    case 'completed':
      completeApplication(call, entry);
      break;
    case 'ended':
      identify(call, entry);
      endCall(call, entry);
      break;
    default:
      if (entry.level === 'warn' || entry.level === 'error') {
        call.troubles.push({ at, level: entry.level, message: entry.message });
      }
  }
}

/** Who it was stands in the first line and in the last. */
function identify(call: LoggedCall, { fields }: LogEntry): void {
  for (const name of ['caller', 'callerName', 'destination', 'origin', 'domain', 'context', 'why'] as const) {
    call[name] = textField(fields, name) ?? call[name];
  }
}

function applicationOf({ fields }: LogEntry): Pick<LoggedApplication, 'application' | 'data'> {
  return { application: textField(fields, 'application') ?? '', data: textField(fields, 'data') ?? '' };
}

/** Those sent ahead overlap; of two of a name the one that began first ends first. */
function completeApplication(call: LoggedCall, entry: LogEntry): void {
  const { application, data } = applicationOf(entry);
  const durationMs = numberField(entry.fields, 'durationMs') ?? 0;
  const response = textField(entry.fields, 'response');
  const running = call.applications.find((each) => each.durationMs === undefined && each.application === application);
  if (running === undefined) {
    call.applications.push({ application, data, startedAt: entry.at - durationMs, durationMs, response });
  } else Object.assign(running, { durationMs, response });
}

function endCall(call: LoggedCall, { fields }: LogEntry): void {
  call.state = 'ended';
  call.outcome = textField(fields, 'outcome');
  call.hangupCause = textField(fields, 'hangupCause');
  call.error = textField(fields, 'error');
  call.matched = textsField(fields, 'matched');
  call.durationMs = numberField(fields, 'durationMs');
  call.talkMs = numberField(fields, 'talkMs');
  call.decisionMs = numberField(fields, 'decisionMs');
}
