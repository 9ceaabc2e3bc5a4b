/** Many simulated calls to one controller: at a rate, or as fast as it lets them. */
import { randomUUID } from 'node:crypto';
import type { ChannelData } from '../dialplan/caller-profile.js';
import type { CallResult } from './call-result.js';
import type { FreeSwitch } from './free-switch.js';
import { freshChannel } from './fresh-channel.js';
import { LoadTally, type LoadSummary } from './load-tally.js';
import { simulateCall, type CallOptions } from './simulate-call.js';

export interface LoadOptions extends Omit<CallOptions, 'channel'> {
  /** Dumps the calls are made of, in turn; each call gets a uuid of its own. At least one. */
  readonly channels: readonly ChannelData[];
  readonly calls: number;
  /** Calls that may be under way at the same time. */
  readonly concurrency: number;
  /** Calls a simulated second; without it, the next begins as soon as there is room. */
  readonly rate?: number;
  /** After how long the controller of a call is given up that does not let go, in simulated milliseconds. */
  readonly giveUpAfter?: number;
  /** Hears of every call as it ends, and of the dump it was made of. */
  onResult?(result: CallResult, dump: ChannelData): void;
}

const GIVE_UP_AFTER_MS = 60_000;

export async function simulateLoad(freeSwitch: FreeSwitch, options: LoadOptions): Promise<LoadSummary> {
  const { clock } = freeSwitch;
  const { calls, concurrency, rate } = options;
  const started = clock.now();
  const tally = new LoadTally();
  let next = 0;
  const line = async (): Promise<void> => {
    while (next < calls) {
      const turn = next;
      next += 1;
      if (rate !== undefined) await comesTo(freeSwitch, started + (turn * 1000) / rate);
      const dump = options.channels[turn % options.channels.length] as ChannelData;
      const result = await oneCall(freeSwitch, options, dump);
      tally.add(result);
      options.onResult?.(result, dump);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, calls) }, line));
  return tally.summary(clock.now() - started);
}

async function oneCall(freeSwitch: FreeSwitch, options: LoadOptions, dump: ChannelData): Promise<CallResult> {
  const { giveUpAfter = GIVE_UP_AFTER_MS } = options;
  const channel = freshChannel(dump, randomUUID(), freeSwitch.wallClock());
  const call = simulateCall(freeSwitch, { ...options, channel });
  const { clock } = freeSwitch;
  const patience = clock.at(clock.now() + giveUpAfter, () => {
    call.abandon();
  });
  const result = await call.result;
  patience.cancel();
  return result;
}

function comesTo({ clock }: FreeSwitch, time: number): Promise<void> {
  return new Promise((resolve) => {
    clock.at(time, resolve);
  });
}
