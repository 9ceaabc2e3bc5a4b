/**
 * What watching costs: `npm run bench:supervisor [-- --rate 500] [--seconds 1] [--rounds 80] [--readers 1] [--history 20000]`.
 *
 * Recorded calls are played to a daemon at a rate, in turns without and with readers of the page, and how long they waited is told
 * as a ratio: from when a call was due to its first application, and from an application that is done to the next. Readers do what
 * open pages do: they follow the live events and ask for everything besides; how soon they are answered is told too.
 * Turns are short, for machines have slow minutes and slow seconds: a neighbour takes the memory's bandwidth, and the same call costs
 * half as much again. Only what changes sides every second meets the same machine on both.
 * A rate the machine does not bear measures queues, nothing else: it is halved until calls do not wait. A turn that was saturated all
 * the same, or disturbed by other programs, says so, and is left out with the turn of the other kind beside it. With `--history` calls
 * then come as fast as the daemon takes them, readers looking on, and its memory is told.
 * The daemon is a process of its own; those who play and those who read are threads, the latter of low priority (Linux only): on two
 * processors they take each other's time, and where the daemon's calls waited long for one, that is told (Linux only).
 */
import { once } from 'node:events';
import { existsSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { startDaemon } from './bench-daemon.mjs';
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
/** Fewer pairs of turns say nothing. */
const FEWEST_PAIRS = 3;
const CALIBRATION_SECONDS = 3;
const WARMING_CALLS = 10_000;
/** Calls at one time when they come as fast as they are taken. */
const CROWD = 200;

/** Opens pages and closes them when it is told to; then tells how many bytes came, and how soon what was asked for, in milliseconds. */
function readPages() {
  yieldProcessor();
  let close;
  parentPort.on('message', async (pages) => {
    if (pages === 'close') close();
    else parentPort.postMessage(await read(pages, new Promise((resolve) => (close = resolve))));
  });
}

/** Who reads sits at another machine: here this thread is only to have a processor when no call wants one. Linux only. */
function yieldProcessor() {
  const thread = '/proc/thread-self';
  if (existsSync(thread)) setPriority(Number(path.basename(readlinkSync(thread))), constants.priority.PRIORITY_LOW);
}

/** How long pages were open since they asked, in milliseconds, but for those open now: turns may be shorter than the time between. */
let unasked = ASK_MS;

async function read({ origin, readers }, closed) {
  const stop = new AbortController();
  const opened = performance.now();
  let asking = Promise.resolve();
  closed.then(async () => {
    // What went wrong is told by whoever asked.
    await asking.catch(() => undefined);
    unasked += performance.now() - opened;
    stop.abort();
  });
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
  const streams = await Promise.all(
    Array.from({ length: readers }, () => fetch(`${origin}/api/v1/events`, { signal: stop.signal })),
  );
  const listen = async ({ body }) => {
    for await (const chunk of body) bytes += chunk.length;
  };
  const askAll = async () => {
    unasked = opened - performance.now();
    for (const endpoint of ENDPOINTS) await ask(endpoint);
    const [newest] = JSON.parse(await ask('/api/v1/calls?limit=1')).calls;
    if (newest !== undefined) await ask(`/api/v1/calls/${newest.key}`, 'a call, whole');
  };
  const look = async () => {
    for (;;) {
      await sleep(ASK_MS - (unasked + performance.now() - opened), undefined, { signal: stop.signal });
      asking = askAll();
      await asking;
    }
  };
  parentPort.postMessage('open');
  const ended = await Promise.allSettled(streams.flatMap((stream) => [listen(stream), look()]));
  const failure = ended.find(({ reason }) => reason.name !== 'AbortError')?.reason;
  return { bytes, waits, failure };
}

async function bench() {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '80' },
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
  const reader = startReader(daemon.origin, readers);
  try {
    // What both sides do for the first time is compiled, and no part of what is compared.
    const firstPages = await reader.openPages();
    await play({ calls: WARMING_CALLS, concurrency: 20 });
    const rate = await bearableRate(highestRate, (each) => play({ calls: each * CALIBRATION_SECONDS, rate: each }));
    await firstPages.close();
    const pairs = [];
    const waits = {};
    let bytes = 0;
    for (let round = 0; round < rounds; round += 1) {
      const pair = {};
      // Which comes first changes, so that a machine that grows slower favours neither.
      for (const turn of round % 2 === 0 ? ['without', 'with'] : ['with', 'without']) {
        const pages = turn === 'with' ? await reader.openPages() : undefined;
        const waitedBefore = daemon.waitedForProcessor();
        const played = await play({ calls: rate * seconds, rate });
        const wait = (daemon.waitedForProcessor() - waitedBefore) / seconds;
        const seen = await pages?.close();
        for (const [name, each] of Object.entries(seen?.waits ?? {})) (waits[name] ??= []).push(...each);
        const unfit = whyUnfit(played, wait);
        pair[turn] = {
          ...played,
          unfit,
          text: `${turn} ${waited(played.first)}${unfit === undefined ? '' : ` (${unfit})`}`,
        };
        bytes += seen?.bytes ?? 0;
      }
      pairs.push(pair);
      console.log(`${pairs.length}: ${pair.without.text}; ${pair.with.text}`);
    }
    compare(pairs);
    console.log(
      `\nwhat ${readers === 1 ? 'the reader' : 'the readers'} asked for, at ${rate} calls/s; ${(bytes / MIB / rounds / seconds).toFixed(2)} MiB/s in all:`,
    );
    for (const [name, each] of Object.entries(waits)) {
      const sorted = each.toSorted((one, other) => one - other);
      console.log(`  ${name.padEnd(36)} ${waited(sorted)}  (${sorted.length} times)`);
    }
    if (history > 0) await fillHistory(daemon, play, reader, history);
  } finally {
    await daemon.stop();
    rmSync(directory, { recursive: true });
  }
}

function waited(sorted) {
  return `p50 ${percentile(sorted, 0.5).toFixed(2)} ms  p99 ${percentile(sorted, 0.99).toFixed(2)} ms`;
}

/** Undefined for a turn that can be compared. @param {number} wait for a processor, in milliseconds of each second */
function whyUnfit(played, wait) {
  if (isSaturated(played)) return 'saturated';
  return wait > DISTURBED_MS ? `disturbed: no processor for ${wait.toFixed(0)} ms/s` : undefined;
}

/** Of all calls of a kind together: a second's 99th percentile is that of one pause, or of none. */
function compare(pairs) {
  const fit = pairs.filter((pair) => pair.with.unfit === undefined && pair.without.unfit === undefined);
  const unfit = ['with', 'without'].map(
    (turn) => `${pairs.filter((pair) => pair[turn].unfit !== undefined).length} ${turn}`,
  );
  console.log(
    `${fit.length} of ${pairs.length} pairs of turns are compared; saturated or disturbed: ${unfit.join(', ')}`,
  );
  if (fit.length < FEWEST_PAIRS) {
    console.log(`That is too few to say anything. Try a lower --rate, more --rounds, or a quieter machine.`);
    process.exitCode = 2;
    return;
  }
  for (const what of ['first', 'next']) {
    const [having, lacking] = ['with', 'without'].map((turn) => merged(fit.map((pair) => pair[turn][what])));
    for (const share of [0.5, 0.99]) {
      const [one, other] = [percentile(having, share), percentile(lacking, share)];
      console.log(
        `${what.padEnd(5)} p${share * 100} with / without: ${(one / other).toFixed(3)} of all ${having.length} / ${lacking.length} calls (${one.toFixed(2)} / ${other.toFixed(2)} ms)`,
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

async function fillHistory(daemon, play, reader, calls) {
  const before = await daemon.status();
  let highest = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      highest = Math.max(highest, (await daemon.status()).memory.rss);
      await sleep(100);
    }
  })();
  const pages = await reader.openPages();
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

/** A thread that opens pages: one for all turns, for what it does for the first time is compiled, which takes a processor from the calls. */
function startReader(origin, readers) {
  const worker = new Worker(fileURLToPath(import.meta.url));
  worker.unref();
  const said = async (what) => {
    const [message] = await once(worker, 'message');
    if (message.failure !== undefined) throw message.failure;
    if (what === 'open' && message !== what) throw new Error('pages ended before they were open');
    return message;
  };
  return {
    async openPages() {
      worker.postMessage({ origin, readers });
      await said('open');
      return {
        close() {
          worker.postMessage('close');
          return said('what was read');
        },
      };
    },
  };
}

if (isMainThread) await bench();
else readPages();
