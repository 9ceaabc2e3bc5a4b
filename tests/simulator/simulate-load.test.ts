import { afterEach, expect, test } from '@jest/globals';
import type { CallResult } from '../../src/simulator/call-result.js';
import { simulateLoad } from '../../src/simulator/simulate-load.js';
import { startFreeSwitch } from '../../src/simulator/start-free-switch.js';
import { Controller, type ControlledCall } from './controller.js';
import { answeredChannel, ringingChannel } from './dump.js';

let controller: Controller | undefined;

afterEach(async () => {
  await controller?.stop();
  controller = undefined;
});

/** Hangs up at once: USER_BUSY if the channel was answered already, else CALL_REJECTED. */
async function hangUp(line: ControlledCall): Promise<void> {
  line.send('connect', 'linger', 'myevents');
  await line.until('Events Enabled');
  line.execute('hangup', line.received.includes('Answer-State: answered') ? 'USER_BUSY' : 'CALL_REJECTED');
  await line.until('Event-Name: CHANNEL_HANGUP_COMPLETE');
  line.send('exit');
}

test('many calls are made of the dumps in turn, each with a uuid of its own, and summed up', async () => {
  controller = await Controller.start(hangUp);
  const freeSwitch = startFreeSwitch();
  const uuids = new Set<string>();
  let atOnce = 0;
  const summary = await simulateLoad(freeSwitch, {
    channels: [answeredChannel(), ringingChannel(), ringingChannel()],
    target: controller.target,
    asynchronous: true,
    full: true,
    calls: 300,
    concurrency: 50,
    onResult: ({ uuid }) => {
      uuids.add(uuid);
      atOnce = Math.max(atOnce, freeSwitch.liveSessions);
    },
  });
  expect(summary).toMatchObject({
    calls: 300,
    outcomes: { 'hung up: USER_BUSY': 100, 'hung up: CALL_REJECTED': 200 },
    problems: {},
    applications: 600,
  });
  expect(uuids.size).toBe(300);
  expect(atOnce).toBeGreaterThan(1);
  expect(atOnce).toBeLessThanOrEqual(50);
  expect(freeSwitch.liveSessions).toBe(0);
  const { accept, connect, firstApplication, call } = summary.latencies;
  for (const latency of [accept, connect, firstApplication, call]) {
    const values = [latency?.p50, latency?.p90, latency?.p99, latency?.highest].map(Number);
    expect(values.every((value) => value >= 0)).toBe(true);
    expect(values).toEqual([...values].sort((one, other) => one - other));
  }
  expect(call?.p50).toBeGreaterThan(Number(firstApplication?.p50));
});

test('calls come at the rate that is asked for', async () => {
  controller = await Controller.start(hangUp);
  const freeSwitch = startFreeSwitch({ speed: 2 });
  const { took } = await simulateLoad(freeSwitch, {
    channels: [answeredChannel()],
    target: controller.target,
    asynchronous: true,
    full: true,
    calls: 20,
    concurrency: 20,
    rate: 10,
  });
  // The twentieth begins after 1.9 simulated seconds.
  expect(took).toBeGreaterThanOrEqual(1900);
  expect(took).toBeLessThan(10_000);
});

test('a controller that does not let go is given up', async () => {
  const results: CallResult[] = [];
  controller = await Controller.start((line) => {
    line.send('connect', 'linger');
  });
  const freeSwitch = startFreeSwitch({ speed: 2 });
  const summary = await simulateLoad(freeSwitch, {
    channels: [answeredChannel()],
    target: controller.target,
    asynchronous: false,
    full: true,
    calls: 2,
    concurrency: 2,
    hangupAfter: 100,
    giveUpAfter: 2000,
    onResult: (result) => results.push(result),
  });
  expect(summary.problems).toEqual({ 'the controller did not let go': 2 });
  expect(results.map(({ hungUpBy }) => hungUpBy)).toEqual(['caller', 'caller']);
  for (const { timings } of results) expect(timings.closed).toBeGreaterThanOrEqual(2000);
});
