/**
 * Why a call did not reach an extension, and what would have led it there: a search from the call's own trace. Each step wants
 * one test that decided against the extension to come out otherwise, makes the nearest call of which all that is wanted is
 * true, and hunts it. So every change that is told was tried.
 */
import { bytesOf, textOf, type Bytes } from '../bytes.js';
import { TimeFinder } from '../dialplan/time-finder.js';
import type { RegexEntry, TimeEntry, Trace, TraceEntry } from '../dialplan/trace.js';
import { TextFinder } from '../pattern/text-finder.js';
import type { HuntedApplication } from '../dialplan/captures.js';
import { findDomain, type Domain, type Snapshot } from '../routes/snapshot.js';
import { changeCall, isChangeable, type ChangedCall, type Wanted } from './call-change.js';
import type { FollowedHunt, Journey } from './follow-transfers.js';
import type { Override } from './override.js';
import type { RecordedCall } from './recorded-call.js';
import type { Replayed, ReplayOptions } from './replay.js';

export type Reason =
  /** It did reach it. */
  | { readonly kind: 'reached' }
  /** The context that was used does not have it; these do. */
  | { readonly kind: 'otherContext'; readonly contexts: readonly string[] }
  /** An extension in front of it matched and does not continue. */
  | { readonly kind: 'before'; readonly extension: Bytes; readonly tests: readonly TraceEntry[] }
  /** It was tried; these tests failed, the last of them deciding. */
  | { readonly kind: 'failed'; readonly tests: readonly TraceEntry[] };

export interface Solution extends ChangedCall {
  /** The hunt that reaches it. */
  readonly replayed: Replayed;
}

/** How far was searched. */
export interface Searched {
  /** Calls that were hunted. */
  readonly tried: number;
  /** Whether there was none left to try. */
  readonly isExhausted: boolean;
  /** Whether times would have to come out as they never do. */
  readonly isTimeMissing: boolean;
  /** Fields that would have had to be another, and cannot be given: they are made of several values. */
  readonly unchangeable: readonly Bytes[];
}

export interface WhyNot {
  readonly reason: Reason;
  /** The hunt the reason speaks of: the last that came by the extension's context, else the first. */
  readonly replayed: Replayed;
  /** What transferred the call to that hunt; undefined for the first. */
  readonly by: HuntedApplication | undefined;
  /** What would have led there, smallest first, each changing something else; empty if nothing was found. */
  readonly solutions: readonly Solution[];
  readonly searched: Searched;
}

export type Hunt = (call: RecordedCall, options: ReplayOptions) => Promise<Journey>;

/** Calls that are tried at most. */
export const MOST_TRIED = 400;
/** The smallest way and others. */
const MOST_SOLUTIONS = 4;
/** A way that needs so much more than the smallest is no other way. */
const WORSE_BY = 1_500;

/** @throws what `hunt` does */
export async function whyNot(
  call: RecordedCall,
  extension: string,
  { snapshot, options, hunt }: { snapshot: Snapshot; options: ReplayOptions; hunt: Hunt },
): Promise<WhyNot> {
  const journey = await hunt(call, options);
  const target = bytesOf(extension);
  const reached = reaching(journey, target);
  const { replayed, by } = reached ?? comingBy(journey, target);
  const domain = findDomain(snapshot, replayed.selected.domain);
  const reason: Reason = reached === undefined ? reasonOf(replayed, target, domain) : { kind: 'reached' };
  const search = new Search(call, options, target, hunt);
  const starts = reason.kind === 'otherContext' ? routings(reason.contexts, replayed, domain) : [[]];
  const solutions = reason.kind === 'reached' ? [] : await search.run(starts);
  return { reason, replayed, by, solutions, searched: search.searched };
}

type Hunted = Pick<FollowedHunt, 'replayed'> & { readonly by: HuntedApplication | undefined };

function huntsOf({ replayed, followed }: Journey): Hunted[] {
  return [{ replayed, by: undefined }, ...followed.hunts];
}

function reaching(journey: Journey, target: Bytes): Hunted | undefined {
  return huntsOf(journey).find(({ replayed }) => replayed.hunted.matched.includes(target));
}

/** The last hunt that goes through a context with the extension, else the first. */
function comingBy(journey: Journey, target: Bytes): Hunted {
  const holding = huntsOf(journey).findLast(({ replayed }) => holds(replayed, target));
  return holding ?? { replayed: journey.replayed, by: undefined };
}

function holds({ selected }: Replayed, target: Bytes): boolean {
  return selected.context?.extensions.some(({ name }) => name === target) === true;
}

function reasonOf(replayed: Replayed, target: Bytes, domain: Domain | undefined): Reason {
  const { hunted } = replayed;
  if (!holds(replayed, target)) {
    const having = [...(domain?.contexts.values() ?? [])].filter(({ extensions }) =>
      extensions.some(({ name }) => name === target),
    );
    return { kind: 'otherContext', contexts: having.map(({ name }) => name) };
  }
  const own = entriesOf(hunted.trace, target);
  if (own !== undefined) return { kind: 'failed', tests: testsOf(own).filter(({ passed }) => !passed) };
  const last = hunted.trace.findLast((entry) => entry.kind === 'parsing');
  const before = last?.kind === 'parsing' ? last.extension : '';
  return { kind: 'before', extension: before, tests: testsOf(entriesOf(hunted.trace, before) ?? []) };
}

/** What would make the routes choose a context: the gateway, the extension or the profile they name it for. */
function routings(contexts: readonly string[], { selected }: Replayed, domain: Domain | undefined): Override[][] {
  const named = new Set(contexts.map((name) => name.toLowerCase()));
  const leading = (table: ReadonlyMap<string, string>): string[] =>
    [...table].flatMap(([key, context]) => (named.has(context.toLowerCase()) ? [key] : []));
  const { routes } = domain ?? {};
  if (routes === undefined) return [];
  const set = (name: string, value: string): Override => ({ name, value: bytesOf(value) });
  const noGateway = selected.origin.kind === 'gateway' ? [set('sip_gateway', '')] : [];
  const noUser = selected.origin.kind === 'extension' ? [set('user_name', ''), set('sip_auth_username', '')] : [];
  return [
    ...leading(routes.gateway).map((name) => [set('sip_gateway', name)]),
    ...leading(routes.extension).map((name) => [...noGateway, set('user_name', name)]),
    ...leading(routes.profile).map((name) => [set('sofia_profile_name', name)]),
    ...leading(routes.profile).map((name) => [...noGateway, ...noUser, set('sofia_profile_name', name)]),
  ];
}

interface Attempt {
  readonly wanted: Wanted;
  readonly changed: ChangedCall;
}

class Search {
  private readonly finders = { texts: new TextFinder(), times: new TimeFinder() };
  private readonly seen = new Set<string>();
  private readonly waiting: Attempt[] = [];
  private readonly unchangeable = new Set<Bytes>();
  private isTimeMissing = false;
  private tried = 0;

  constructor(
    private readonly call: RecordedCall,
    private readonly options: ReplayOptions,
    private readonly target: Bytes,
    private readonly hunt: Hunt,
  ) {}

  async run(starts: readonly (readonly Override[])[]): Promise<Solution[]> {
    const solutions: Solution[] = [];
    for (const routing of starts) this.add({ fields: new Map(), times: [], routing });
    while (this.tried < MOST_TRIED && solutions.length < MOST_SOLUTIONS) {
      const attempt = this.cheapest();
      const best = solutions[0]?.cost ?? Infinity;
      if (attempt === undefined || attempt.changed.cost > best + WORSE_BY) break;
      const { call, options } = attempt.changed;
      this.tried += 1;
      const journey = await this.hunt(call, options);
      const reached = reaching(journey, this.target);
      if (reached === undefined) this.expand(attempt.wanted, comingBy(journey, this.target).replayed);
      else if (isAnotherWay(attempt.changed, solutions))
        solutions.push({ ...attempt.changed, replayed: reached.replayed });
    }
    return solutions;
  }

  get searched(): Searched {
    const { tried, isTimeMissing } = this;
    return { tried, isExhausted: this.waiting.length === 0, isTimeMissing, unchangeable: [...this.unchangeable] };
  }

  /** Wants otherwise what decided against the extension: a test of its own, or one of what ended the hunt before it. */
  private expand(wanted: Wanted, { hunted }: Replayed): void {
    const own = entriesOf(hunted.trace, this.target);
    const last = hunted.trace.findLast((entry) => entry.kind === 'parsing');
    const name = own !== undefined || last?.kind !== 'parsing' ? this.target : last.extension;
    for (const test of testsOf(own ?? entriesOf(hunted.trace, name) ?? []).reverse()) {
      if (test.kind === 'regex') this.wantField(wanted, test);
      else this.wantTime(wanted, test);
    }
  }

  private wantField(wanted: Wanted, { field, value, expression, passed }: RegexEntry): void {
    if (!isChangeable(field)) {
      this.unchangeable.add(field);
      return;
    }
    const known = wanted.fields.get(field);
    const tests = [...(known?.tests ?? []), { expression, matches: !passed }];
    const fields = new Map(wanted.fields).set(field, { field, before: known?.before ?? value, tests });
    this.add({ ...wanted, fields });
  }

  private wantTime(wanted: Wanted, { test, clock, passed }: TimeEntry): void {
    this.add({ ...wanted, times: [...wanted.times, { test, clock, holds: !passed }] });
  }

  private add(wanted: Wanted): void {
    const key = JSON.stringify([[...wanted.fields], wanted.times, wanted.routing]);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const changed = changeCall(this.call, this.options, wanted, this.finders);
    if (changed === 'no such time') this.isTimeMissing = true;
    else if (changed !== 'no such value') this.waiting.push({ wanted, changed });
  }

  private cheapest(): Attempt | undefined {
    this.waiting.sort((one, other) => one.changed.cost - other.changed.cost);
    return this.waiting.shift();
  }
}

/** Whether it changes something that none of the others does alone. */
function isAnotherWay({ changes }: ChangedCall, others: readonly ChangedCall[]): boolean {
  const keys = new Set(changes.map(keyOf));
  return !others.some((other) => other.changes.every((change) => keys.has(keyOf(change))));
}

function keyOf(change: ChangedCall['changes'][number]): string {
  if (change.kind === 'time') return 'time';
  return textOf(change.kind === 'field' ? change.name : change.reference);
}

/** What a trace says of an extension; undefined if it was not come to. */
function entriesOf(trace: Trace, name: Bytes): TraceEntry[] | undefined {
  const start = trace.findLastIndex((entry) => entry.kind === 'parsing' && entry.extension === name);
  if (start < 0) return undefined;
  const end = trace.findIndex((entry, index) => index > start && entry.kind === 'parsing');
  return trace.slice(start, end < 0 ? undefined : end);
}

function testsOf(entries: readonly TraceEntry[]): (RegexEntry | TimeEntry)[] {
  return entries.filter((entry) => entry.kind === 'regex' || entry.kind === 'time');
}
