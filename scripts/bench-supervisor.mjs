/**
 * What watching costs: `npm run bench:supervisor [-- --rate 500] [--seconds 8] [--rounds 4] [--readers 1] [--history 20000]`.
 *
 * Calls are played to a daemon at a rate, in turns without and with readers of the page (live events, and what the page asks
 * for besides), and how long it took from the connection to the first application is told as a ratio. A rate the machine does
 * not bear measures queues, nothing else: it is halved until calls do not wait, and a turn that was saturated says so. With
 * `--history` calls then come as fast as the daemon takes them, and its memory is told. The daemon is a process of its own, as are
 * the readers' thread and the simulated FreeSWITCH: on two processors they take each other's time, which both turns share.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { startFreeSwitch } from '../dist/simulator/start-free-switch.js';
import { median, playTo, startDaemon } from './bench-daemon.mjs';

const { AbortController, fetch } = globalThis;
const MIB = 2 ** 20;
/** How often a page asks for what is not told by events. */
const ASK_MS = 5_000;
/** Calls that wait longer than this for their first application, half of them, wait for the processor. */
const SATURATED_MS = 25;
const LEAST_RATE = 10;
const CALIBRATION_SECONDS = 3;

/** Reads as open pages do, until it is told to stop. */
async function read({ origin, readers }) {
  const stop = new AbortController();
  parentPort.once('message', () => stop.abort());
  let bytes = 0;
  const listen = async () => {
    const { body } = await fetch(`${origin}/api/v1/events`, { signal: stop.signal });
    for await (const chunk of body) bytes += chunk.length;
  };
  const ask = async () => {
    for (;;) {
      for (const what of ['status', 'activity', 'dialplan', 'calls?limit=100&text=1002']) {
        bytes += (await (await fetch(`${origin}/api/v1/${what}`, { signal: stop.signal })).arrayBuffer()).byteLength;
      }
      await sleep(ASK_MS, undefined, { signal: stop.signal });
    }
  };
  await Promise.allSettled(Array.from({ length: readers }, () => [listen(), ask()]).flat());
  parentPort.postMessage(bytes);
}

async function bench() {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '4' },
      readers: { type: 'string', default: '1' },
      history: { type: 'string', default: '0' },
    },
  });
  const [highestRate, seconds, rounds, readers] = [values.rate, values.seconds, values.rounds, values.readers].map(
    Number,
  );
  const directory = mkdtempSync(path.join(tmpdir(), 'parkway-bench-'));
  const daemon = await startDaemon(directory, { hasPage: true, flags: ['--log-level', 'info'] });
  const freeSwitch = startFreeSwitch();
  const play = (load) => playTo(daemon, freeSwitch, load);
  const atRate = async (rate, duration) => {
    const { latencies, calls, took } = await play({ calls: rate * duration, rate, concurrency: 10 * rate });
    return { ...latencies.firstApplication, rate: (calls * 1000) / took };
  };
  try {
    const rate = await bearableRate(highestRate, (each) => atRate(each, CALIBRATION_SECONDS));
    const turns = { without: [], with: [] };
    for (let round = 0; round < rounds; round += 1) {
      // Which comes first changes, so that a machine that grows slower favours neither.
      for (const turn of round % 2 === 0 ? ['without', 'with'] : ['with', 'without']) {
        const pages = turn === 'with' ? await openPages(daemon.origin, readers) : undefined;
        const measured = await atRate(rate, seconds);
        const bytes = await pages?.close();
        turns[turn].push(measured);
        console.log(
          `${turn.padEnd(7)} ${readers} ${readers === 1 ? 'reader ' : 'readers'} ${measured.rate.toFixed(0)} calls/s  ` +
            `p50 ${measured.p50.toFixed(2)} ms  p99 ${measured.p99.toFixed(2)} ms` +
            (bytes === undefined ? '' : `  ${(bytes / MIB / seconds).toFixed(2)} MiB/s read`) +
            (isSaturated(measured) ? '  saturated' : ''),
        );
      }
    }
    for (const percentile of ['p50', 'p99']) {
      const [without, watched] = [turns.without, turns.with].map((each) => median(each.map((one) => one[percentile])));
      console.log(
        `${percentile} with / without: ${(watched / without).toFixed(3)} (medians ${watched.toFixed(2)} / ${without.toFixed(2)} ms)`,
      );
    }
    if (Object.values(turns).flat().some(isSaturated)) {
      console.log(
        'The machine was saturated in some turns: the ratios say nothing. Try a lower --rate, or a quieter machine.',
      );
      process.exitCode = 2;
    }
    if (Number(values.history) > 0) await fillHistory(daemon, play, Number(values.history));
  } finally {
    await daemon.stop();
    rmSync(directory, { recursive: true });
  }
}

function isSaturated({ p50 }) {
  return p50 > SATURATED_MS;
}

/** The highest rate, halved as often as it takes, at which calls do not wait; this warms both sides up too. */
async function bearableRate(highest, measure) {
  for (let rate = highest; ; rate = Math.max(LEAST_RATE, Math.floor(rate / 2))) {
    const measured = await measure(rate);
    const isTooMuch = isSaturated(measured);
    console.log(`${rate} calls/s: p50 ${measured.p50.toFixed(2)} ms${isTooMuch ? ', too many for this machine' : ''}`);
    if (!isTooMuch || rate <= LEAST_RATE) return rate;
  }
}

async function fillHistory(daemon, play, most) {
  const before = await daemon.status();
  let highest = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      highest = Math.max(highest, (await daemon.status()).memory.rss);
      await sleep(100);
    }
  })();
  const { calls, took } = await play({ calls: most, concurrency: 500 });
  await sleep(2000);
  isOver = true;
  await watching;
  const { memory, history } = await daemon.status();
  const mib = (bytes) => `${(bytes / MIB).toFixed(0)} MiB`;
  console.log(
    `history: ${((calls * 1000) / took).toFixed(0)} calls/s until ${history.remembered} are remembered: resident ` +
      `${mib(highest)} at the most, ${mib(memory.rss)} after; details ${mib(history.bytes)}, ` +
      `${history.withoutDetails - before.history.withoutDetails} calls without`,
  );
}

async function openPages(origin, readers) {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { origin, readers } });
  await once(worker, 'online');
  return {
    async close() {
      worker.postMessage('stop');
      const [bytes] = await once(worker, 'message');
      return bytes;
    },
  };
}

if (isMainThread) await bench();
else await read(workerData);
