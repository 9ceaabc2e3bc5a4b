/** How long work waits for its turn: what a busy daemon shows first. */
import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';

export interface EventLoopReading {
  /** Milliseconds: half of the time work waited no longer. */
  readonly p50: number;
  readonly p99: number;
  readonly highest: number;
  /** The share of time that was worked, 0 to 1. */
  readonly utilization: number;
}

const RESOLUTION_MS = 10;
const WINDOW_MS = 60_000;
const NS_PER_MS = 1e6;

export class EventLoopDelay {
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private utilizationBefore: EventLoopUtilization = performance.eventLoopUtilization();
  private readonly turning: NodeJS.Timeout;

  constructor() {
    this.histogram.enable();
    this.turning = setInterval(() => {
      this.histogram.reset();
      this.utilizationBefore = performance.eventLoopUtilization();
    }, WINDOW_MS).unref();
  }

  /** Since the window's beginning, at most a minute ago. */
  read(): EventLoopReading {
    const { histogram } = this;
    return {
      p50: waited(histogram.percentile(50)),
      p99: waited(histogram.percentile(99)),
      highest: waited(histogram.max),
      utilization: performance.eventLoopUtilization(this.utilizationBefore).utilization,
    };
  }

  close(): void {
    clearInterval(this.turning);
    this.histogram.disable();
  }
}

/** The histogram counts the time between two looks, of which the resolution is no delay. */
function waited(nanoseconds: number): number {
  return Math.max(nanoseconds / NS_PER_MS - RESOLUTION_MS, 0);
}
