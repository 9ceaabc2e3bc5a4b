/**
 * What watching costs: `npm run bench:supervisor [-- --rate 500] [--seconds 8] [--rounds 6] [--readers 1] [--history 20000]`.
 *
 * Recorded calls are played to a daemon at a rate, in turns without and with readers of the page, and how long they waited is told
 * as a ratio: from when a call was due to its first application, and from an application that is done to the next. Readers do what
 * open pages do, more often: they follow the live events and ask for everything besides; how soon they are answered is told too.
 * A rate the machine does not bear measures queues, nothing else: it is halved until calls do not wait, and a turn that was
 * saturated says so. With `--history` calls then come as fast as the daemon takes them, readers looking on, and its memory is told.
 * The daemon is a process of its own; those who play and those who read are threads: on two processors they take each other's time,
 * and how long the daemon's calls waited for one is told with each turn (Linux only).
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { median, startDaemon } from './bench-daemon.mjs';
import { percentile, startCallPlayer } from './play-recorded-calls.mjs';

const { AbortController, fetch } = globalThis;
const MIB = 2 ** 20;
/** How often everything is asked for that is not told by events: a page asks for what it shows every 5 or 10 s. */
const ASK_MS = 5_000;
const ENDPOINTS = [
  '/',
  '/api/v1/status',
  '/api/v1/calls/live',
  '/api/v1/calls?limit=100&text=1234',
  '/api/v1/activity',
  '/api/v1/dialplan',
];
/** Calls that wait longer than this for their first application, half of them, wait for the processor. */
const SATURATED_MS = 25;
const LEAST_RATE = 10;
/**
 * Where the daemon's calls had no processor for longer than so many milliseconds of each second, others than those who play and read
 * took them: such a turn is told, and not compared.
 */
const DISTURBED_MS = 100;
const CALIBRATION_SECONDS = 3;
const WARMING_CALLS = 10_000;
/** Calls at one time when they come as fast as they are taken. */
const CROWD = 200;

/** Reads as open pages do, until it is told to stop; then tells how many bytes came, and how soon what was asked for, in milliseconds. */
async function read({ origin, readers }) {
  const stop = new AbortController();
  parentPort.once('message', () => stop.abort());
  const waits = {};
  let bytes = 0;
  const ask = async (endpoint, name = endpoint) => {
    const asked = performance.now();
    const answer = await fetch(`${origin}${endpoint}`, { signal: stop.signal });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${endpoint}: ${answer.status} ${text}`);
    bytes += text.length;
    (waits[name] ??= []).push(performance.now() - asked);
    return text;
  };
  const listen = async () => {
    const { body } = await fetch(`${origin}/api/v1/events`, { signal: stop.signal });
    for await (const chunk of body) bytes += chunk.length;
  };
  const look = async () => {
    for (;;) {
      for (const endpoint of ENDPOINTS) await ask(endpoint);
      const [newest] = JSON.parse(await ask('/api/v1/calls?limit=1')).calls;
      if (newest !== undefined) await ask(`/api/v1/calls/${newest.key}`, 'a call, whole');
      await sleep(ASK_MS, undefined, { signal: stop.signal });
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: readers }, () => [listen(), look()]).flat());
  const failure = ended.find(({ reason }) => reason.name !== 'AbortError')?.reason;
  parentPort.postMessage({ bytes, waits, failure });
}

async function bench() {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '6' },
      readers: { type: 'string', default: '1' },
      history: { type: 'string', default: '0' },
    },
  });
  const [highestRate, seconds, rounds, readers, history] = [
    ...[values.rate, values.seconds, values.rounds, values.readers, values.history],
  ].map(Number);
  const directory = mkdtempSync(path.join(tmpdir(), 'parkway-bench-'));
  const daemon = await startDaemon(directory, { hasPage: true, flags: ['--log-level', 'info'] });
  const player = startCallPlayer();
  const play = (load) => player.play({ port: daemon.port, ...load });
  try {
    // What both sides do for the first time is compiled, and no part of what is compared.
    const firstPages = await openPages(daemon.origin, readers);
    await play({ calls: WARMING_CALLS, concurrency: 20 });
    const rate = await bearableRate(highestRate, (each) => play({ calls: each * CALIBRATION_SECONDS, rate: each }));
    await firstPages.close();
    const turns = { without: [], with: [] };
    const waits = {};
    for (let round = 0; round < rounds; round += 1) {
      // Which comes first changes, so that a machine that grows slower favours neither.
      for (const turn of round % 2 === 0 ? ['without', 'with'] : ['with', 'without']) {
        const pages = turn === 'with' ? await openPages(daemon.origin, readers) : undefined;
        const waitedBefore = daemon.waitedForProcessor();
        const played = await play({ calls: rate * seconds, rate });
        const wait = (daemon.waitedForProcessor() - waitedBefore) / seconds;
        const seen = await pages?.close();
        for (const [name, each] of Object.entries(seen?.waits ?? {})) (waits[name] ??= []).push(...each);
        if (!(wait > DISTURBED_MS)) turns[turn].push(played);
        console.log(turnLine(turn, played, seen, seconds, wait));
      }
    }
    if (turns.with.length > 0 && turns.without.length > 0) compare(turns);
    else console.log('All turns of a kind were disturbed: nothing can be compared. Try a quieter machine.');
    console.log(`\nwhat ${readers === 1 ? 'the reader' : 'the readers'} asked for, at ${rate} calls/s:`);
    for (const [name, each] of Object.entries(waits)) {
      const sorted = each.toSorted((one, other) => one - other);
      console.log(`  ${name.padEnd(36)} ${waited(sorted)}  (${sorted.length} times)`);
    }
    if (Object.values(turns).flat().some(isSaturated)) {
      console.log(
        'The machine was saturated in some turns: the ratios say nothing. Try a lower --rate, or a quieter machine.',
      );
      process.exitCode = 2;
    }
    if (history > 0) await fillHistory(daemon, play, history, readers);
  } finally {
    await daemon.stop();
    rmSync(directory, { recursive: true });
  }
}

function waited(sorted) {
  return `p50 ${percentile(sorted, 0.5).toFixed(2)} ms  p99 ${percentile(sorted, 0.99).toFixed(2)} ms`;
}

function turnLine(turn, played, seen, seconds, wait) {
  return (
    `${turn.padEnd(8)}${((played.first.length * 1000) / played.took).toFixed(0)} calls/s  first application ${waited(played.first)}` +
    `  next ${waited(played.next)}  begun late ${waited(played.late)}` +
    `  no processor for ${wait.toFixed(0)} ms/s${wait > DISTURBED_MS ? ', disturbed' : ''}` +
    (seen === undefined ? '' : `  ${(seen.bytes / MIB / seconds).toFixed(2)} MiB/s read`) +
    (isSaturated(played) ? '  saturated' : '')
  );
}

/** Of all calls of a kind together, and as the median of the turns, which one turn that was disturbed does not move. */
function compare(turns) {
  for (const what of ['first', 'next']) {
    const all = Object.fromEntries(
      Object.entries(turns).map(([turn, each]) => [turn, merged(each.map((played) => played[what]))]),
    );
    for (const share of [0.5, 0.99]) {
      const medians = Object.fromEntries(
        Object.entries(turns).map(([turn, each]) => [
          turn,
          median(each.map((played) => percentile(played[what], share))),
        ]),
      );
      console.log(
        `${what.padEnd(5)} p${share * 100} with / without: ${(medians.with / medians.without).toFixed(3)} by the medians of the turns ` +
          `(${medians.with.toFixed(2)} / ${medians.without.toFixed(2)} ms), ` +
          `${(percentile(all.with, share) / percentile(all.without, share)).toFixed(3)} of all ${all.with.length} / ${all.without.length} calls ` +
          `(${percentile(all.with, share).toFixed(2)} / ${percentile(all.without, share).toFixed(2)} ms)`,
      );
    }
  }
}

function merged(arrays) {
  return Float64Array.from(arrays.flatMap((each) => [...each])).sort();
}

function isSaturated({ first }) {
  return percentile(first, 0.5) > SATURATED_MS;
}

/** The highest rate, halved as often as it takes, at which calls do not wait; this warms both sides up too. */
async function bearableRate(highest, measure) {
  for (let rate = highest; ; rate = Math.max(LEAST_RATE, Math.floor(rate / 2))) {
    const played = await measure(rate);
    const isTooMuch = isSaturated(played);
    console.log(`${rate} calls/s: ${waited(played.first)}${isTooMuch ? ', too many for this machine' : ''}`);
    if (!isTooMuch || rate <= LEAST_RATE) return rate;
  }
}

async function fillHistory(daemon, play, calls, readers) {
  const before = await daemon.status();
  let highest = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      highest = Math.max(highest, (await daemon.status()).memory.rss);
      await sleep(100);
    }
  })();
  const pages = await openPages(daemon.origin, readers);
  const { took } = await play({ calls, concurrency: CROWD });
  await pages.close();
  await sleep(2000);
  isOver = true;
  await watching;
  const { memory, history } = await daemon.status();
  const mib = (bytes) => `${(bytes / MIB).toFixed(0)} MiB`;
  console.log(
    `\nhistory: ${((calls * 1000) / took).toFixed(0)} calls/s until ${history.remembered} are remembered: resident ` +
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
      const [seen] = await once(worker, 'message');
      if (seen.failure !== undefined) throw seen.failure;
      return seen;
    },
  };
}

if (isMainThread) await bench();
else await read(workerData);
