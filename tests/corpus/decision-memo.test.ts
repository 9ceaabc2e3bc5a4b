import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textOf } from '../../src/bytes.js';
import { CaptureLine } from '../../src/corpus/capture-line.js';
import { DecisionMemo, type CallToDecide } from '../../src/corpus/decision-memo.js';
import { answersFromTexts } from '../../src/replay/answer-source.js';
import { replay } from '../../src/replay/replay.js';
import { DialplanStore } from '../../src/routes/store.js';
import { dialplanDocuments } from '../support/dialplan-documents.js';
import { blockOf } from '../support/line-block.js';

const always = (application: string, data: string): object => ({ application, data });

/** One of everything a decision can depend on. */
const documents = dialplanDocuments({
  'd.example': {
    contexts: {
      default: ['inline', 'rule', 'rare', 'clock', 'function', '7000', 'nested', 'captured', 'rest'],
      vip: ['captured'],
    },
    routes: { extension: { '1001': 'vip' } },
    extensions: {
      inline: {
        continue: true,
        condition: {
          field: 'caller_id_number',
          expression: '^10',
          action: [{ application: 'set', data: 'kind=agent ${Team}', inline: true }],
        },
      },
      rule: {
        continue: true,
        condition: {
          regex: 'any',
          regexes: [
            { field: 'caller_id_name', expression: '^(A.*)$' },
            { field: '${kind}', expression: 'agent (red|blue)' },
          ],
          action: { application: 'set', data: 'who=$1' },
        },
      },
      rare: { condition: { field: '${RARE_flag}', expression: '^on$', action: always('answer', '') } },
      clock: {
        condition: {
          hour: '22-23',
          condition: { field: 'destination_number', expression: '^7', action: always('hangup', 'NIGHT') },
        },
      },
      function: {
        condition: [
          { field: 'destination_number', expression: '^5' },
          {
            field: '${hash(select/x/${caller_id_number})}',
            expression: '^gold$',
            action: always('playback', 'gold.wav'),
          },
        ],
      },
      '7000': { condition: { field: 'destination_number', expression: '^7000$', action: always('echo', '') } },
      nested: {
        condition: {
          field: 'destination_number',
          expression: '^(6)(\\d+)$',
          action: always('set', 'tail=$2'),
          condition: {
            field: '${global_thing}',
            expression: '${kind}',
            action: always('answer', ''),
            'anti-action': always('log', 'no'),
          },
        },
      },
      captured: {
        condition: { field: 'destination_number', expression: '^(1\\d{3})$', action: always('bridge', 'user/$1') },
      },
      rest: { condition: { field: 'destination_number', expression: '.', action: always('respond', '404') } },
    },
  },
});

interface Call {
  readonly destination: string;
  readonly caller: string;
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly hour: number;
  readonly gold: string | null;
  readonly global: string | null;
}

const call: fc.Arbitrary<Call> = fc.record({
  destination: fc.constantFrom('1002', '1003', '7000', '7001', '500', '61234', 'x', ''),
  caller: fc.constantFrom('1001', '1002', '0571', 'anonymous'),
  name: fc.constantFrom('Alice', 'Bob', 'Ä\\"{},', '', 'A\n'),
  variables: fc.dictionary(
    fc.constantFrom('team', 'TEAM', 'Rare_Flag', 'rare_flag', 'auto_hunt', 'user_name', 'timezone', 'DP_REGEX_MATCH_1'),
    fc.constantFrom('red', 'on', '1001', 'true', 'Asia/Tokyo', 'a"b\\'),
    { maxKeys: 4 },
  ),
  hour: fc.integer({ min: 0, max: 47 }),
  gold: fc.option(fc.constantFrom('gold', 'silver')),
  global: fc.option(fc.constantFrom('agent ', 'x')),
});

function dataOf({ destination, caller, name, variables }: Call): Record<string, string> {
  return {
    'Event-Name': 'CHANNEL_DATA',
    'Caller-Caller-ID-Name': name,
    'Caller-Caller-ID-Number': caller,
    'Caller-Destination-Number': destination,
    ...Object.fromEntries(Object.entries(variables).map(([variable, value]) => [`variable_${variable}`, value])),
    variable_last: 'x',
  };
}

function lineOf(one: Call): string {
  return JSON.stringify({
    capture: 1,
    call: 'u',
    arrivedAt: one.hour * 3_600_000,
    timezone: 'UTC',
    mode: 'async',
    data: dataOf(one),
    answers: {
      globals: one.global === null ? {} : { global_thing: one.global },
      api: one.gold === null ? {} : { [`\${hash(select/x/${one.caller})}`]: one.gold },
    },
    decision: { route: true, matched: ['"},"answers":{'], actions: [] },
    outcome: { kind: 'finished' },
  });
}

function toDecide(one: Call): CallToDecide {
  const line = new CaptureLine();
  const block = blockOf(Buffer.from(lineOf(one)));
  expect(line.take(block, block.from, block.to)).toBe(true);
  return { data: line, answers: line.answers, moment: { epochMs: line.arrivedAt, serverZone: 'UTC' } };
}

function mapped(one: Call): CallToDecide {
  const data = Object.entries(dataOf(one)).map(
    ([name, value]) => [name, Buffer.from(value).toString('latin1')] as const,
  );
  return {
    data: new Map(data),
    answers: answersFromTexts((JSON.parse(lineOf(one)) as { answers: object }).answers),
    moment: { epochMs: one.hour * 3_600_000, serverZone: 'UTC' },
  };
}

const store = new DialplanStore();
store.update(documents);

function decide(one: CallToDecide & Partial<Pick<Parameters<typeof replay>[2], 'witness'>>): unknown {
  const { witness } = one;
  const { selected, hunted, unknown } = replay(one, store.snapshot, {
    neutraliseCaptures: true,
    sources: [],
    moment: one.moment,
    ...(witness === undefined ? {} : { witness }),
  });
  const { route, applications, inline, matched, changes } = hunted;
  const asked = unknown.map(({ kind, text }) => `${kind} ${textOf(text)}`);
  const plain = applications.map(({ application, data }) => ({ application, data }));
  return { context: selected.name, route, applications: plain, inline, matched, changes, asked };
}

describe('a decision worked out once', () => {
  test('is the one each call would have got by itself, whichever calls came before', () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 40 }), (calls) => {
        const memo = new DecisionMemo<CallToDecide, unknown>((watched) => decide(watched));
        for (const one of calls) expect(memo.decisionOf(toDecide(one))).toEqual(decide(mapped(one)));
      }),
      { numRuns: 20 },
    );
  });

  test('is worked out again only for calls that differ in what it depends on', () => {
    let worked = 0;
    const memo = new DecisionMemo<CallToDecide, unknown>((watched) => {
      worked += 1;
      return decide(watched);
    });
    const [one] = fc.sample(call, { numRuns: 1, seed: 1 }) as [Call];
    for (let number = 0; number < 100; number += 1) {
      const variables = { unrelated: String(number) };
      memo.decisionOf(toDecide({ ...one, destination: 'x', caller: `0${number}`, variables, hour: 3 }));
    }
    expect(worked).toBeLessThan(10);
  });
});
