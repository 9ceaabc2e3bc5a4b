/**
 * How soon the next call obeys a change in Redis, and what it costs the calls there are: `npm run bench:reload [-- --rounds 200]
 * [--extensions 10000]`. Needs a built `dist`, `redis-cli` and `redis-server`, which it starts on a free port.
 *
 *   change   one HSET among all extensions, until the dialplan in force has it; measured from before the command is sent
 *   burst    5,000 HSETs by `redis-cli --pipe`, until the last is in force; how many readings that costs
 *   reload   everything compared though nothing changed, and everything read for the first time
 * The stall is the longest time the event loop was not to be had; what it is without any change stands beside it.
 */
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { createLogger, transports } from 'winston';
import { loadConfiguration } from '../dist/configuration.js';
import { LiveDialplan } from '../dist/live-dialplan.js';
import { freePort } from './free-port.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '200' }, extensions: { type: 'string', default: '10000' } },
});
const rounds = Number(values.rounds);
const extensions = Number(values.extensions);
const BURST = 5_000;
const KEY = 'cti_dialplan_extensio@bench';
const MB = 1024 * 1024;

const nameOf = (n) => `extension-${n}`;

/** About 500 bytes, as call centres have them. */
function extension(n, version) {
  return JSON.stringify({
    description: `${version}: the desk of agent ${n}`,
    continue: 'false',
    condition: [
      {
        field: 'destination_number',
        expression: `^(${10_000 + n})$`,
        action: { application: 'set', data: 'hangup_after_bridge=true' },
      },
      {
        field: '${caller_id_number}',
        expression: '^\\+?(\\d{3,15})$',
        action: [
          { application: 'set', data: `version=${version}` },
          { application: 'set', data: 'ringback=${us-ring}' },
          { application: 'bridge', data: `{origination_caller_id_number=$1}user/${10_000 + n}@bench` },
        ],
      },
    ],
  });
}

async function startRedis(port, directory) {
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  for await (const chunk of child.stdout) if (/Ready to accept/.test(String(chunk))) break;
  child.stdout.resume();
  return child;
}

/** Another process that writes commands as fast as Redis takes them, as soon as it is given them. */
function startWriter(port) {
  const child = spawn('redis-cli', ['-p', String(port), '--pipe'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  return async (commands) => {
    child.stdin.end(commands);
    await exited;
  };
}

/** A command as Redis reads it. */
function command(...words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

function versionOf(dialplan, n) {
  const context = dialplan.snapshot.domains.get('bench')?.contexts.get('default');
  return context?.extensions[n]?.conditions.at(-1)?.actions[0]?.data.slice('version='.length);
}

/** Told of every change, as the daemon's page is. */
const updates = new EventEmitter();
const observer = {
  storeUpdated: () => updates.emit('update'),
  storeFailed: (error) => console.error(error.message),
  storeRecovered: () => undefined,
};

async function inForce(dialplan, n, version) {
  while (versionOf(dialplan, n) !== version) await once(updates, 'update');
}

function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}

function ms(value) {
  return `${value.toFixed(1)} ms`;
}

/** The longest time the event loop was away, in milliseconds beyond the sampling of one. */
async function stalled(work) {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  const result = await work();
  await delay(20);
  histogram.disable();
  return { result, longest: histogram.max / 1e6 - 1, p99: histogram.percentile(99) / 1e6 - 1 };
}

async function open(url, stateDir) {
  const { configuration } = loadConfiguration({
    file: undefined,
    environment: {},
    flags: [
      { path: 'store.url', value: url, flag: 'the benchmark' },
      { path: 'stateDir', value: stateDir, flag: 'the benchmark' },
    ],
  });
  const logger = createLogger({ transports: [new transports.Console({ silent: true })] });
  return LiveDialplan.open(configuration, logger, observer);
}

const directory = mkdtempSync(path.join(tmpdir(), 'parkway-bench-'));
const port = await freePort();
const server = await startRedis(port, directory);
const writer = new Redis({ port, protocol: 2 });
try {
  const names = Array.from({ length: extensions }, (_, n) => nameOf(n));
  for (let from = 0; from < extensions; from += 1_000) {
    const fields = names.slice(from, from + 1_000).flatMap((name, n) => [name, extension(from + n, 'first')]);
    await writer.hset(KEY, ...fields);
  }
  await writer.hset('cti_dialplan_context@bench', 'default', JSON.stringify(names));
  console.log(
    `${extensions} extensions of ${extension(1, 'first').length} bytes, Node ${process.version}, ${rounds} rounds`,
  );

  globalThis.gc?.();
  const rss = process.memoryUsage().rss;
  let peak = rss;
  const watching = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  let began = performance.now();
  const first = await stalled(() => open(`redis://127.0.0.1:${port}`, path.join(directory, 'state')));
  const dialplan = first.result;
  console.log(
    `first load   ${ms(performance.now() - began - 20)}, stall ${ms(first.longest)}, ` +
      `memory ${Math.round(rss / MB)} MB before, ${Math.round(peak / MB)} MB at its peak`,
  );

  const idle = await stalled(() => delay(1_000));
  console.log(`idle         stall ${ms(idle.longest)}`);

  const times = [];
  const changes = await stalled(async () => {
    for (let round = 0; round < rounds; round += 1) {
      const n = (round * 7_919) % extensions;
      began = performance.now();
      const written = writer.hset(KEY, nameOf(n), extension(n, `round ${round}`));
      await inForce(dialplan, n, `round ${round}`);
      times.push(performance.now() - began);
      await written;
      await delay(15);
    }
  });
  times.sort((one, other) => one - other);
  console.log(
    `one change   p50 ${ms(percentile(times, 0.5))}, p99 ${ms(percentile(times, 0.99))}, longest ${ms(times.at(-1))}, ` +
      `stall ${ms(changes.longest)} (p99 ${ms(changes.p99)})`,
  );

  const before = dialplan.status.redis.counters.readings;
  const commands = Array.from({ length: BURST }, (_, n) =>
    command('HSET', KEY, nameOf(n % extensions), extension(n % extensions, `burst ${n}`)),
  );
  const bytes = Buffer.from(commands.join(''));
  const write = startWriter(port);
  await delay(500);
  began = performance.now();
  const burst = await stalled(async () => {
    const written = write(bytes);
    const last = (BURST - 1) % extensions;
    await inForce(dialplan, last, `burst ${BURST - 1}`);
    await written;
  });
  console.log(
    `${BURST} changes ${ms(performance.now() - began - 20)}, ${dialplan.status.redis.counters.readings - before} readings, stall ${ms(burst.longest)}`,
  );

  peak = 0;
  began = performance.now();
  const again = await stalled(() => dialplan.reload());
  console.log(
    `full reload  ${ms(performance.now() - began - 20)}, stall ${ms(again.longest)}, memory ${Math.round(peak / MB)} MB at its peak`,
  );
  clearInterval(watching);
  await dialplan.close();
} finally {
  writer.disconnect();
  server.kill();
  await once(server, 'exit');
  rmSync(directory, { recursive: true });
}
