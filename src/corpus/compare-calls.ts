/** Hunts every call of a corpus under two dialplans, and groups those that go elsewhere by where they went and go. */
import { textOf } from '../bytes.js';
import type { Hunted } from '../dialplan/hunt.js';
import { replay, type Replayed } from '../replay/replay.js';
import { traceLines } from '../report/trace-lines.js';
import type { Snapshot } from '../routes/snapshot.js';
import { ContextChooser, type ContextOptions } from './context-chooser.js';
import { ContextMemos } from './context-memos.js';
import type { CorpusCall, Place } from './corpus-call.js';
import type { CallToDecide, WatchedCall } from './decision-memo.js';
import type { ExpectedMoves } from './expected-moves.js';
import { doesTheSame, goesTheSameWay, routeOf, type Route } from './route.js';

export interface ComparisonOptions extends ContextOptions {
  readonly neutraliseCaptures: boolean;
  readonly expected: ExpectedMoves;
}

/** Where the traces of one call part: up to some lines both have, then those of each. */
export interface Parting {
  readonly common: readonly string[];
  readonly old: readonly string[];
  readonly new: readonly string[];
}

export interface ExampleCall {
  readonly place: Place;
  readonly caller: string;
  readonly destination: string;
  readonly uuid: string;
  readonly parting: Parting;
}

/**
 * `moved`: something else is executed; `expected`: that, and it was said to be expected; `renamed`: the same is executed, by
 * other contexts or extensions.
 */
export type MoveKind = 'moved' | 'expected' | 'renamed';

export interface MoveGroup {
  readonly kind: MoveKind;
  readonly old: Route;
  readonly new: Route;
  /** Why it was expected. */
  readonly reason: string | undefined;
  count: number;
  /** The first in the corpus. */
  example: ExampleCall;
}

export interface Comparison {
  calls: number;
  /** How many calls had to be worked out, others being like them in all that matters. */
  workedOut: number;
  readonly groups: Map<string, MoveGroup>;
  /** What decisions depend on and no recording tells, with how many calls do: they were hunted as if there were no such thing. */
  readonly unknown: Map<string, number>;
  /** Calls some of whose decisions depend on such. */
  uncertain: number;
}

export function emptyComparison(): Comparison {
  return { calls: 0, workedOut: 0, groups: new Map(), unknown: new Map(), uncertain: 0 };
}

interface Verdict {
  readonly group: MoveGroup | undefined;
  readonly unknown: readonly string[];
}

const SAME: Verdict = { group: undefined, unknown: [] };
const MOST_COMMON = 3;
const MOST_DIFFERENT = 12;

export class CallComparison {
  readonly result = emptyComparison();
  private readonly old: ContextChooser;
  private readonly latest: ContextChooser;
  private readonly verdicts: ContextMemos<CorpusCall, Verdict>;

  constructor(
    old: Snapshot,
    latest: Snapshot,
    private readonly options: ComparisonOptions,
  ) {
    this.old = new ContextChooser(old, options);
    this.latest = new ContextChooser(latest, options);
    this.verdicts = new ContextMemos([this.old, this.latest], (watched, call) => this.compare(watched, call));
  }

  take(call: CorpusCall): void {
    const { result } = this;
    result.calls += 1;
    const { group, unknown } = this.verdicts.decisionOf(call);
    if (group !== undefined) group.count += 1;
    if (unknown.length === 0) return;
    result.uncertain += 1;
    for (const text of unknown) result.unknown.set(text, (result.unknown.get(text) ?? 0) + 1);
  }

  private compare(watched: WatchedCall, call: CorpusCall): Verdict {
    this.result.workedOut += 1;
    const { witness } = watched;
    const old = this.replay(watched, this.old, call, { witness });
    const latest = this.replay(watched, this.latest, call, { witness });
    const unknown = [...new Set([...unknownTexts(old), ...unknownTexts(latest)])];
    const same = doesTheSame(old.hunted, latest.hunted);
    if (same && goesTheSameWay(old, latest)) return unknown.length === 0 ? SAME : { group: undefined, unknown };
    const reason = same ? undefined : this.options.expected.reasonFor(old, latest);
    const kind = same ? 'renamed' : reason === undefined ? 'moved' : 'expected';
    return { group: this.groupOf(call, kind, reason), unknown };
  }

  /** @param watched what the hunt is shown of the call */
  private replay(
    watched: CallToDecide,
    contexts: ContextChooser,
    call: CorpusCall,
    witness: Pick<Parameters<typeof replay>[2], 'witness'>,
  ): Replayed {
    const { neutraliseCaptures } = this.options;
    const { moment, answers, data } = watched;
    const selected = contexts.select(call.data);
    const options = { neutraliseCaptures, sources: [], moment, selected, ...witness };
    return replay({ data, answers }, contexts.snapshot, options);
  }

  /** The trace and the data of a call that stands for many are its own. */
  private groupOf(call: CorpusCall, kind: MoveKind, reason: string | undefined): MoveGroup {
    const old = this.replay(call, this.old, call, {});
    const latest = this.replay(call, this.latest, call, {});
    const routes = {
      old: routeOf(old.selected, old.hunted, old.hunted.trace),
      new: routeOf(latest.selected, latest.hunted, latest.hunted.trace),
    };
    const key = JSON.stringify([kind, routes, reason]);
    let group = this.result.groups.get(key);
    if (group === undefined) {
      group = { kind, ...routes, reason, count: 0, example: exampleOf(call, old.hunted, latest.hunted) };
      this.result.groups.set(key, group);
    }
    return group;
  }
}

function unknownTexts({ unknown }: Replayed): string[] {
  return unknown
    .filter(({ assumed }) => !assumed)
    .map(({ kind, text }) => (kind === 'api' ? textOf(text) : `\${${textOf(text)}}`));
}

function exampleOf({ place, data }: CorpusCall, old: Hunted, latest: Hunted): ExampleCall {
  const header = (name: string): string => textOf(data.get(name) ?? '');
  return {
    place,
    caller: header('Caller-Caller-ID-Number'),
    destination: header('Caller-Destination-Number'),
    uuid: header('Unique-ID'),
    parting: partingOf(traceLines(old.trace), traceLines(latest.trace)),
  };
}

export function partingOf(old: readonly string[], latest: readonly string[]): Parting {
  let at = 0;
  while (at < old.length && at < latest.length && old[at] === latest[at]) at += 1;
  return {
    common: old.slice(Math.max(0, at - MOST_COMMON), at),
    old: old.slice(at, at + MOST_DIFFERENT),
    new: latest.slice(at, at + MOST_DIFFERENT),
  };
}

/** Adds what one part of a corpus came to to what those before it did. */
export function addComparison(sum: Comparison, part: Comparison): void {
  sum.calls += part.calls;
  sum.workedOut += part.workedOut;
  sum.uncertain += part.uncertain;
  for (const [text, count] of part.unknown) sum.unknown.set(text, (sum.unknown.get(text) ?? 0) + count);
  for (const [key, group] of part.groups) {
    const known = sum.groups.get(key);
    if (known === undefined) {
      sum.groups.set(key, { ...group });
      continue;
    }
    known.count += group.count;
    if (isBefore(group.example.place, known.example.place)) known.example = group.example;
  }
}

function isBefore(one: Place, other: Place): boolean {
  return one.part < other.part || (one.part === other.part && one.line < other.line);
}
