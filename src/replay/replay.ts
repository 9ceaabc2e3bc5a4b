/** Hunts one recorded call under one dialplan. */
import { bytesOf, type Bytes } from '../bytes.js';
import type { ChannelHeaders } from '../dialplan/caller-profile.js';
import type { Moment } from '../dialplan/date-time.js';
import type { AskApi, AskGlobal, ExecuteInline, Executed } from '../dialplan/effect.js';
import { hunt, type Hunted } from '../dialplan/hunt.js';
import type { TraceEntry } from '../dialplan/trace.js';
import type { Witness } from '../dialplan/witness.js';
import { selectContext, type SelectedContext } from '../routes/select-context.js';
import { defaultDomain, type Snapshot } from '../routes/snapshot.js';
import { firstOf, type AnswerSource, type KnownAnswer } from './answer-source.js';
import type { RecordedInline } from './recorded-call.js';

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
  /** What inline applications did to it; without, and with a witness, they are worked out. */
  readonly inline?: readonly RecordedInline[];
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
  { data, answers, inline = [] }: ReplayedCall,
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
  const channel = new RecordedChannel(data, answers, options.witness === undefined ? inline : []);
  let step = hunting.next();
  while (step.done !== true) {
    if (step.value.kind === 'execute') {
      step = hunting.next(channel.execute(step.value));
      continue;
    }
    const question = step.value;
    const known = ask(question, channel.answers, sources, moment);
    const answer = known === undefined ? yield question : known;
    if (answer === undefined) unknown.push(describe(question, trace.length));
    step = hunting.next(answer ?? undefined);
  }
  return { selected, hunted: step.value, unknown, certain: unknown.every(({ assumed }) => assumed) };
}

/** The channel as the recording has it, after the inline applications that were executed alike. */
class RecordedChannel {
  private executed = 0;

  constructor(
    private data: ChannelHeaders,
    public answers: AnswerSource,
    private readonly inline: readonly RecordedInline[],
  ) {}

  /** The first that is executed otherwise ends what the recording can tell; it and those behind it are worked out. */
  execute({ application, data }: ExecuteInline): Executed {
    const recorded = this.inline[this.executed];
    if (recorded?.application !== application || recorded.data !== data) {
      this.executed = this.inline.length;
      return { kind: 'simulate' };
    }
    this.executed += 1;
    const changed = new Map([...this.data.keys()].map((name) => [name, this.data.get(name) ?? '']));
    for (const [name, value] of recorded.changed) {
      if (value === null) changed.delete(name);
      else changed.set(name, value);
    }
    this.data = changed;
    this.answers = firstOf(recorded.answers, this.answers);
    return { kind: 'executed', data: changed };
  }
}

/** What the recording knows, else the first source that does. */
export function ask(
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
