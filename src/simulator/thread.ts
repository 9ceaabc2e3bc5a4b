/**
 * FreeSWITCH's threads as coroutines on simulated time. A thread runs until it yields what it waits for, so nothing needs a
 * lock; where FreeSWITCH polls in a loop the thread sleeps until something is to be seen, and wakes when the loop would have.
 */
import type { Clock, Timer } from './clock.js';

/** What a thread waits for: whatever comes first. */
export interface Wait {
  /** Simulated time in milliseconds; infinite to wait for a signal alone. */
  readonly until: number;
  /** Wakes the thread at once. */
  readonly signal?: Signal;
  /** A loop that looks around every `every` milliseconds: the signal is seen at its next turn, counted from now. */
  readonly poll?: { readonly signal: Signal; readonly every: number };
}

export type Thread<Result = void> = Generator<Wait, Result, void>;

/** Something happened that waiting threads may want to look at. */
export class Signal {
  private readonly waiting = new Set<() => void>();

  raise(): void {
    for (const wake of [...this.waiting]) wake();
  }

  await(wake: () => void): void {
    this.waiting.add(wake);
  }

  forget(wake: () => void): void {
    this.waiting.delete(wake);
  }
}

/** Starts a thread: its first step is due at once. `ended` is told when it is through. */
export function startThread(clock: Clock, thread: Thread, ended?: () => void): void {
  clock.at(clock.now(), () => {
    step(clock, thread, ended);
  });
}

function step(clock: Clock, thread: Thread, ended: (() => void) | undefined): void {
  const { value, done } = thread.next();
  if (done === true) ended?.();
  else
    suspend(clock, value, () => {
      step(clock, thread, ended);
    });
}

function suspend(clock: Clock, { until, signal, poll }: Wait, goOn: () => void): void {
  const start = clock.now();
  let planned = Infinity;
  let timer: Timer | undefined;
  const resume = (): void => {
    signal?.forget(atOnce);
    poll?.signal.forget(atNextTurn);
    goOn();
  };
  const plan = (time: number): void => {
    if (time >= planned) return;
    timer?.cancel();
    planned = time;
    timer = clock.at(time, resume);
  };
  const atOnce = (): void => {
    plan(clock.now());
  };
  const atNextTurn = (): void => {
    if (poll !== undefined) plan(start + (Math.floor((clock.now() - start) / poll.every) + 1) * poll.every);
  };
  signal?.await(atOnce);
  poll?.signal.await(atNextTurn);
  plan(until);
}
