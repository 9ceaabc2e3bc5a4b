/** Hunts one recorded call under one dialplan. */
import { bytesOf, type Bytes } from '../bytes.js';
import type { ChannelHeaders } from '../dialplan/caller-profile.js';
import type { Moment } from '../dialplan/date-time.js';
import type { AskApi, AskGlobal } from '../dialplan/effect.js';
import { hunt, type Hunted } from '../dialplan/hunt.js';
import type { TraceEntry } from '../dialplan/trace.js';
import type { Witness } from '../dialplan/witness.js';
import { selectContext, type SelectedContext } from '../routes/select-context.js';
import { defaultDomain, type Snapshot } from '../routes/snapshot.js';
import type { AnswerSource, KnownAnswer } from './answer-source.js';

export interface ReplayOptions {
  /** The domain of calls that name none that is known; undefined: the only one there is. */
  readonly domain?: string | undefined;
  /** Instead of the context the routes choose. */
  readonly context?: string | undefined;
  /** As the daemon is configured; FreeSWITCH itself does not. */
  readonly neutraliseCaptures: boolean;
  /** Asked behind the recording's own answers, in order. */
  readonly sources: readonly AnswerSource[];
  readonly moment: Moment;
  /** The context, where it was chosen already. */
  readonly selected?: SelectedContext;
  /** Learns what the decision depends on. No trace is kept then. */
  readonly witness?: Witness;
}

/** As much of a recorded call as a hunt needs. */
export interface ReplayedCall {
  readonly data: ChannelHeaders;
  readonly answers: AnswerSource;
}

/** What the hunt asked and nobody knew. It went on as if FreeSWITCH had none. */
export interface UnknownAnswer {
  readonly kind: 'global' | 'api';
  /** A global variable's name, or the function's reference with its arguments expanded. */
  readonly text: Bytes;
  /** How many trace entries there were when it was asked: those are certain. */
  readonly traceLength: number;
  /**
   * Whether it is a global variable: every variable that a channel does not have is looked for among them, and hardly any is
   * there. That leaves the decision certain; what a function would answer does not.
   */
  readonly assumed: boolean;
}

export interface Replayed {
  readonly selected: SelectedContext;
  readonly hunted: Hunted;
  readonly unknown: readonly UnknownAnswer[];
  /** Whether every API function the decision rests on was answered. */
  readonly certain: boolean;
}

export type Question = AskGlobal | AskApi;

/** Hunts a call; what no source knows counts as unknown. */
export function replay(call: ReplayedCall, snapshot: Snapshot, options: ReplayOptions): Replayed {
  const replaying = askWhileReplaying(call, snapshot, options);
  let step = replaying.next();
  while (step.done !== true) step = replaying.next(undefined);
  return step.value;
}

/** Hunts a call, and yields each question that no source knows, to be resumed with what another one says. */
export function* askWhileReplaying(
  { data, answers }: ReplayedCall,
  snapshot: Snapshot,
  { domain, context, neutraliseCaptures, sources, moment, ...options }: ReplayOptions,
): Generator<Question, Replayed, KnownAnswer> {
  const selected = options.selected ?? selectContext(data, snapshot, defaultDomain(snapshot, domain), context);
  const trace: TraceEntry[] = [];
  const unknown: UnknownAnswer[] = [];
  const hunting = hunt(
    {
      data,
      context: bytesOf(selected.name),
      extensions: selected.context?.extensions,
      compiler: snapshot.compiler,
      moment,
      neutraliseCaptures,
      ...(options.witness === undefined ? {} : { witness: options.witness }),
    },
    trace,
  );
  let step = hunting.next();
  while (step.done !== true) {
    if (step.value.kind === 'execute') {
      step = hunting.next({ kind: 'simulate' });
      continue;
    }
    const question = step.value;
    const known = ask(question, answers, sources, moment);
    const answer = known === undefined ? yield question : known;
    if (answer === undefined) unknown.push(describe(question, trace.length));
    step = hunting.next(answer ?? undefined);
  }
  return { selected, hunted: step.value, unknown, certain: unknown.every(({ assumed }) => assumed) };
}

function ask(
  question: Question,
  recorded: AnswerSource,
  sources: readonly AnswerSource[],
  moment: Moment,
): KnownAnswer {
  const own = askOne(question, recorded, moment);
  if (own !== undefined) return own;
  for (const source of sources) {
    const known = askOne(question, source, moment);
    if (known !== undefined) return known;
  }
  return undefined;
}

function askOne(question: Question, source: AnswerSource, moment: Moment): KnownAnswer {
  return question.kind === 'global' ? source.global(question.name) : source.api(question, moment);
}

function describe(question: Question, traceLength: number): UnknownAnswer {
  const { kind } = question;
  const text = kind === 'global' ? question.name : question.expandedText;
  return { kind, text, traceLength, assumed: kind === 'global' };
}
