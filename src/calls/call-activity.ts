/** How many calls came and how long deciding took, over the last hour; and how all calls ended since the start. */
import { createHistogram } from 'node:perf_hooks';
import type { Call, CallObserver, CallOutcome } from './call.js';

export interface ActivityPoint {
  /** Epoch milliseconds of its beginning. */
  readonly at: number;
  readonly calls: number;
  readonly noRoute: number;
  readonly failed: number;
  /** Milliseconds to decide: half of the calls took no longer; undefined where none was decided. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

/** How long a point of the series is, in milliseconds. */
export const ACTIVITY_STEP_MS = 10_000;
const POINTS = 360;
const MICROSECONDS_PER_MS = 1000;
const LONGEST_MS = 60_000;

interface Bucket {
  readonly at: number;
  calls: number;
  noRoute: number;
  failed: number;
}

export class CallActivity implements CallObserver {
  private readonly points: ActivityPoint[] = [];
  private readonly decisions = createHistogram({ lowest: 1, highest: LONGEST_MS * MICROSECONDS_PER_MS, figures: 2 });
  private readonly outcomes = new Map<CallOutcome, number>();
  private bucket: Bucket;
  private total = 0;

  constructor(private readonly now: () => number = Date.now) {
    this.bucket = newBucket(beginningOf(now()));
  }

  /** Calls since the start. */
  get arrivals(): number {
    return this.total;
  }

  /** Calls that ended since the start, by outcome. */
  ends(): Readonly<Partial<Record<CallOutcome, number>>> {
    return Object.fromEntries(this.outcomes);
  }

  /** The last hour, oldest first; the last point is not over yet. */
  series(): ActivityPoint[] {
    this.turn();
    return [...this.points, this.point()];
  }

  arrived(): void {
    this.turn();
    this.total += 1;
    this.bucket.calls += 1;
  }

  decided({ decisionMs }: Call): void {
    this.turn();
    if (decisionMs === undefined) return;
    const time = Math.min(Math.max(decisionMs, 1 / MICROSECONDS_PER_MS), LONGEST_MS);
    this.decisions.record(Math.round(time * MICROSECONDS_PER_MS));
  }

  applicationStarted(): void {
    // Of no interest here.
  }

  applicationEnded(): void {
    // Of no interest here.
  }

  ended({ outcome }: Call): void {
    this.turn();
    if (outcome === undefined) return;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    if (outcome === 'noRoute') this.bucket.noRoute += 1;
    if (outcome === 'failed') this.bucket.failed += 1;
  }

  /** Closes the points that are over. */
  private turn(): void {
    const at = beginningOf(this.now());
    if (at <= this.bucket.at) return;
    this.points.push(this.point());
    const firstEmpty = Math.max(this.bucket.at + ACTIVITY_STEP_MS, at - POINTS * ACTIVITY_STEP_MS);
    for (let empty = firstEmpty; empty < at; empty += ACTIVITY_STEP_MS) {
      this.points.push({ ...newBucket(empty), p50: undefined, p99: undefined });
    }
    this.points.splice(0, this.points.length - POINTS);
    this.bucket = newBucket(at);
    this.decisions.reset();
  }

  private point(): ActivityPoint {
    const { decisions } = this;
    const percentile = (share: number): number | undefined =>
      decisions.count === 0 ? undefined : decisions.percentile(share) / MICROSECONDS_PER_MS;
    return { ...this.bucket, p50: percentile(50), p99: percentile(99) };
  }
}

function beginningOf(time: number): number {
  return time - (time % ACTIVITY_STEP_MS);
}

function newBucket(at: number): Bucket {
  return { at, calls: 0, noRoute: 0, failed: 0 };
}
