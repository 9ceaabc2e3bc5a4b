/**
 * What Prometheus is told. No label takes a value that a caller chooses: contexts and extensions are those the dialplan has,
 * applications and causes those FreeSWITCH has, and of each there is a largest number.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { textOf } from '../bytes.js';
import type { Call, CallObserver } from '../calls/call.js';
import { findApplication } from '../dialplan/applications.js';
import { LabelValues, OTHER } from './label-values.js';

/** What is known elsewhere and read when somebody asks. */
export interface MetricsSource {
  readonly version: string;
  /** Connections refused since the start, by reason. */
  refused(): Readonly<Record<string, number>>;
  store(): StoreReading;
  /** Lines and calls that were dropped since the start, by where they were to go. */
  dropped(): Readonly<Record<string, number>>;
}

export interface StoreReading {
  readonly isUp: boolean;
  /** Loads since the start. */
  readonly version: number;
  /** Epoch milliseconds of the last load; null before the first. */
  readonly loadedAt: number | null;
  readonly refusedDocuments: number;
  /** Whether the version in force is of an earlier run. */
  readonly isStale: boolean;
  /** Null where the dialplan is in files. */
  readonly redis: {
    readonly guarded: readonly string[];
    /** Since the start, by what is counted. */
    readonly counters: Readonly<Record<string, number>>;
  } | null;
}

export interface Metrics {
  readonly observer: CallObserver;
  readonly registry: Registry;
}

const MS = 1000;
const MOST_CONTEXTS = 500;
const MOST_EXTENSIONS = 5_000;
const MOST_CAUSES = 100;
const CAUSE = /^[A-Z0-9_]{2,60}$/;
/** The label of a call whose context there is not. */
const NO_CONTEXT = 'none';
const DECISION_SECONDS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5];
const APPLICATION_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 180, 600, 1800, 3600];

/** Sums of others that count nothing up, by names that say so, which `promtool check metrics` complains about. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export function createMetrics(source: MetricsSource): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  readFromSource(registry, source);
  return { registry, observer: countCalls(registry) };
}

function countCalls(registry: Registry): CallObserver {
  const registers = [registry];
  const calls = new Counter({
    name: 'parkway_calls_total',
    help: 'Calls that have ended, by the context they were routed by ("none": there is no such context) and by outcome.',
    labelNames: ['context', 'outcome'],
    registers,
  });
  const active = new Gauge({ name: 'parkway_calls_active', help: 'Calls in progress.', registers });
  const decision = new Histogram({
    name: 'parkway_decision_seconds',
    help: "How long it took to decide a call, FreeSWITCH's answers included.",
    buckets: DECISION_SECONDS,
    registers,
  });
  const application = new Histogram({
    name: 'parkway_application_seconds',
    help: 'How long an application ran, by its name ("other": one FreeSWITCH is not known to have).',
    labelNames: ['application'],
    buckets: APPLICATION_SECONDS,
    registers,
  });
  const matches = new Counter({
    name: 'parkway_extension_matches_total',
    help: 'Calls an extension matched, by context and extension.',
    labelNames: ['context', 'extension'],
    registers,
  });
  const hangups = new Counter({
    name: 'parkway_hangups_total',
    help: 'Calls that were hung up, by cause.',
    labelNames: ['cause'],
    registers,
  });
  const contexts = new LabelValues(MOST_CONTEXTS);
  const extensions = new LabelValues(MOST_EXTENSIONS);
  const causes = new LabelValues(MOST_CAUSES);
  const contextOf = ({ selected }: Call): string =>
    selected.context === undefined ? NO_CONTEXT : contexts.of(selected.context.name);
  return {
    arrived() {
      active.inc();
    },
    decided(call) {
      decision.observe((call.decisionMs ?? 0) / MS);
      const context = contextOf(call);
      // One extension may stand in a context twice; it matched one call.
      for (const name of new Set(call.matched)) matches.inc({ context, extension: extensions.of(textOf(name)) });
    },
    applicationStarted() {
      return undefined;
    },
    applicationEnded(_call, { application: name, startedAt, endedAt }) {
      const label = findApplication(name)?.name ?? OTHER;
      application.observe({ application: textOf(label) }, ((endedAt ?? startedAt) - startedAt) / MS);
    },
    ended(call) {
      active.dec();
      calls.inc({ context: contextOf(call), outcome: call.outcome ?? 'failed' });
      const { hangupCause } = call;
      if (hangupCause === undefined) return;
      hangups.inc({ cause: CAUSE.test(hangupCause) ? causes.of(hangupCause) : OTHER });
    },
  };
}

function readFromSource(registry: Registry, source: MetricsSource): void {
  const registers = [registry];
  new Gauge({
    name: 'parkway_build_info',
    help: "1, with Parkway's version.",
    labelNames: ['version'],
    registers,
  }).set({ version: source.version }, 1);
  new Counter({
    name: 'parkway_connections_refused_total',
    help: 'Connections that became no session, and calls beyond maxCalls, by reason.',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(source.refused())) this.inc({ reason }, count);
    },
  });
  new Counter({
    name: 'parkway_records_dropped_total',
    help: 'Log lines and captured calls that a slow, stuck or full disk did not take, by where they were to go.',
    labelNames: ['output'],
    registers,
    collect() {
      this.reset();
      for (const [output, count] of Object.entries(source.dropped())) this.inc({ output }, count);
    },
  });
  new Gauge({
    name: 'parkway_store_up',
    help: 'Whether changes of the dialplan are noticed (1), or may go unnoticed (0).',
    registers,
    collect() {
      this.set(source.store().isUp ? 1 : 0);
    },
  });
  new Gauge({
    name: 'parkway_store_age_seconds',
    help: 'How long ago the dialplan last changed; NaN before it was loaded.',
    registers,
    collect() {
      const { loadedAt } = source.store();
      this.set(loadedAt === null ? NaN : (Date.now() - loadedAt) / MS);
    },
  });
  new Counter({
    name: 'parkway_store_reloads_total',
    help: 'How often the dialplan was loaded or changed.',
    registers,
    collect() {
      this.reset();
      this.inc(source.store().version);
    },
  });
  new Gauge({
    name: 'parkway_store_refused_documents',
    help: 'Documents with an error, whose previous version stays in force if there is one.',
    registers,
    collect() {
      this.set(source.store().refusedDocuments);
    },
  });
  readFromRedis(registers, source);
}

function readFromRedis(registers: Registry[], source: MetricsSource): void {
  new Gauge({
    name: 'parkway_store_stale',
    help: 'Whether calls are routed by what an earlier run saved (1), as the store has not been reached since the start.',
    registers,
    collect() {
      this.set(source.store().isStale ? 1 : 0);
    },
  });
  new Gauge({
    name: 'parkway_store_guarded_domains',
    help: 'Domains that are suddenly empty in Redis and keep their previous state until it is accepted.',
    registers,
    collect() {
      this.set(source.store().redis?.guarded.length ?? 0);
    },
  });
  new Counter({
    name: 'parkway_store_redis_total',
    help: 'Keys Redis said are changed, readings, fields read, connections and failures.',
    labelNames: ['what'],
    registers,
    collect() {
      this.reset();
      for (const [what, count] of Object.entries(source.store().redis?.counters ?? {})) this.inc({ what }, count);
    },
  });
}
