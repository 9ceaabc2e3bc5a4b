import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ScaledClock } from '../../src/simulator/scaled-clock.js';
import { Signal, startThread, type Thread } from '../../src/simulator/thread.js';
import { TimerQueue } from '../../src/simulator/timer-queue.js';
import { ManualClock } from './manual-clock.js';

describe('timers', () => {
  test('come in the order of their times, and among equal times in the order they were set', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ time: fc.nat(50), cancelled: fc.boolean() })), (wanted) => {
        const queue = new TimerQueue();
        const seen: number[] = [];
        const timers = wanted.map(({ time }, index) => queue.add(time, () => seen.push(index)));
        for (const [index, { cancelled }] of wanted.entries()) if (cancelled) timers[index]?.cancel();
        for (let due = queue.takeDue(50); due !== undefined; due = queue.takeDue(50)) due.action();
        const expected = [...wanted.entries()]
          .filter(([, { cancelled }]) => !cancelled)
          .sort(([one, { time: oneTime }], [other, { time: otherTime }]) => oneTime - otherTime || one - other)
          .map(([index]) => index);
        expect(seen).toEqual(expected);
        expect(queue.nextTime()).toBe(Infinity);
      }),
    );
  });

  test('that are not due stay', () => {
    const queue = new TimerQueue();
    queue.add(10, () => undefined);
    expect(queue.takeDue(9)).toBeUndefined();
    expect(queue.nextTime()).toBe(10);
  });
});

describe('the scaled clock', () => {
  test('runs faster than real time, and shows each action the time it was set to', async () => {
    const clock = new ScaledClock(100);
    const seen: number[] = [];
    const started = performance.now();
    await new Promise<void>((resolve) => {
      for (const time of [700, 300, 300, 1000]) {
        clock.at(time, () => {
          seen.push(clock.now());
          if (time === 1000) resolve();
        });
      }
    });
    expect(seen).toEqual([300, 300, 700, 1000]);
    expect(performance.now() - started).toBeLessThan(300);
    expect(clock.now()).toBeGreaterThanOrEqual(1000);
  });

  test('runs what is due before it lets something in, and what that makes due at once', () => {
    const clock = new ScaledClock(1_000_000);
    const seen: string[] = [];
    clock.at(1, () => seen.push('due'));
    while (clock.now() < 1);
    clock.enter(() => {
      seen.push('in');
      clock.at(clock.now(), () => seen.push('made due'));
    });
    expect(seen).toEqual(['due', 'in', 'made due']);
  });

  test('does not run a cancelled action', async () => {
    const clock = new ScaledClock(100);
    const seen: string[] = [];
    clock.at(100, () => seen.push('cancelled')).cancel();
    await new Promise<void>((resolve) => clock.at(200, resolve));
    expect(seen).toEqual([]);
  });
});

describe('a thread', () => {
  function started(wait: (signal: Signal) => Thread): { clock: ManualClock; signal: Signal; woken: number[] } {
    const clock = new ManualClock();
    const signal = new Signal();
    const woken: number[] = [];
    function* thread(): Thread {
      yield* wait(signal);
      woken.push(clock.now());
    }
    startThread(clock, thread());
    clock.advanceTo(0);
    return { clock, signal, woken };
  }

  test('wakes when its time comes, without a signal', () => {
    const { clock, woken } = started(function* (signal) {
      yield { until: 70, signal };
    });
    clock.advanceTo(100);
    expect(woken).toEqual([70]);
  });

  test('wakes at once at a signal', () => {
    const { clock, signal, woken } = started(function* (own) {
      yield { until: Infinity, signal: own };
    });
    clock.advanceTo(33);
    clock.enter(() => {
      signal.raise();
    });
    expect(woken).toEqual([33]);
  });

  test('that polls sees a signal at its next turn', () => {
    const { clock, signal, woken } = started(function* (own) {
      yield { until: Infinity, poll: { signal: own, every: 20 } };
    });
    clock.advanceTo(33);
    clock.enter(() => {
      signal.raise();
    });
    clock.advanceTo(39);
    expect(woken).toEqual([]);
    clock.advanceTo(100);
    expect(woken).toEqual([40]);
  });

  test('is woken once, and hears no signal it does not wait for', () => {
    const { clock, signal, woken } = started(function* (own) {
      yield { until: 50, signal: own, poll: { signal: own, every: 20 } };
      yield { until: 90 };
    });
    clock.advanceTo(10);
    clock.enter(() => {
      signal.raise();
      signal.raise();
    });
    clock.enter(() => {
      signal.raise();
    });
    clock.advanceTo(200);
    expect(woken).toEqual([90]);
  });
});
