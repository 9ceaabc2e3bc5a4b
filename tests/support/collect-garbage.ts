/** V8's collector, at the test's command. */
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

/** Bytes of the heap that are left when all of it was looked through. */
export function liveBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/**
 * Bytes that stay behind when something was done so many times and, every few times, only the young generation was looked through,
 * which is all that is collected between full collections.
 */
export function leftBehind(times: number, act: (turn: number) => void): number {
  const before = liveBytes();
  for (let turn = 0; turn < times; turn += 1) {
    act(turn);
    if (turn % 50 === 0) collect({ type: 'minor' });
  }
  collect({ type: 'minor' });
  collect({ type: 'minor' });
  return process.memoryUsage().heapUsed - before;
}
