/** Sums up many calls without keeping them. */
import type { CallResult } from './call-result.js';

/** In milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly highest: number;
}

export interface LoadSummary {
  readonly calls: number;
  /** From the first dialling to the last result, in simulated milliseconds. */
  readonly took: number;
  /** Calls by what became of them: the fate, with the cause for those that were hung up (`hung up: USER_BUSY`). */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How often each protocol problem was seen. */
  readonly problems: Readonly<Record<string, number>>;
  readonly applications: number;
  /** Milliseconds of calls that came so far; undefined if none did. */
  readonly latencies: {
    /** From dialling until the TCP connection stood. */
    readonly accept: Percentiles | undefined;
    /** From then to the controller's first command. */
    readonly connect: Percentiles | undefined;
    /** From the connection to the first application executed. */
    readonly firstApplication: Percentiles | undefined;
    /** From dialling to the call's end. */
    readonly call: Percentiles | undefined;
  };
}

export class LoadTally {
  private calls = 0;
  private applications = 0;
  private readonly outcomes = new Map<string, number>();
  private readonly problems = new Map<string, number>();
  private readonly accept: number[] = [];
  private readonly connect: number[] = [];
  private readonly firstApplication: number[] = [];
  private readonly whole: number[] = [];

  add({ fate, hangupCause, timings, applications, problems }: CallResult): void {
    this.calls += 1;
    this.applications += applications.length;
    count(this.outcomes, fate === 'hung up' ? `${fate}: ${hangupCause ?? 'unknown'}` : fate);
    for (const { problem } of problems) count(this.problems, problem);
    const { accepted, connected, firstApplication, ended } = timings;
    if (accepted !== undefined) {
      this.accept.push(accepted);
      if (connected !== undefined) this.connect.push(connected - accepted);
      if (firstApplication !== undefined) this.firstApplication.push(firstApplication - accepted);
    }
    if (ended !== undefined) this.whole.push(ended);
  }

  summary(took: number): LoadSummary {
    return {
      calls: this.calls,
      took,
      outcomes: Object.fromEntries(this.outcomes),
      problems: Object.fromEntries(this.problems),
      applications: this.applications,
      latencies: {
        accept: percentiles(this.accept),
        connect: percentiles(this.connect),
        firstApplication: percentiles(this.firstApplication),
        call: percentiles(this.whole),
      },
    };
  }
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function percentiles(values: readonly number[]): Percentiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] as number;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), highest: at(1) };
}
