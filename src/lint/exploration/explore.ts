/**
 * Imagines calls until every way a call can take through a context was taken, or is proven to be none: each call that was
 * simulated tells which tests it came by; for each of them a call is looked for that comes there alike and goes the other way.
 */
import type { Bytes } from '../../bytes.js';
import type { TimeTest } from '../../dialplan/date-time.js';
import type { TimeFinder } from '../../dialplan/time-finder.js';
import type { TextFinder } from '../../pattern/text-finder.js';
import type { CallInputs } from './call-inputs.js';
import type { ObservedTest } from './observed-test.js';
import { rootOf, testOfRoot } from './origin.js';
import { simulateCall, type Plan, type SimulatedCall } from './simulated-call.js';

export interface Exploration {
  /** Why there may be calls that were not thought of; empty if every way was taken. */
  readonly open: ReadonlySet<string>;
}

export interface ExploreOptions {
  readonly context: Bytes;
  readonly plan: Plan;
  readonly finder: TextFinder;
  readonly times: TimeFinder;
  /** The first moment of the day from which times are chosen. */
  readonly today: number;
  /** After so many calls the rest stays open. */
  readonly mostCalls: number;
  /** After so much of the finder's work, too. */
  readonly mostWork: number;
  /** Whether what a test comes to has to do with the question. */
  matters(test: ObservedTest): boolean;
  /** Hears of every call that was simulated, whatever way it took. */
  readonly progress: { count(): void };
  /** Hears of every call that took a way of its own; true ends it all. */
  onCall(call: SimulatedCall): boolean;
}

/** Texts a reader takes for a number, or at least for a text. */
const PREFERRED = ['^\\d{6,12}$', '^\\d+$', '^[0-9*#+]+$', '^[a-zA-Z0-9_.+-]+$', '^[ -~]+$'];
const NOON_MS = 12 * 3_600_000;
const NO_CLOCK = { offsetHours: undefined, zone: undefined };

interface Waiting {
  /** Looked for when it is its turn: of a large dialplan most are never gone. Undefined: there is no such call. */
  readonly inputs: () => CallInputs | undefined;
  /** The way it is to take, as far as that was chosen: tests up to there are not turned again. */
  readonly chosen: readonly string[];
}

export function explore(options: ExploreOptions): Exploration {
  const open = new Set<string>();
  const seen = new Set<string>();
  const first: CallInputs = { values: new Map(), epochMs: options.today + NOON_MS };
  const waiting: Waiting[] = [{ inputs: () => first, chosen: [] }];
  let calls = 0;
  const workBefore = options.finder.work;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (calls === options.mostCalls) {
      open.add(`more than ${calls} ways through`);
      break;
    }
    if (options.finder.work - workBefore >= options.mostWork) {
      open.add('more than can be looked for in a reasonable time');
      break;
    }
    const inputs = next.inputs();
    if (inputs === undefined) continue;
    calls += 1;
    const call = simulateCall(inputs, options.context, options.plan);
    options.progress.count();
    for (const application of call.opaque) open.add(`what the inline application ${application} does`);
    const tests = call.tests.filter((test) => options.matters(test));
    const way = tests.map((test) => step(test, test.passed));
    if (next.chosen.some((chosen, index) => chosen !== way[index]))
      open.add('a call that went another way than it should');
    const key = way.join('\n');
    if (seen.has(key)) continue;
    seen.add(key);
    if (options.onCall(call)) break;
    for (let at = next.chosen.length; at < tests.length; at += 1) {
      const chosen = [...way.slice(0, at), step(tests[at] as ObservedTest, !(tests[at] as ObservedTest).passed)];
      waiting.push({ inputs: () => turn(tests, at, inputs, options, open), chosen });
    }
  }
  return { open };
}

function step({ extension, pointer }: ObservedTest, passed: boolean): string {
  return `${extension}\0${pointer}\0${passed}`;
}

/** Inputs with which the tests before come out as they did and this one does not. */
function turn(
  tests: readonly ObservedTest[],
  at: number,
  inputs: CallInputs,
  { finder, times, today }: ExploreOptions,
  open: Set<string>,
): CallInputs | undefined {
  const { what, passed } = tests[at] as ObservedTest;
  const before = tests.slice(0, at);
  if (what.kind === 'time') {
    const wanted = [...before, { what, passed: !passed }].flatMap((test) =>
      test.what.kind === 'time' ? [{ test: test.what.time, clock: NO_CLOCK, holds: test.passed }] : [],
    );
    const epochMs = times.find(wanted, { epochMs: today + NOON_MS, serverZone: 'UTC' }, 'later');
    // Of what is only a matter of the clock's hands and the calendar it is certain that it never comes, in whatever zone.
    if (epochMs === undefined && wanted.some(({ test }) => dependsOnZone(test))) open.add('a time that may never come');
    return epochMs === undefined ? undefined : { ...inputs, epochMs };
  }
  if (what.origin.kind === 'fixed') {
    if (what.expands) open.add('an expression that is expanded');
    return undefined;
  }
  const source = rootOf(what.origin);
  if (source === undefined) {
    open.add('a field that is made of several values');
    return undefined;
  }
  const wanted = before.flatMap((test) => {
    if (test.what.kind !== 'text' || rootOf(test.what.origin) !== source) return [];
    return [testOfRoot(test.what.origin, { expression: test.what.expression, matches: test.passed })];
  });
  const turned = testOfRoot(what.origin, { expression: what.expression, matches: !passed });
  const found = finder.find([...wanted, turned], { preferred: PREFERRED });
  if (found.kind === 'unknown') open.add(found.reason);
  if (found.kind === 'impossible' && what.expands) open.add('an expression that is expanded');
  if (found.kind !== 'found') return undefined;
  return { ...inputs, values: new Map(inputs.values).set(source, found.text) };
}

/** Whether there may be a zone in which it comes although it does not in the one that is looked at. */
function dependsOnZone(test: TimeTest): boolean {
  return test['date-time'] !== undefined || test['tz-offset'] !== undefined || test.dst !== undefined;
}
