/** Where a call goes on to when its list transfers it: the hunts behind the first one. */
import { textOf, type Bytes } from '../bytes.js';
import { endsList, findApplication } from '../dialplan/applications.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { ChannelData } from '../dialplan/caller-profile.js';
import { Channel } from '../dialplan/channel.js';
import { dataOf } from '../dialplan/channel-data.js';
import { Answers, type Asking } from '../dialplan/effect.js';
import { expand, Surroundings } from '../dialplan/expand.js';
import type { HuntedApplication } from '../dialplan/captures.js';
import type { Hunted } from '../dialplan/hunt.js';
import { performApplication, splitScope } from '../dialplan/simulate-application.js';
import { transferTarget, type TransferTarget } from '../dialplan/transfer-target.js';
import type { SelectedContext } from '../routes/select-context.js';
import { findDomain, type Snapshot } from '../routes/snapshot.js';
import type { KnownAnswer } from './answer-source.js';
import {
  ask,
  askWhileReplaying,
  type Question,
  type Replayed,
  type ReplayedCall,
  type ReplayOptions,
} from './replay.js';

export interface FollowedHunt {
  /** The application that led there, its data expanded. */
  readonly by: HuntedApplication;
  readonly replayed: Replayed;
}

export interface Followed {
  /** In the order the call comes to them. */
  readonly hunts: readonly FollowedHunt[];
  /** Those that lead, or the hunts behind which decide, by what API functions say that nobody answers. */
  readonly unknown: readonly HuntedApplication[];
}

/** A call's first hunt, and those behind it. */
export interface Journey {
  readonly replayed: Replayed;
  readonly followed: Followed;
}

/** A call that is transferred in a circle is not followed for ever. */
const MOST_HUNTS = 8;
/** Stands for what nobody answers, and is in all that is made of it. No value of FreeSWITCH's holds a NUL. */
const UNKNOWN = '\0?\0';
const LEADS_ON = new Set(['transfer', 'execute_extension', 'sched_transfer']);

export type FollowedCall = ReplayedCall & { readonly data: ChannelData };

/** @param first how the call's first hunt came out, with the same `options`. What no source knows counts as unknown. */
export function followTransfers(
  call: FollowedCall,
  first: Replayed,
  snapshot: Snapshot,
  options: ReplayOptions,
): Followed {
  const following = askWhileFollowing(call, first, snapshot, options);
  let step = following.next();
  while (step.done !== true) step = following.next(undefined);
  return step.value;
}

/** The same, and yields each question that no source knows, to be resumed with what another one says. */
export function* askWhileFollowing(
  call: FollowedCall,
  first: Replayed,
  snapshot: Snapshot,
  options: ReplayOptions,
): Generator<Question, Followed, KnownAnswer> {
  const following = new Following(call, snapshot, options);
  yield* following.execute(first, call.data);
  return following;
}

type AskingOthers<Result> = Generator<Question, Result, KnownAnswer>;

class Following implements Followed {
  readonly hunts: FollowedHunt[] = [];
  readonly unknown: HuntedApplication[] = [];

  constructor(
    private readonly call: ReplayedCall,
    private readonly snapshot: Snapshot,
    private readonly options: ReplayOptions,
  ) {}

  /** Works out what the list does to the channel, as far as a transfer could depend on it. Returns the data afterwards. */
  *execute({ hunted, selected }: Replayed, data: ChannelData): AskingOthers<ChannelData> {
    if (!hunted.applications.some(({ application }) => LEADS_ON.has(lowerCase(application)))) return data;
    const list = new List(withMatches(data, hunted), (question) =>
      ask(question, this.call.answers, this.options.sources, this.options.moment),
    );
    for (const { application, executed } of hunted.inline)
      if (executed !== undefined) yield* list.perform(application, executed);
    for (const written of hunted.applications) {
      const { application } = written;
      const expanded = yield* list.expand(written.data);
      const target = transferTarget(application, expanded);
      if (target === undefined) {
        if (endsList(application)) break;
        yield* list.perform(application, expanded);
      } else if (expanded.includes(UNKNOWN)) {
        this.unknown.push(written);
        if (!target.returns) break;
      } else {
        const after = yield* this.hunt({ application, data: expanded }, target, selected, list.data);
        if (!target.returns) return after;
        list.data = after;
      }
    }
    return list.data;
  }

  private *hunt(
    by: HuntedApplication,
    target: TransferTarget,
    from: SelectedContext,
    data: ChannelData,
  ): AskingOthers<ChannelData> {
    if (this.hunts.length + 1 >= MOST_HUNTS) return data;
    const own = data.get('Caller-Context') ?? '';
    const next = new Map(data)
      .set('Caller-Destination-Number', target.destination)
      .set('Caller-Context', target.context ?? own);
    const replayed = yield* askWhileReplaying({ data: next, answers: this.call.answers }, this.snapshot, {
      ...this.options,
      context: this.contextOf(target, from),
    });
    this.hunts.push({ by, replayed });
    if (replayed.hunted.trace.some((entry) => entry.kind === 'regex' && entry.value.includes(UNKNOWN)))
      this.unknown.push(by);
    return new Map(yield* this.execute(replayed, next)).set('Caller-Context', own);
  }

  /** A context the domain does not have is left to the routes, as if the call had just come. */
  private contextOf({ context }: TransferTarget, from: SelectedContext): string | undefined {
    if (context === undefined) return from.name;
    const name = textOf(context);
    const isThere = findDomain(this.snapshot, from.domain)?.contexts.has(lowerCase(name)) === true;
    return isThere ? name : this.options.context;
  }
}

/** A list of applications being worked out on a channel. */
class List {
  private surroundings: Surroundings;

  constructor(
    private before: ChannelData,
    private readonly answer: (question: Question) => KnownAnswer,
  ) {
    this.surroundings = new Surroundings(new Channel(before), new Answers());
  }

  get data(): ChannelData {
    return dataOf(this.before, this.surroundings.channel);
  }

  set data(data: ChannelData) {
    this.before = data;
    this.surroundings.channel = new Channel(data);
  }

  *expand(written: Bytes): AskingOthers<Bytes> {
    return splitScope(yield* this.drive(expand(written, this.surroundings))).rest;
  }

  *perform(application: Bytes, data: Bytes): AskingOthers<void> {
    const known = findApplication(application);
    if (known !== undefined) yield* this.drive(performApplication(known.name, data, this.surroundings));
  }

  private *ask(question: Question): AskingOthers<Bytes | undefined> {
    const isFunction = question.kind === 'api';
    if (isFunction && question.expandedText.includes(UNKNOWN)) return UNKNOWN;
    const own = this.answer(question);
    const known = own === undefined ? yield question : own;
    return known === undefined && isFunction ? UNKNOWN : (known ?? undefined);
  }

  private *drive<Result>(asking: Asking<Result>): AskingOthers<Result> {
    let step = asking.next();
    while (step.done !== true) {
      step =
        step.value.kind === 'execute' ? asking.next({ kind: 'simulate' }) : asking.next(yield* this.ask(step.value));
    }
    return step.value;
  }
}

/** The hunt's own variables (`DP_MATCH`) are set before the list runs. */
function withMatches(data: ChannelData, { changes }: Hunted): ChannelData {
  const changed = new Map(data);
  for (const { name, variable } of changes) {
    if (variable === null) changed.delete(`variable_${name}`);
    else changed.set(`variable_${name}`, variable.value);
  }
  return changed;
}
