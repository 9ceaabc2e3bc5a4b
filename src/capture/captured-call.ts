/** A call as a line of a capture file, for which `schema/capture.schema.json` is the contract. */
import { textOf } from '../bytes.js';
import type { AnsweredEffect, Call, CallOutcome, ExecutedApplication } from '../calls/call.js';
import type { ChannelData } from '../dialplan/caller-profile.js';
import type { HuntedApplication } from '../dialplan/captures.js';
import type { InlineExecution } from '../dialplan/hunt.js';

type Values = Record<string, string>;
/** Null: FreeSWITCH had nothing, or has it no more. */
type Answers = Record<string, string | null>;

interface CapturedAction {
  readonly application: string;
  readonly data: string;
}

export interface CapturedCall {
  readonly capture: 1;
  readonly call: string;
  readonly arrivedAt: number;
  readonly timezone: string;
  readonly neutraliseCaptures: boolean;
  readonly masked: boolean;
  readonly mode: 'async' | 'sync';
  readonly domain: string;
  readonly context: string;
  readonly why: string;
  readonly data: Values;
  readonly answers: {
    readonly globals: Answers;
    readonly api: Answers;
    readonly afterInline: readonly { readonly data: Answers; readonly globals: Answers; readonly api: Answers }[];
  };
  readonly decision?: {
    readonly route: boolean;
    readonly matched: readonly string[];
    readonly actions: readonly CapturedAction[];
    readonly inline: readonly (CapturedAction & { readonly executed?: string })[];
    readonly decisionMs: number;
  };
  readonly applications: readonly (CapturedAction & {
    readonly startedAt: number;
    readonly endedAt?: number;
    readonly response?: string;
  })[];
  readonly outcome: {
    readonly kind: CallOutcome;
    readonly hangupCause?: string;
    readonly answered: boolean;
    readonly talkMs?: number;
    readonly endedAt: number;
    readonly error?: string;
  };
}

/** What of the configuration decides a hunt besides the dialplan. */
export interface Circumstances {
  /** The zone FreeSWITCH's server is set to. */
  readonly timezone: string;
  readonly neutraliseCaptures: boolean;
}

/** @param call one that has ended */
export function capturedCall(call: Call, { timezone, neutraliseCaptures }: Circumstances): CapturedCall {
  const { hunted, decisionMs } = call;
  return {
    capture: 1,
    call: textOf(call.id),
    arrivedAt: call.arrivedAt,
    timezone,
    neutraliseCaptures,
    masked: false,
    mode: call.mode,
    domain: call.selected.domain,
    context: call.selected.name,
    why: call.selected.why,
    data: Object.fromEntries([...call.data].map(([name, value]) => [textOf(name), textOf(value)])),
    answers: answersOf(call.answers, call.data),
    ...(hunted === undefined || decisionMs === undefined
      ? {}
      : {
          decision: {
            route: hunted.route,
            matched: hunted.matched.map(textOf),
            actions: hunted.applications.map(action),
            inline: hunted.inline.map(inlineAction),
            decisionMs,
          },
        }),
    applications: call.applications.map(executedAction),
    outcome: {
      kind: call.outcome ?? 'failed',
      ...(call.hangupCause === undefined ? {} : { hangupCause: textOf(call.hangupCause) }),
      answered: call.isAnswered,
      ...(call.talkMs === undefined ? {} : { talkMs: call.talkMs }),
      endedAt: call.endedAt ?? call.arrivedAt,
      ...(call.error === undefined ? {} : { error: textOf(call.error.message) }),
    },
  };
}

/** The first answer to each question stands at the top; what an inline application changed stands with it. */
function answersOf(answered: readonly AnsweredEffect[], arrived: ChannelData): CapturedCall['answers'] {
  const globals: Answers = {};
  const api: Answers = {};
  const afterInline: { data: Answers; globals: Answers; api: Answers }[] = [];
  let before = arrived;
  for (const { effect, answer } of answered) {
    if (effect.kind === 'execute') {
      const after = typeof answer === 'object' && answer.kind === 'executed' ? answer.data : before;
      afterInline.push({ data: changedHeaders(before, after), globals: {}, api: {} });
      before = after;
      continue;
    }
    const value = typeof answer === 'string' ? textOf(answer) : null;
    const key = textOf(effect.kind === 'global' ? effect.name : effect.expandedText);
    const first = effect.kind === 'global' ? globals : api;
    if (!Object.hasOwn(first, key)) setOwn(first, key, value);
    else if (first[key] !== value)
      setOwn(afterInline.at(-1)?.[effect.kind === 'global' ? 'globals' : 'api'], key, value);
  }
  return { globals, api, afterInline };
}

function changedHeaders(before: ChannelData, after: ChannelData): Answers {
  const changed: Answers = {};
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const value = after.get(name);
    // When an event was sent says nothing of the channel.
    if (value === before.get(name) || name.startsWith('Event-')) continue;
    setOwn(changed, textOf(name), value === undefined ? null : textOf(value));
  }
  return changed;
}

/** A name may be `__proto__`, which an assignment would take for something else. */
function setOwn(target: Answers | undefined, key: string, value: string | null): void {
  if (target === undefined) return;
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function action({ application, data }: HuntedApplication): CapturedAction {
  return { application: textOf(application), data: textOf(data) };
}

function inlineAction(inline: InlineExecution): CapturedAction & { executed?: string } {
  return {
    ...action(inline),
    ...(inline.executed === undefined ? {} : { executed: textOf(inline.executed) }),
  };
}

function executedAction(executed: ExecutedApplication): CapturedCall['applications'][number] {
  const { startedAt, endedAt, response } = executed;
  return {
    ...action(executed),
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(response === undefined ? {} : { response: textOf(response) }),
  };
}
