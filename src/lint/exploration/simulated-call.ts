/**
 * A call as it would go, hunt after hunt: the evaluator itself hunts, and what the list would do to the channel is worked
 * out; `transfer` and `execute_extension` lead to the next hunt.
 */
import type { Bytes } from '../../bytes.js';
import { endsList, findApplication } from '../../dialplan/applications.js';
import type { ChannelData } from '../../dialplan/caller-profile.js';
import { dataOf } from '../../dialplan/channel-data.js';
import { Channel } from '../../dialplan/channel.js';
import { Answers, type Answer, type Asking, type Effect } from '../../dialplan/effect.js';
import { expand, Surroundings } from '../../dialplan/expand.js';
import type { Extension, Test } from '../../dialplan/extension.js';
import type { ExpressionCompiler } from '../../dialplan/expression.js';
import { hunt } from '../../dialplan/hunt.js';
import { performApplication, splitScope } from '../../dialplan/simulate-application.js';
import type { Trace } from '../../dialplan/trace.js';
import { transferTarget, type TransferTarget } from '../../dialplan/transfer-target.js';
import { channelOf, type CallInputs } from './call-inputs.js';
import { noteAssignment, observeHunt, type ObservedTest, type TakenAction } from './observed-test.js';
import { Origins } from './origin.js';

/** The dialplan calls are imagined under. */
export interface Plan {
  readonly domain: Bytes;
  readonly compiler: ExpressionCompiler;
  /** The extensions of a context, or of the one that takes its place. */
  extensionsOf(context: Bytes): readonly Extension[] | undefined;
  readonly testAt: (extension: Bytes, pointer: string) => Test | undefined;
  /** Whether what is executed, and the hunts it leads to, belong to the question. */
  readonly executes: boolean;
}

export interface SimulatedHunt {
  readonly context: Bytes;
  readonly destination: Bytes;
  readonly trace: Trace;
  readonly matched: readonly Bytes[];
}

/** An application the call came to, its data expanded as far as that is known. */
export interface ExecutedAction extends TakenAction {
  readonly application: Bytes;
  readonly data: Bytes;
  /** What is known of the channel then. */
  readonly channel: Channel;
  /** How many hunts were over. */
  readonly hunts: number;
}

export interface SimulatedCall {
  readonly inputs: CallInputs;
  readonly hunts: readonly SimulatedHunt[];
  readonly tests: readonly ObservedTest[];
  readonly executed: readonly ExecutedAction[];
  /** What happened that nobody here can follow. */
  readonly opaque: ReadonlySet<Bytes>;
}

const MOST_HUNTS = 8;

export function simulateCall(inputs: CallInputs, context: Bytes, plan: Plan): SimulatedCall {
  const call = new Call(inputs, plan);
  call.follow(context, channelOf(inputs, context, plan.domain));
  return call;
}

class Call implements SimulatedCall {
  readonly hunts: SimulatedHunt[] = [];
  readonly tests: ObservedTest[] = [];
  readonly executed: ExecutedAction[] = [];
  readonly opaque = new Set<Bytes>();
  private readonly origins = new Origins();

  constructor(
    readonly inputs: CallInputs,
    private readonly plan: Plan,
  ) {}

  /** Hunts in a context and goes through the list. Returns the channel's data afterwards. */
  follow(context: Bytes, data: ChannelData): ChannelData {
    if (this.hunts.length >= MOST_HUNTS) return data;
    const { compiler } = this.plan;
    const hunted = this.drive(
      hunt({
        data,
        context,
        extensions: this.plan.extensionsOf(context),
        compiler,
        moment: { epochMs: this.inputs.epochMs, serverZone: 'UTC' },
        neutraliseCaptures: true,
      }),
    );
    const destination = data.get('Caller-Destination-Number') ?? '';
    this.hunts.push({ context, destination, trace: hunted.trace, matched: hunted.matched });
    const observed = observeHunt(hunted.trace, this.origins, this.plan.testAt);
    this.tests.push(...observed.tests);
    for (const application of observed.opaque) this.opaque.add(application);
    if (!this.plan.executes) return data;
    const surroundings = new Surroundings(new Channel(data), new Answers());
    for (const { application, executed } of hunted.inline) {
      if (executed !== undefined) this.perform(application, executed, surroundings);
    }
    return this.execute(observed.actions, data, surroundings);
  }

  private execute(actions: readonly TakenAction[], data: ChannelData, surroundings: Surroundings): ChannelData {
    for (const action of actions) {
      const { application, data: written } = action.entry;
      const expanded = splitScope(this.drive(expand(written, surroundings))).rest;
      this.executed.push({
        ...action,
        application,
        data: expanded,
        channel: surroundings.channel,
        hunts: this.hunts.length,
      });
      const target = transferTarget(application, expanded);
      if (target === undefined) {
        if (endsList(application)) break;
        this.perform(application, expanded, surroundings);
        noteAssignment(application, action.entry.written, action.matched, this.origins);
        continue;
      }
      const after = this.followTarget(target, action, dataOf(data, surroundings.channel));
      if (!target.returns) return after;
      surroundings.channel = new Channel(after);
    }
    return dataOf(data, surroundings.channel);
  }

  private followTarget({ destination, context }: TransferTarget, action: TakenAction, data: ChannelData): ChannelData {
    const own = data.get('Caller-Context') ?? '';
    const wanted = context ?? own;
    const written = transferTarget(action.entry.application, action.entry.written)?.destination ?? '';
    this.origins.setField('destination_number', this.origins.ofText(written, action.matched));
    const next = new Map(data).set('Caller-Destination-Number', destination).set('Caller-Context', wanted);
    return new Map(this.follow(wanted, next)).set('Caller-Context', own);
  }

  private perform(application: Bytes, data: Bytes, surroundings: Surroundings): void {
    const known = findApplication(application);
    if (known !== undefined) this.drive(performApplication(known.name, data, surroundings));
  }

  private drive<Result>(asking: Asking<Result>): Result {
    let step = asking.next();
    while (step.done !== true) step = asking.next(this.answer(step.value));
    return step.value;
  }

  private answer(effect: Effect): Answer {
    if (effect.kind === 'execute') return { kind: 'simulate' };
    return effect.kind === 'api' ? (this.inputs.values.get(`api:${effect.text}`) ?? '') : undefined;
  }
}
