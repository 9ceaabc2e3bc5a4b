/**
 * How many recorded calls a second are hunted under two dialplans of 50 extensions, from the bytes of the corpus to the groups of
 * calls that moved: `npm run bench:replay [-- --calls 100000] [--keep FILE]`. Needs a built `dist`.
 *
 * Three corpora, each of calls that differ in uuid, times, caller and destination:
 *   usual    half of the calls to 1,000 extensions, half to outside numbers of which one in five was called before
 *   strange  every destination is dialled once, by a caller nobody has seen before
 *   same     20 destinations over and over
 * Rates are calls a second of processor time, so that they mean the same on a busy machine; the wall clock's stand behind them.
 */
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { readDump } from '../dist/replay/read-dump.js';
import { textOf } from '../dist/bytes.js';
import { addComparison, emptyComparison } from '../dist/corpus/compare-calls.js';
import { runCorpus } from '../dist/corpus/run-corpus.js';

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '60000' }, corpus: { type: 'string' }, threads: { type: 'string' } },
});
const calls = Number(values.calls);
const dump = readDump(readFileSync(new URL('../examples/calls/calls-out.txt', import.meta.url)));
const data = Object.fromEntries([...dump].map(([name, value]) => [textOf(name), textOf(value)]));

/** The same numbers in every run. */
function randomNumbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function extension(condition, more = {}) {
  return JSON.stringify({ ...more, condition });
}

/** 50 extensions, as call centres have them: most look at the destination, some at the caller, a variable or the clock. */
function dialplan(change) {
  const extensions = {
    blocked: extension({ field: 'caller_id_number', expression: '^(?:0000|9999)', action: { application: 'hangup' } }),
    anonymous: extension({
      field: '${sip_h_X-Privacy}',
      expression: '^full$',
      action: { application: 'set', data: 'anonymous=true' },
    }),
    record: extension(
      {
        field: '${record_filename}',
        expression: '.+',
        'anti-action': [{ application: 'record_session', data: '/var/${uuid}.wav' }],
      },
      { continue: true },
    ),
    night: extension({
      'time-of-day': '22:00-06:00',
      condition: {
        field: 'destination_number',
        expression: '^4008\\d+$',
        action: { application: 'playback', data: 'closed.wav' },
      },
    }),
  };
  for (let number = 0; number < 40; number += 1) {
    extensions[`service ${number}`] = extension({
      field: 'destination_number',
      expression: `^\\*${10 + number}(\\d*)$`,
      action: { application: 'transfer', data: `$1 XML ${change && number === 7 ? 'hold' : 'features'}` },
    });
  }
  extensions['call extension'] = extension({
    field: 'destination_number',
    expression: '^(1\\d{3})$',
    action: [
      { application: 'set', data: 'call_timeout=30' },
      { application: 'bridge', data: 'user/$1@${domain_name}' },
    ],
  });
  for (const prefix of ['110', '119', '120']) {
    extensions[prefix] = extension({
      field: 'destination_number',
      expression: `^${prefix}$`,
      action: { application: 'bridge', data: `sofia/gateway/emergency/${prefix}` },
    });
  }
  extensions.abroad = extension({
    field: 'destination_number',
    expression: '^00\\d*$',
    action: { application: 'hangup', data: 'CALL_REJECTED' },
  });
  extensions.mobile = extension({
    field: 'destination_number',
    expression: '^(1[3-9]\\d{9})$',
    action: { application: 'bridge', data: `sofia/gateway/${change ? 'mobile' : 'default'}/$1` },
  });
  extensions.outbound = extension({
    field: 'destination_number',
    expression: '^(\\d+)$',
    action: { application: 'bridge', data: 'sofia/gateway/default/$1' },
  });
  const documents = new Map([
    [
      'contexts',
      {
        domain: 'example.com',
        kind: 'contexts',
        name: 'contexts',
        text: JSON.stringify({ default: Object.keys(extensions) }),
      },
    ],
  ]);
  for (const [name, text] of Object.entries(extensions)) {
    documents.set(name, { domain: 'example.com', kind: 'extension', name, text });
  }
  return documents;
}

const CORPORA = {
  usual: (random, call) => [
    String(1000 + random(500)),
    random(2) === 0
      ? String(1000 + random(1000))
      : random(20) === 0
        ? `00${random(1e9)}`
        : random(5) === 0
          ? `138${String(10_000_000 + random(2000)).padStart(8, '0')}`
          : `0${571_000_000 + call}`,
  ],
  strange: (random, call) => [`0${100_000_000 + call}`, `0${571_000_000 + call}`],
  same: (random) => [String(1000 + random(500)), `0${571_000_000 + random(20)}`],
};

async function writeCorpus(file, choose) {
  const random = randomNumbers(1);
  const stream = createWriteStream(file);
  for (let call = 0; call < calls; call += 1) {
    const [caller, destination] = choose(random, call);
    const uuid = `00000000-0000-4000-8000-${call.toString(16).padStart(12, '0')}`;
    const arrivedAt = 1_795_358_522_237 + call * 250;
    const line = {
      capture: 1,
      call: uuid,
      arrivedAt,
      timezone: 'Asia/Shanghai',
      mode: 'async',
      domain: 'example.com',
      context: 'default',
      why: 'context default by default; domain example.com by domain_name',
      data: {
        ...data,
        'Unique-ID': uuid,
        'Caller-Unique-ID': uuid,
        'Event-Date-Timestamp': `${arrivedAt}000`,
        'Caller-Caller-ID-Number': caller,
        'Caller-Destination-Number': destination,
        variable_domain_name: 'example.com',
        variable_user_name: caller,
      },
      answers: { globals: { record_filename: null, 'sip_h_X-Privacy': null }, api: {} },
      decision: { route: true, matched: ['outbound'], actions: [{ application: 'bridge', data: 'x' }], inline: [] },
      applications: [{ application: 'bridge', data: 'x', startedAt: arrivedAt, endedAt: arrivedAt + 1000 }],
      outcome: { kind: 'finished', hangupCause: 'NORMAL_CLEARING', answered: true, talkMs: 1000, endedAt: arrivedAt },
    };
    if (!stream.write(`${JSON.stringify(line)}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}

async function measure(name, file, threads) {
  let highest = 0;
  const watch = () => {
    highest = Math.max(highest, process.memoryUsage.rss());
  };
  const before = process.cpuUsage();
  const begun = performance.now();
  const run = await runCorpus(job, [file], threads, watch);
  const wall = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1e6;
  const sum = emptyComparison();
  for (const part of run.results) addComparison(sum, part);
  let moved = 0;
  for (const { count } of sum.groups.values()) moved += count;
  const rate = (seconds) =>
    Math.round(sum.calls / seconds)
      .toLocaleString('en')
      .padStart(9);
  console.log(
    `${name.padEnd(8)} ${threads} ${threads === 1 ? 'thread ' : 'threads'} ${rate(cpu)} calls/s of a core, ${rate(wall)} calls/s by the clock; ` +
      `${sum.calls.toLocaleString('en')} calls, ${(statSync(file).size / 1e9).toFixed(2)} GB, ${moved} moved, ` +
      `${sum.workedOut} worked out, ${(highest / 2 ** 20).toFixed(0)} MiB`,
  );
}

const job = {
  kind: 'compare',
  old: dialplan(false),
  new: dialplan(true),
  expected: [],
  today: '2026-11-25',
  domain: undefined,
  neutraliseCaptures: true,
  matchLimit: 100_000,
  timezone: 'Asia/Shanghai',
  now: Date.now(),
  answers: {},
};
const directory = mkdtempSync(path.join(tmpdir(), 'parkway-bench-'));
try {
  for (const [name, choose] of Object.entries(CORPORA)) {
    if (values.corpus !== undefined && values.corpus !== name) continue;
    const file = path.join(directory, `${name}.ndjson`);
    await writeCorpus(file, choose);
    await measure(name, file, 1);
    if (availableParallelism() > 1 && values.threads !== '1') await measure(name, file, availableParallelism());
    rmSync(file);
  }
} finally {
  rmSync(directory, { recursive: true });
}
