/** Long work on the event loop, done in slices between which others have their turn. */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** How long one slice may keep others waiting. */
const SLICE_MS = 2;

export class Slices {
  private begun = performance.now();

  /** Whether the slice has been long enough. */
  get isOver(): boolean {
    return performance.now() - this.begun >= SLICE_MS;
  }

  /** Lets others have their turn, and begins the next slice. */
  async next(): Promise<void> {
    await setImmediate();
    this.begun = performance.now();
  }
}
