/**
 * What a call costs the daemon with each thing that watches it: `npm run bench:cost [-- --calls 1500] [--rounds 5]`.
 *
 * Daemons that differ in one thing are played calls in turns, each as fast as it takes them, and the processor time each used
 * (its threads and what it compresses included, who plays the calls not) is told as a ratio to that of the one that only
 * routes: the median of the rounds, in each of which all had their turn. Ratios of processor time hold on a busy machine too.
 * Linux only, where /proc tells it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { median, startDaemon } from './bench-daemon.mjs';
import { startCallPlayer } from './play-recorded-calls.mjs';

/** The unit of /proc. */
const MS_PER_TICK = 10;
const CONCURRENCY = 20;
const QUIET = ['--log-level', 'error'];
/** Paths are relative to a directory of the daemon's own. */
const DAEMONS = [
  { name: 'routing alone', hasPage: false, flags: QUIET },
  { name: 'log to standard output', hasPage: false, flags: ['--log-level', 'info'] },
  { name: 'log to a file besides', hasPage: false, flags: ['--log-level', 'info', '--log-file', 'parkway.log'] },
  { name: 'capture', hasPage: false, flags: [...QUIET, '--capture', 'captures'] },
  { name: 'page and metrics', hasPage: true, flags: QUIET },
  {
    name: 'all of these',
    hasPage: true,
    flags: ['--log-level', 'info', '--log-file', 'parkway.log', '--capture', 'captures'],
  },
];

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '1500' }, rounds: { type: 'string', default: '5' } },
});
const [calls, rounds] = [Number(values.calls), Number(values.rounds)];
const directory = mkdtempSync(path.join(tmpdir(), 'parkway-bench-'));
const player = startCallPlayer();
const daemons = [];
try {
  for (const [index, options] of DAEMONS.entries()) {
    const own = path.join(directory, String(index));
    mkdirSync(own);
    daemons.push({ ...options, daemon: await startDaemon(own, options), perCall: [] });
  }
  // The first calls compile the code.
  for (const { daemon } of daemons) await turn(daemon);
  for (let round = 0; round < rounds; round += 1) {
    for (const { daemon, perCall } of daemons) perCall.push(await turn(daemon));
  }
} finally {
  await Promise.all(daemons.map(({ daemon }) => daemon.stop()));
  rmSync(directory, { recursive: true });
}

const [alone] = daemons;
for (const { name, perCall } of daemons) {
  const ratio = median(perCall.map((cost, round) => cost / alone.perCall[round]));
  console.log(`${name.padEnd(24)} ${ratio.toFixed(2)}  (${median(perCall).toFixed(2)} ms a call)`);
}

/** Milliseconds of processor time a call, what was left over from it included. */
async function turn(daemon) {
  const before = processorMs(daemon.pid);
  await player.play({ port: daemon.port, calls, concurrency: CONCURRENCY });
  // Lines are gathered for a second before they are compressed.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  return (processorMs(daemon.pid) - before) / calls;
}

function processorMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the program's name, which may hold anything: the state is the third field, user and system time the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}
