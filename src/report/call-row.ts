/** A call as one row of a list: what a person needs to tell calls apart, every text printable. */
import { textOf } from '../bytes.js';
import type { Call, CallOutcome } from '../calls/call.js';
import { printable, printableText } from './printable.js';

export interface CallRow {
  /** Names the call in the API and in links. */
  readonly key: string;
  /** Epoch milliseconds, as all times here. */
  readonly arrivedAt: number;
  readonly endedAt: number | null;
  readonly caller: string;
  readonly callerName: string;
  readonly destination: string;
  readonly origin: RowOrigin;
  readonly domain: string;
  readonly context: string;
  readonly state: 'deciding' | 'executing' | 'ended';
  /** The application that runs; of a call that ended the last one. */
  readonly application: RowApplication | null;
  readonly outcome: CallOutcome | null;
  /** FreeSWITCH's name of the hangup cause. */
  readonly cause: string | null;
  readonly answered: boolean;
  readonly talkMs: number | null;
  readonly matched: readonly string[];
  readonly decisionMs: number | null;
  readonly error: string | null;
}

export interface RowOrigin {
  readonly kind: 'gateway' | 'extension' | 'unknown';
  readonly name: string | null;
  readonly profile: string | null;
}

export interface RowApplication {
  readonly name: string;
  readonly data: string;
  readonly startedAt: number;
}

/** What is shown of a call; a {@link Call} is one. */
export interface ShownCall extends Omit<
  Call,
  'id' | 'mode' | 'data' | 'selected' | 'trace' | 'answers' | 'hunted' | 'error'
> {
  readonly selected: Pick<Call['selected'], 'domain' | 'name' | 'origin'> & {
    readonly context: { readonly name: string } | undefined;
  };
  readonly error: { readonly message: string } | undefined;
}

const LONGEST_DATA = 200;

export function callRow(key: string, call: ShownCall): CallRow {
  const { origin } = call.selected;
  return {
    key,
    arrivedAt: call.arrivedAt,
    endedAt: call.endedAt ?? null,
    caller: printable(call.callerNumber),
    callerName: printable(call.callerName),
    destination: printable(call.destination),
    origin: { kind: origin.kind, name: orNull(origin.name), profile: orNull(origin.profile) },
    domain: printableText(call.selected.domain),
    context: printableText(call.selected.context?.name ?? call.selected.name),
    state: stateOf(call),
    application: lastApplication(call),
    outcome: call.outcome ?? null,
    cause: call.hangupCause ?? null,
    answered: call.isAnswered,
    talkMs: call.talkMs ?? null,
    matched: call.matched.map(printable),
    decisionMs: call.decisionMs ?? null,
    error: call.error === undefined ? null : printableText(textOf(call.error.message)),
  };
}

function stateOf({ endedAt, decisionMs }: ShownCall): CallRow['state'] {
  if (endedAt !== undefined) return 'ended';
  return decisionMs === undefined ? 'deciding' : 'executing';
}

/** Applications sent ahead overlap: the one that runs is the first without an end. */
function lastApplication({ applications, endedAt }: ShownCall): RowApplication | null {
  const running =
    endedAt === undefined ? applications.find((application) => application.endedAt === undefined) : undefined;
  const application = running ?? applications.at(-1);
  if (application === undefined) return null;
  return {
    name: printable(application.application),
    data: printable(application.data.slice(0, LONGEST_DATA)),
    startedAt: application.startedAt,
  };
}

function orNull(text: string | undefined): string | null {
  return text === undefined ? null : printableText(text);
}
