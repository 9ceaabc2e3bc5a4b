import { expect, test } from '@jest/globals';
import { CallRegistry } from '../../src/calls/call-registry.js';
import type { Call } from '../../src/calls/call.js';
import { liveBytes } from '../support/collect-garbage.js';

function call(id: string, changes: Partial<Call> = {}): Call {
  return {
    id,
    arrivedAt: 1,
    callerNumber: '1001',
    callerName: '\xff',
    destination: '1002',
    mode: 'async',
    data: new Map([['Unique-ID', id]]),
    selected: {
      domain: 'd',
      name: 'default',
      context: undefined,
      origin: { kind: 'unknown', name: undefined, profile: undefined },
      choice: { context: { by: 'default', of: undefined }, domain: { variable: undefined, unknown: undefined } },
      why: '',
    },
    trace: [],
    answers: [],
    hunted: undefined,
    matched: [],
    decisionMs: undefined,
    applications: [],
    outcome: 'failed',
    hangupCause: undefined,
    isAnswered: false,
    talkMs: undefined,
    endedAt: 2,
    error: new Error('lost'),
    ...changes,
  };
}

function pass(registry: CallRegistry, id: string): void {
  const one = call(id);
  registry.arrived(one);
  registry.ended(one);
}

test('as many calls are remembered as are asked for, whole, whether they are compressed yet or not', async () => {
  const registry = new CallRegistry({ historySize: 40, historyBytes: 1e6 });
  for (let index = 0; index < 100; index += 1) pass(registry, `call-${index}`);
  await registry.settled();
  expect(registry.recentCalls().map(({ row }) => row.key)).toEqual(
    Array.from({ length: 40 }, (_, index) => `call-${99 - index}`),
  );
  expect(await registry.find('call-59')).toBeUndefined();
  for (const key of ['call-60', 'call-80', 'call-99']) {
    const found = await registry.find(key);
    expect(found?.record).toMatchObject({
      id: key,
      callerName: '\xff',
      error: 'lost',
      data: new Map([['Unique-ID', key]]),
    });
    expect(found?.row.callerName).toBe('\\xff');
  }
});

test('when their memory is used up the oldest go', async () => {
  const registry = new CallRegistry({ historySize: 1000, historyBytes: 1 });
  for (let index = 0; index < 16; index += 1) pass(registry, `a-${index}`);
  await registry.settled();
  pass(registry, 'b');
  expect(registry.historyBytes).toBe(0);
  expect(registry.recentCalls().map(({ row }) => row.key)).toEqual(['b']);
});

test('what waits to be compressed is bounded: details of the oldest go, their rows stay', async () => {
  const registry = new CallRegistry({ historySize: 1000, historyBytes: 1e9, looseBytes: 10_000 });
  const ids = Array.from({ length: 160 }, (_, index) => `call-${index}`);
  for (const id of ids) pass(registry, id);
  expect(registry.forgottenDetails).toBeGreaterThan(0);
  await registry.settled();
  const found = await Promise.all(ids.map((id) => registry.find(id)));
  const missing = found.filter((each) => each === undefined).length;
  expect(missing).toBe(registry.forgottenDetails);
  expect(missing).toBeLessThan(160);
  expect(found.at(-1)?.record.id).toBe('call-159');
  expect(registry.historyCount).toBe(160);
  expect(registry.hasEnded('call-0') && registry.hasEnded('call-16')).toBe(true);
  // It is empty again: as many as before find room.
  for (let index = 0; index < 16; index += 1) pass(registry, `late-${index}`);
  await registry.settled();
  expect(registry.forgottenDetails).toBe(missing);
  expect(await registry.find('late-0')).toBeDefined();
});

test('a remembered call takes a few kilobytes, not all that FreeSWITCH sent of it', async () => {
  const calls = 2_000;
  const registry = new CallRegistry({ historySize: calls, historyBytes: 1e9 });
  const before = liveBytes();
  for (let index = 0; index < calls; index += 1) {
    // Texts of a call are cut from the block they came in.
    const block = `${'x'.repeat(20_000)}${String(index).padStart(36, '0')}+8613800138000 Alice of the first floor`;
    const [id, callerNumber, callerName] = [block.slice(20_000, 20_036), block.slice(20_036, 20_050), block.slice(-24)];
    const one = call(id, { callerNumber, callerName, data: new Map([['Unique-ID', block]]) });
    registry.arrived(one);
    registry.ended(one);
    if (index % 100 === 0) await registry.settled();
  }
  await registry.settled();
  expect(registry.forgottenDetails).toBe(0);
  expect((liveBytes() - before) / calls).toBeLessThan(4_000);
  expect(registry.historyCount).toBe(calls);
});

test('a call that cannot be turned to bytes is forgotten; all others are kept', async () => {
  const registry = new CallRegistry({ historySize: 100, historyBytes: 1e9 });
  for (let index = 0; index < 48; index += 1) {
    const id = `call-${index}`;
    const one = call(id, index === 20 ? { talkMs: (() => 1) as unknown as number } : {});
    registry.arrived(one);
    registry.ended(one);
  }
  await registry.settled();
  expect(registry.forgottenDetails).toBe(1);
  expect(await registry.find('call-20')).toBeUndefined();
  for (const key of ['call-19', 'call-21', 'call-47']) expect((await registry.find(key))?.record.id).toBe(key);
});

test('a channel that comes again has a key of its own', async () => {
  const registry = new CallRegistry({ historySize: 10, historyBytes: 1e6 });
  pass(registry, 'x');
  pass(registry, 'x');
  registry.arrived(call('x', { endedAt: undefined, outcome: undefined }));
  expect(registry.recentCalls().map(({ row }) => row.key)).toEqual(['x:2', 'x']);
  expect(registry.liveRows().map(({ key }) => key)).toEqual(['x:3']);
  expect((await registry.find('x:3'))?.row.state).toBe('deciding');
});
