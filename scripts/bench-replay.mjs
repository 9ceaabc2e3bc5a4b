/**
 * How many recorded calls a second are hunted under two dialplans of 50 extensions, from the bytes of the corpus to the groups of
 * calls that moved: `npm run bench:replay [-- --gigabytes 5] [--corpus usual] [--threads 2] [--gzip]`. Needs a built `dist`, and
 * room for one corpus in the directory for temporary files.
 *
 * Each corpus is hunted by a process of its own, on one thread and on as many as there are processors. Rates are calls a second of
 * processor time, the start of threads and compilers included, so that they mean the same on a busy machine; the wall clock's stand
 * behind them. The peak is the most memory the process had.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { addComparison, emptyComparison } from '../dist/corpus/compare-calls.js';
import { runCorpus } from '../dist/corpus/run-corpus.js';
import { dialplan } from './replay-bench/dialplan.mjs';
import { CORPORA, writeCorpus } from './replay-bench/write-corpus.mjs';

/** Calls a second of a core. */
const GOAL = 100_000;
const GIGABYTE = 1e9;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    gigabytes: { type: 'string', default: '2' },
    corpus: { type: 'string' },
    threads: { type: 'string' },
    gzip: { type: 'boolean', default: false },
  },
});

const job = {
  kind: 'compare',
  old: dialplan(false),
  new: dialplan(true),
  expected: [],
  today: '2026-11-25',
  domain: undefined,
  callerContext: false,
  neutraliseCaptures: true,
  matchLimit: 100_000,
  timezone: 'Asia/Shanghai',
  now: Date.now(),
  answers: {},
};

/** What hunting a file takes, in a process that does nothing else. */
async function measureHere(file, threads) {
  const before = process.cpuUsage();
  const begun = performance.now();
  const run = await runCorpus(job, [file], threads, () => undefined);
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(before);
  const sum = emptyComparison();
  for (const part of run.results) addComparison(sum, part);
  const moved = [...sum.groups.values()].reduce((count, group) => count + group.count, 0);
  const { calls, workedOut } = sum;
  const peak = process.resourceUsage().maxRSS * 1024;
  process.send({ calls, workedOut, moved, seconds, cpu: (user + system) / 1e6, peak, unreadable: run.unreadable });
}

async function measure(file, threads) {
  const child = fork(new URL(import.meta.url), [file, String(threads)]);
  const [[result]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
  return result;
}

function show(threads, bytes, { calls, workedOut, moved, seconds, cpu, peak, unreadable }) {
  const rate = calls / cpu;
  const goal = rate >= GOAL ? 'goal reached' : `goal ${Math.round((rate / GOAL) * 100)} %`;
  const columns = [
    `  ${threads} ${threads === 1 ? 'thread ' : 'threads'}`,
    `${grouped(rate).padStart(8)} calls/s a core (${goal})`,
    `${(bytes / cpu / 1e6).toFixed(0).padStart(5)} MB/s a core`,
    `${grouped(calls / seconds).padStart(8)} calls/s by the clock`,
    `peak ${(peak / 2 ** 20).toFixed(0)} MiB`,
    `${grouped(moved)} moved, ${workedOut} worked out${unreadable === 0 ? '' : `, ${unreadable} UNREADABLE`}`,
  ];
  console.log(columns.join('  '));
}

function grouped(number) {
  return Math.round(number).toLocaleString('en');
}

async function bench(name, directory) {
  const corpus = CORPORA[name];
  let file = path.join(directory, `${name}.ndjson`);
  const calls = await writeCorpus(file, corpus, Number(values.gigabytes) * GIGABYTE);
  const plain = statSync(file).size;
  if (values.gzip) {
    await pipeline(createReadStream(file), createGzip({ level: 1 }), createWriteStream(`${file}.gz`));
    rmSync(file);
    file += '.gz';
  }
  const stored = statSync(file).size;
  const size = `${(plain / GIGABYTE).toFixed(2)} GB${values.gzip ? ` (${(stored / GIGABYTE).toFixed(2)} GB gzip)` : ''}`;
  console.log(`${name}: ${grouped(calls)} calls, ${size}, ${Math.round(plain / calls)} bytes each; ${corpus.tells}`);
  const most = availableParallelism();
  const counts = values.threads === undefined ? new Set([1, most]) : new Set([Number(values.threads)]);
  for (const threads of counts) show(threads, plain, await measure(file, threads));
  rmSync(file);
}

const [file, threads] = positionals;
if (file !== undefined) await measureHere(file, Number(threads));
else {
  console.log(`two dialplans of ${job.old.size - 1} extensions; goal: ${grouped(GOAL)} calls/s a core`);
  const directory = mkdtempSync(path.join(tmpdir(), 'parkway-bench-'));
  try {
    for (const name of values.corpus === undefined ? Object.keys(CORPORA) : [values.corpus])
      await bench(name, directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
