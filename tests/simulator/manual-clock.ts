import type { Clock, Timer } from '../../src/simulator/clock.js';
import { TimerQueue } from '../../src/simulator/timer-queue.js';

/** Time goes by only where a test says so. */
export class ManualClock implements Clock {
  private readonly queue = new TimerQueue();
  private time = 0;

  now(): number {
    return this.time;
  }

  at(time: number, action: () => void): Timer {
    return this.queue.add(Math.max(time, this.time), action);
  }

  enter(action: () => void): void {
    action();
    this.advanceTo(this.time);
  }

  advanceTo(time: number): void {
    for (let due = this.queue.takeDue(time); due !== undefined; due = this.queue.takeDue(time)) {
      this.time = Math.max(this.time, due.time);
      due.action();
    }
    this.time = Math.max(this.time, time);
  }
}
