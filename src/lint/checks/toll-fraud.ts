/** Calls from outside that reach an application which calls out, at the domain's expense. */
import { bytesOf, textOf, type Bytes } from '../../bytes.js';
import { lowerCase } from '../../dialplan/c-values.js';
import { callsOut } from '../dial-string.js';
import { DESTINATION, isCallersChoice, nameOf, type CallInputs } from '../exploration/call-inputs.js';
import { explore } from '../exploration/explore.js';
import { rootOf } from '../exploration/origin.js';
import { planOf } from '../exploration/plan.js';
import { simulateCall, type ExecutedAction, type Plan, type SimulatedCall } from '../exploration/simulated-call.js';
import { entriesFromOutside, type OutsideEntry } from '../outside-entries.js';
import type { Check, Found, LintTools, Witness } from '../finding.js';
import type { LintedDomain, LintedExtension } from '../linted-domain.js';
import { quoted } from '../quoted.js';
import { referencesIn } from '../references.js';
import { transferTarget } from '../../dialplan/transfer-target.js';
import { actionsOf, testsOf, type WalkedAction } from '../walk.js';

const MOST_CALLS = 1_500;
/** Of one entry, if all its calls have to be simulated. */
const WORK_OF_ENTRY = 50;
/** Where it does not matter which is dialled. */
const SOME_NUMBER = '1000';
const SCRIPTS = new Set(['lua', 'javascript', 'perl', 'python', 'java', 'httapi', 'socket', 'erlang', 'ivr']);
const ASSIGNING = new Set(['set', 'export', 'multiset']);
const HARMLESS = new Set(
  'answer pre_answer ring_ready playback log info sleep record_session stop_record_session set export start_dtmf eval event presence'.split(
    ' ',
  ),
);

/** An action that may call out, were it reached. */
interface Candidate extends WalkedAction {
  readonly extension: LintedExtension;
}

/** How a candidate was reached best: by anyone, or under assumptions. */
interface Reached {
  readonly call: SimulatedCall;
  readonly action: ExecutedAction;
  readonly isCertain: boolean;
  readonly assumptions: readonly string[];
}

export const tollFraud: Check = {
  codes: {
    'toll-fraud': 'error',
    'toll-fraud-unknown': 'warning',
    'toll-fraud-script': 'info',
    'allow-expired': 'warning',
  },
  work(domain, { settings }) {
    return entriesFromOutside(domain, settings).length * WORK_OF_ENTRY;
  },
  *find(domain, tools) {
    const candidates = candidatesOf(domain, tools);
    const scripts = domain.extensions.some((extension) =>
      [...actionsOf(extension)].some(({ action }) => SCRIPTS.has(lowerCase(action.application))),
    );
    for (const entry of entriesFromOutside(domain, tools.settings)) {
      if (candidates.length > 0 || scripts) yield* findFrom(entry, candidates, domain, tools);
      else tools.progress.advance(WORK_OF_ENTRY);
    }
  },
};

function candidatesOf(domain: LintedDomain, { settings, finder }: LintTools): Candidate[] {
  const patterns = settings.tollFraud.callOut.map(bytesOf);
  return domain.extensions.flatMap((extension) =>
    [...actionsOf(extension)]
      .filter(({ action }) => action.loop > 0)
      .filter(({ action }) => callsOut(action.application, action.data, () => undefined, patterns, finder) !== 'no')
      .map((action) => ({ ...action, extension })),
  );
}

function* findFrom(
  entry: OutsideEntry,
  candidates: readonly Candidate[],
  domain: LintedDomain,
  tools: LintTools,
): Generator<Found> {
  const plan = planOf(domain, { executes: true });
  const search = new Search(entry, candidates, plan, domain, tools);
  const { open } = search.run();
  for (const candidate of candidates) {
    const reached = search.reached.get(keyOf(candidate));
    if (reached !== undefined) yield* describe(entry, candidate, reached, domain, tools);
    else if (open.size > 0 && search.isNear(candidate)) {
      const { location } = candidate.extension;
      yield* unlessAllowed(entry, candidate, domain, tools, {
        code: 'toll-fraud-unknown',
        location,
        path: candidate.pointer,
        message: `whether ${who(entry)} reaches ${show(candidate)} cannot be decided: ${[...open].join(', ')}`,
      });
    }
  }
  for (const { extension, entry: action } of search.scripts.values()) {
    const location = domain.extensions.find((each) => each.extension.name === extension)?.location ?? '';
    yield {
      code: 'toll-fraud-script',
      location,
      path: action.pointer,
      message: `${who(entry)} reaches ${action.application} ${quoted(action.data)}, which may call out: it is not looked into`,
    };
  }
}

class Search {
  readonly reached = new Map<string, Reached>();
  readonly scripts = new Map<string, ExecutedAction>();
  private readonly byPlace: ReadonlyMap<string, Candidate>;
  private readonly mattering: ReadonlySet<Bytes>;
  private readonly contexts = new Set<string>();

  constructor(
    private readonly entry: OutsideEntry,
    candidates: readonly Candidate[],
    private readonly plan: Plan,
    private readonly domain: LintedDomain,
    private readonly tools: LintTools,
  ) {
    this.byPlace = new Map(candidates.map((candidate) => [keyOf(candidate), candidate]));
    this.mattering = matteringExtensions(domain, candidates);
  }

  run(): { readonly open: ReadonlySet<string> } {
    const { finder, times, today, progress, mostWork } = this.tools;
    let calls = 0;
    const exploration = explore({
      context: bytesOf(this.entry.context),
      plan: this.plan,
      finder,
      times,
      today: Date.parse(today),
      mostCalls: MOST_CALLS,
      mostWork,
      matters: ({ extension }) => this.mattering.has(extension),
      progress: {
        count() {
          calls += 1;
          progress.count();
          progress.advance(WORK_OF_ENTRY / MOST_CALLS);
        },
      },
      onCall: (call) => this.onCall(call),
    });
    progress.advance(WORK_OF_ENTRY - (calls * WORK_OF_ENTRY) / MOST_CALLS);
    return exploration;
  }

  /** Whether it stands in a context that a call from the entry came to, or by what is written may come to. */
  isNear({ extension }: Candidate): boolean {
    return [...this.nearContexts()].some((context) => this.plan.extensionsOf(context)?.includes(extension.extension));
  }

  private nearContexts(): ReadonlySet<string> {
    const near = this.contexts;
    near.add(bytesOf(this.entry.context));
    for (const context of near) {
      for (const { name } of this.plan.extensionsOf(context) ?? []) {
        const extension = this.domain.extensions.find((each) => each.extension.name === name);
        if (extension === undefined) continue;
        for (const { action } of actionsOf(extension)) {
          const target = transferTarget(action.application, action.data);
          if (target?.context !== undefined) near.add(target.context);
        }
      }
    }
    return near;
  }

  private onCall(call: SimulatedCall): boolean {
    for (const { context } of call.hunts) this.contexts.add(context);
    for (const action of call.executed) {
      const key = `${action.extension}\0${action.entry.pointer}`;
      if (SCRIPTS.has(lowerCase(action.application))) this.scripts.set(key, action);
      if (this.byPlace.has(key) && this.reached.get(key)?.isCertain !== true) this.note(key, call, action);
    }
    return (
      this.scripts.size === 0 && [...this.byPlace.keys()].every((key) => this.reached.get(key)?.isCertain === true)
    );
  }

  private note(key: string, call: SimulatedCall, action: ExecutedAction): void {
    if (this.verdict(action) === 'no') return;
    const simpler = this.simplify(call, key);
    const reachedSimply = simpler.executed.find((each) => isAt(each, key)) ?? action;
    const verdict = this.verdict(reachedSimply);
    const assumptions = [...this.assumptionsOf(simpler)];
    if (verdict === 'maybe')
      assumptions.push(`${quoted(reachedSimply.data)} calls out: what it refers to is not known`);
    const found = { call: simpler, action: reachedSimply, isCertain: assumptions.length === 0, assumptions };
    const before = this.reached.get(key);
    if (before === undefined || assumptions.length < before.assumptions.length) this.reached.set(key, found);
  }

  private verdict({ application, entry, channel }: ExecutedAction): ReturnType<typeof callsOut> {
    const { settings, finder } = this.tools;
    const known = (name: Bytes): Bytes | undefined => channel.lookUp(name, -1);
    return callsOut(application, entry.data, known, settings.tollFraud.callOut.map(bytesOf), finder);
  }

  /** The call without what it does not need to come there; with a number to dial, whichever it is. */
  private simplify(call: SimulatedCall, key: string): SimulatedCall {
    let best = call;
    for (const source of call.inputs.values.keys()) {
      const values = new Map(best.inputs.values);
      values.delete(source);
      best = this.alike(best, values, key) ?? best;
    }
    if (best.hunts[0]?.destination !== '') return best;
    return this.alike(best, new Map(best.inputs.values).set(DESTINATION, SOME_NUMBER), key) ?? best;
  }

  /** A call with other values, if it comes there too. */
  private alike({ inputs }: SimulatedCall, values: CallInputs['values'], key: string): SimulatedCall | undefined {
    const other = simulateCall({ ...inputs, values }, bytesOf(this.entry.context), this.plan);
    const action = other.executed.find((each) => isAt(each, key));
    return action !== undefined && this.verdict(action) !== 'no' ? other : undefined;
  }

  private *assumptionsOf({ inputs, tests, opaque }: SimulatedCall): Generator<string> {
    const silent = new Set<string>();
    for (const [source, value] of inputs.values) {
      if (!isCallersChoice(source)) yield `${nameOf(source)} is ${quoted(value)}`;
    }
    for (const { what, extension } of tests) {
      const source = what.kind === 'text' ? rootOf(what.origin) : undefined;
      if (source?.startsWith('api:') !== true || inputs.values.has(source) || !this.mattering.has(extension)) continue;
      if (!silent.has(source)) yield `${nameOf(source)} answers nothing`;
      silent.add(source);
    }
    for (const application of opaque) yield `the inline application ${textOf(application)} changes nothing that counts`;
  }
}

/** Extensions on which it depends who comes where; the others go on whatever happens and do nothing that counts. */
function matteringExtensions(domain: LintedDomain, candidates: readonly Candidate[]): Set<Bytes> {
  const read = new Set<Bytes>();
  for (const extension of domain.extensions) {
    for (const { test } of testsOf(extension)) {
      for (const { name } of referencesIn(test.field?.text ?? '')) read.add(name);
      for (const { name } of referencesIn(test.expression.text)) read.add(name);
    }
    for (const { action } of actionsOf(extension)) {
      if (transferTarget(action.application, action.data) === undefined) continue;
      for (const { name } of referencesIn(action.data)) read.add(name);
    }
  }
  for (const { action } of candidates) for (const { name } of referencesIn(action.data)) read.add(name);
  const places = new Set(candidates.map(keyOf));
  const matters = (extension: LintedExtension): boolean =>
    !extension.extension.continues ||
    [...actionsOf(extension)].some(({ action, pointer }) => {
      const application = lowerCase(action.application);
      if (action.inline || !HARMLESS.has(application) || places.has(`${extension.extension.name}\0${pointer}`))
        return true;
      if (!ASSIGNING.has(application)) return false;
      return application === 'multiset' || read.has(lowerCase(action.data.split('=', 1)[0] ?? ''));
    });
  return new Set(domain.extensions.filter(matters).map(({ extension }) => extension.name));
}

function* describe(
  entry: OutsideEntry,
  candidate: Candidate,
  { call, action, isCertain, assumptions }: Reached,
  domain: LintedDomain,
  tools: LintTools,
): Generator<Found> {
  const witness: Witness = {
    call: Object.fromEntries([
      ['destination_number', call.hunts[0]?.destination ?? ''],
      ...[...call.inputs.values].map(([source, value]) => [nameOf(source), value] as const),
      ...(call.tests.some(({ what }) => what.kind === 'time')
        ? [['time', new Date(call.inputs.epochMs).toISOString()] as const]
        : []),
    ]),
    assumptions,
    hunts: call.hunts.slice(0, action.hunts),
  };
  const hops = action.hunts > 1 ? ` after ${action.hunts - 1} ${action.hunts === 2 ? 'transfer' : 'transfers'}` : '';
  const reaches = `${who(entry)} ${isCertain ? 'reaches' : 'may reach'} ${show(candidate)}${hops}`;
  yield* unlessAllowed(entry, candidate, domain, tools, {
    code: isCertain ? 'toll-fraud' : 'toll-fraud-unknown',
    location: candidate.extension.location,
    path: candidate.pointer,
    message: isCertain ? `${reaches}: strangers call at your expense` : `${reaches}, if ${assumptions.join(' and ')}`,
    fix: 'take the extension out of what calls from outside reach, or allow it in the lint settings under "tollFraud.allow"',
    witness,
  });
}

function* unlessAllowed(
  { context }: OutsideEntry,
  { extension }: Candidate,
  { name: domain }: LintedDomain,
  { settings, today }: LintTools,
  found: Found,
): Generator<Found> {
  const allowed = settings.tollFraud.allow.filter(
    (entry) =>
      lowerCase(entry.context) === lowerCase(context) &&
      entry.extension === extension.name &&
      (entry.domain ?? domain) === domain,
  );
  if (allowed.some(({ until }) => until >= today)) return;
  yield found;
  const last = allowed.at(-1);
  if (last === undefined) return;
  yield {
    code: 'allow-expired',
    location: found.location,
    path: found.path,
    message: `it was allowed until ${last.until}: ${last.reason}`,
    fix: 'see whether it is still needed, and set a new day, or none',
  };
}

function who({ context, callers }: OutsideEntry): string {
  return `a call ${callers.join(' or ')} (context ${context})`;
}

function show({ action }: Candidate): string {
  return `${textOf(action.application)} ${quoted(action.data)}`;
}

function keyOf({ extension, pointer }: Candidate): string {
  return `${extension.extension.name}\0${pointer}`;
}

function isAt({ extension, entry }: ExecutedAction, key: string): boolean {
  return `${extension}\0${entry.pointer}` === key;
}
