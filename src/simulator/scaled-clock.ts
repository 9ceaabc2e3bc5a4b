/**
 * A clock that runs a given number of times faster than real time. Actions run in the order of their times, and while one
 * runs, `now` is the time it was set to: however late the process is, simulated events keep their order and distance.
 */
import type { Clock, Timer } from './clock.js';
import { TimerQueue } from './timer-queue.js';

/** The longest delay `setTimeout` takes. */
const LONGEST_DELAY = 2 ** 31 - 1;

export class ScaledClock implements Clock {
  private readonly queue = new TimerQueue();
  private readonly start = performance.now();
  private last = 0;
  private running = false;
  private wakeUp: NodeJS.Timeout | undefined;
  private wakeUpTime = Infinity;

  /** `speed`: simulated milliseconds in one of real time. */
  constructor(private readonly speed = 1) {}

  now(): number {
    if (!this.running) this.last = Math.max(this.last, this.elapsed());
    return this.last;
  }

  at(time: number, action: () => void): Timer {
    const timer = this.queue.add(Math.max(time, this.last), action);
    if (!this.running) this.sleep();
    return {
      cancel: () => {
        timer.cancel();
        if (!this.running) this.sleep();
      },
    };
  }

  enter(action: () => void): void {
    if (this.running) {
      action();
      return;
    }
    this.run();
    this.last = Math.max(this.last, this.elapsed());
    this.running = true;
    action();
    this.run();
  }

  private elapsed(): number {
    return (performance.now() - this.start) * this.speed;
  }

  private run(): void {
    this.running = true;
    for (let due = this.queue.takeDue(this.elapsed()); due !== undefined; due = this.queue.takeDue(this.elapsed())) {
      this.last = Math.max(this.last, due.time);
      due.action();
    }
    this.running = false;
    this.sleep();
  }

  private sleep(): void {
    const next = this.queue.nextTime();
    if (next === this.wakeUpTime) return;
    clearTimeout(this.wakeUp);
    this.wakeUpTime = next;
    // With nothing to come the process may end.
    if (next === Infinity) return;
    const delay = (next - this.elapsed()) / this.speed;
    this.wakeUp = setTimeout(
      () => {
        this.wakeUpTime = Infinity;
        this.run();
      },
      Math.min(Math.max(delay, 0), LONGEST_DELAY),
    );
  }
}
