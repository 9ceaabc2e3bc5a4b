import { expect, test } from '@jest/globals';
import { callOfPiece } from '../../src/replay/call-of-piece.js';
import { parseJson } from '../../src/replay/json-bytes.js';
import { replay } from '../../src/replay/replay.js';
import { recordedDifferences } from '../../src/replay/recorded-differences.js';
import { replayLines } from '../../src/report/replay-lines.js';
import { PLAIN } from '../../src/report/style.js';
import { DialplanStore } from '../../src/routes/store.js';
import { dialplanDocuments } from '../support/dialplan-documents.js';

const store = new DialplanStore();
store.update(
  dialplanDocuments({
    'd.example': {
      contexts: { default: ['marks', 'colleague'] },
      extensions: {
        marks: { continue: true, condition: { action: { application: 'set', data: 'tier=gold', inline: true } } },
        colleague: {
          condition: {
            field: 'destination_number',
            expression: '^(1\\d+)$',
            action: { application: 'bridge', data: 'user/$1' },
          },
        },
      },
    },
  }),
);

const DECISION = {
  route: true,
  matched: ['marks', 'colleague'],
  actions: [{ application: 'bridge', data: 'user/1002' }],
  inline: [{ application: 'set', data: 'tier=gold' }],
};

const CAPTURE = {
  capture: 1,
  call: 'c',
  arrivedAt: 0,
  timezone: 'UTC',
  domain: 'd.example',
  context: 'default',
  data: { 'Unique-ID': 'c', 'Caller-Destination-Number': '1002' },
};

function difference(change: object): string[] {
  const text = JSON.stringify({ ...CAPTURE, decision: DECISION, ...change });
  const call = callOfPiece({ kind: 'json', line: 1, ...parseJson(text) });
  if (call?.kind !== 'call') throw new Error(`expected a call, found ${JSON.stringify(call)}`);
  const options = { neutraliseCaptures: true, sources: [], moment: { epochMs: 0, serverZone: 'UTC' } };
  const replayed = replay(call, store.snapshot, { domain: undefined, ...options });
  const otherwise = recordedDifferences(call.capture ?? {}, replayed);
  const report = {
    call: { ...call, location: '' },
    replayed,
    followed: { hunts: [], unknown: [] },
    clock: '',
    otherwise,
  };
  const lines = replayLines(report, undefined, PLAIN).map((line) => line.trim());
  const first = lines.findIndex((line) => line.startsWith('recorded'));
  // The next label's.
  const behind = lines.findIndex((line) => line.startsWith('assumed'));
  return first < 0 ? [] : lines.slice(first, behind).map((line) => line.replace(/^recorded +/, ''));
}

test.each<[string, object, string[]]>([
  ['nothing', {}, []],
  ['nothing that was recorded', { domain: undefined, context: undefined }, []],
  ['nothing, of a call that ended before it was decided', { decision: undefined }, []],
  ['the context', { context: 'public' }, ['otherwise then:', 'context public']],
  ['the domain', { domain: 'o.example' }, ['otherwise then:', 'domain o.example']],
  ['what matched', { decision: { ...DECISION, matched: ['old'] } }, ['otherwise then:', 'matched old']],
  ['what was executed inline', { decision: { ...DECISION, inline: undefined } }, ['otherwise then:', 'nothing inline']],
  [
    'what was to be executed',
    { decision: { ...DECISION, actions: [{ application: 'answer', data: '' }] } },
    ['otherwise then:', 'answer'],
  ],
  [
    'the route',
    { decision: { ...DECISION, route: false, matched: [] } },
    ['otherwise then:', 'nothing matched', 'no route'],
  ],
])('of a captured call that is decided again is told that it was otherwise: %s', (_what, change, lines) => {
  expect(difference(change)).toEqual(lines);
});
