/**
 * Capture files for the bench, as `parkway serve --capture` writes them: of two recorded dumps of a real FreeSWITCH, in which
 * everything that differs from call to call does: uuids, times, numbers in all headers they stand in, SIP's identifiers, ports.
 */
import { createWriteStream, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { readDump } from '../../dist/replay/read-dump.js';
import { textOf } from '../../dist/bytes.js';

const BEGUN = 1_795_358_522_237;
const MS_BETWEEN = 250;

/** What stands for itself in the dumps, and what it is to be replaced with. */
const OUTWARD = template('calls-out.txt', [
  ['e1cdfe9d-ac06-408a-9229-093b00019f4f', 'uuid'],
  [/\b1001\b/g, 'caller'],
  ['13800138000', 'destination'],
  ['5394', 'port'],
  ['z9hG4bK-1429-1-4', 'branch'],
]);
const INWARD = template('calls-from-outside.txt', [
  ['68d2607b-8ea4-44be-bd5b-e67a5a426d81', 'uuid'],
  [/\b10086\b/g, 'caller'],
  ['4008008000', 'destination'],
  ['5393', 'port'],
]);

/** Caller and destination of a call, and which dump it is like. */
export const CORPORA = {
  usual: {
    tells: '1 in 10 from outside, else half to 1,000 extensions, half out, of which 1 in 5 to a number called before',
    choose: (random, call) => {
      if (random(10) === 0) return [INWARD, `0${571_000_000 + call}`, String(1000 + random(1000))];
      const caller = String(1000 + random(500));
      if (random(2) === 0) return [OUTWARD, caller, String(1000 + random(1000))];
      if (random(20) === 0) return [OUTWARD, caller, `00${random(1e9)}`];
      const known = `138${String(10_000_000 + random(2000)).padStart(8, '0')}`;
      return [OUTWARD, caller, random(5) === 0 ? known : `0${571_000_000 + call}`];
    },
  },
  strange: {
    tells: 'every number is dialled once, by a caller nobody has seen before',
    choose: (_random, call) => [OUTWARD, `0${100_000_000 + call}`, `0${571_000_000 + call}`],
  },
  same: {
    tells: '20 destinations over and over',
    choose: (random) => [OUTWARD, String(1000 + random(500)), `0${571_000_000 + random(20)}`],
  },
};

/** Writes calls until the file has so many bytes; returns how many they were. */
export async function writeCorpus(file, { choose }, bytes) {
  const random = randomNumbers(1);
  const stream = createWriteStream(file, { highWaterMark: 4 * 1024 * 1024 });
  let written = 0;
  let call = 0;
  for (; written < bytes; call += 1) {
    const [like, caller, destination] = choose(random, call);
    const line = lineOf(like, call, { caller, destination });
    written += line.length;
    if (!stream.write(line, 'latin1')) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  return call;
}

/** The same numbers in every run. */
function randomNumbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A line in pieces, every other one the name of what is put there. */
function template(dump, changing) {
  const headers = readDump(readFileSync(new URL(`../../examples/calls/${dump}`, import.meta.url)));
  const data = Object.fromEntries([...headers].map(([name, value]) => [textOf(name), textOf(value)]));
  const numbered = ['variable_session_id', 'variable_sip_from_tag', 'Event-Sequence', 'variable_Event-Sequence'];
  for (const name of numbered) data[name] = '⟦number⟧';
  data.variable_sip_call_id = '⟦branch⟧@127.0.0.1';
  data.variable_domain_name = 'example.com';
  for (const name of Object.keys(data)) {
    let value = data[name]
      .replace(/\b17953585\d{8}\b/, '⟦microseconds⟧')
      .replace('2026-11-22 14:42:02', '⟦local⟧')
      .replace('Sun, 22 Nov 2026 14:42:02 GMT', '⟦greenwich⟧')
      .replace(/audio 6000/, 'audio ⟦port⟧');
    for (const [from, to] of changing) value = value.replaceAll(from, `⟦${to}⟧`);
    data[name] = value;
  }
  const line = {
    capture: 1,
    call: '⟦uuid⟧',
    arrivedAt: '⟦milliseconds⟧',
    timezone: 'Asia/Shanghai',
    neutraliseCaptures: true,
    masked: false,
    mode: 'async',
    domain: 'example.com',
    context: 'default',
    why: 'context default by default; domain example.com by domain_name',
    data,
    answers: { globals: { record_filename: null, 'sip_h_X-Privacy': null }, api: {}, afterInline: [] },
    decision: {
      route: true,
      matched: ['outbound'],
      actions: [{ application: 'bridge', data: 'sofia/gateway/default/⟦destination⟧' }],
      inline: [],
      decisionMs: 0.25,
    },
    applications: [
      {
        application: 'bridge',
        data: 'sofia/gateway/default/⟦destination⟧',
        startedAt: '⟦milliseconds⟧',
        endedAt: '⟦milliseconds⟧',
        response: 'NORMAL_CLEARING',
      },
    ],
    outcome: {
      kind: 'finished',
      hangupCause: 'NORMAL_CLEARING',
      answered: true,
      talkMs: 1000,
      endedAt: '⟦milliseconds⟧',
    },
  };
  return JSON.stringify(line).replaceAll('"⟦milliseconds⟧"', '⟦milliseconds⟧').split(/[⟦⟧]/);
}

function lineOf(pieces, call, { caller, destination }) {
  const milliseconds = BEGUN + call * MS_BETWEEN;
  const time = new Date(milliseconds);
  const values = {
    caller,
    destination,
    uuid: `${call.toString(16).padStart(8, '0')}-ac06-408a-9229-093b00019f4f`,
    microseconds: `${milliseconds}513`,
    milliseconds: String(milliseconds),
    local: time.toISOString().slice(0, 19).replace('T', ' '),
    greenwich: time.toUTCString(),
    number: String(call),
    port: String(1024 + (call % 60_000)),
    branch: `z9hG4bK-${call}-1-4`,
  };
  let line = '';
  for (let index = 0; index < pieces.length; index += 2) {
    line += pieces[index];
    if (index + 1 < pieces.length) line += values[pieces[index + 1]];
  }
  return `${line}\n`;
}
