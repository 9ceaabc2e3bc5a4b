import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CaptureLine } from '../../src/corpus/capture-line.js';
import { filterKeys } from '../../src/dialplan/caller-profile.js';
import { callOfPiece } from '../../src/replay/call-of-piece.js';
import { parseJson } from '../../src/replay/json-bytes.js';
import type { RecordedCall } from '../../src/replay/recorded-call.js';
import { blockOf } from '../support/line-block.js';

/** What a JSON parser makes of a line; undefined if it is no call. */
function parsed(bytes: Buffer): Omit<RecordedCall, 'location'> | undefined {
  try {
    const found = callOfPiece({ kind: 'json', line: 1, ...parseJson(bytes.toString('latin1')) });
    return found?.kind === 'call' ? found : undefined;
  } catch {
    return undefined;
  }
}

function take(line: CaptureLine, bytes: Buffer): boolean {
  const block = blockOf(bytes);
  return line.take(block, block.from, block.to);
}

const asked = ['variable_foo', 'variable_none', 'Caller-ANI', 'foo'];
const globals = ['zone', 'ZONE', 'x', '"'];

/** Holds all that a line tells against what the parser says. */
function expectAsParsed(line: CaptureLine, bytes: Buffer): void {
  const call = parsed(bytes);
  expect(call).toBeDefined();
  if (call === undefined) return;
  const { data, answers, time, timezone } = call;
  expect({ epochMs: line.arrivedAt, timezone: line.timezone }).toEqual({ epochMs: time?.epochMs, timezone });
  // Twice: what was read once is remembered.
  for (const header of [...data.keys(), ...asked, ...data.keys()]) expect(line.get(header)).toBe(data.get(header));
  expect([...line.keys()]).toEqual([...data.keys()]);
  for (const text of ['variable_foo', 'variable_', '']) {
    for (const how of ['is', 'begins'] as const) {
      expect(line.keysLike(text, how)).toEqual(filterKeys(data.keys(), text, how));
    }
  }
  for (const name of globals) expect(line.answers.global(name)).toBe(answers.global(name));
}

const nasty = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('variable_foo', 'VARIABLE_Foo', 'variable_foo_bar', 'foo', 'Caller-ANI') },
  fc.constantFrom(
    'x"variable_foo',
    'x\\"variable_foo',
    '\\',
    '"',
    '":"',
    'a","variable_foo":"b',
    '"},"answers":{',
    'A\n',
    '\u0000',
    'Ä€',
    '\udce4',
    '__proto__',
    '12',
    '',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ maxLength: 40 }),
);

interface Content {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly globals: Readonly<Record<string, string | null>>;
  readonly arrivedAt: number;
  readonly timezone: string | undefined;
  readonly escapes: 'none' | 'all' | 'bytes';
  readonly decision: unknown;
  readonly outcome: unknown;
}

const DECISION = { route: true, matched: ['"},"answers":{'], actions: [], decisionMs: 0.25e-3 };
const OUTCOME = { kind: 'finished', answered: false };

const content: fc.Arbitrary<Content> = fc.record({
  headers: fc.array(fc.tuple(nasty, nasty), { minLength: 1, maxLength: 8 }),
  globals: fc.dictionary(fc.constantFrom('zone', 'x', '"'), fc.option(nasty), { maxKeys: 2 }),
  arrivedAt: fc.oneof(fc.nat(), fc.constantFrom(0, 1_795_358_522_237, 1e21, 1.5, -1)),
  timezone: fc.constantFrom('UTC', 'Asia/Shanghai', undefined, 'Ä', 'a"b'),
  escapes: fc.constantFrom('none', 'all', 'bytes'),
  decision: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.constantFrom(
        DECISION,
        { ...DECISION, matched: ['a', 'b'], decisionMs: -1 },
        { ...DECISION, actions: [{ application: 'bridge', data: 'a"b\\' }] },
        undefined,
      ),
    },
    fc.constantFrom(
      { ...DECISION, route: 1 },
      { ...DECISION, matched: ['a', null] },
      { ...DECISION, actions: [{ application: 'bridge' }] },
      null,
    ),
  ),
  outcome: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(OUTCOME, { kind: 'x', answered: true }, undefined) },
    fc.constant({ kind: 5 }),
  ),
});

/** A line whose headers have names as FreeSWITCH's are. */
const usualContent: fc.Arbitrary<Content> = fc
  .record({ one: content, headers: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'variable_foo', 'Caller-ANI'), nasty)) })
  .map(({ one, headers }) => ({ ...one, headers: [...headers, ['last', '']], arrivedAt: 7, timezone: 'UTC' }));

/** A line as Parkway writes it, as a program does that escapes all that is not ASCII, or with bytes that are no UTF-8. */
function lineOf({ headers, arrivedAt, timezone, escapes, ...rest }: Content): Buffer {
  const text = JSON.stringify({
    capture: 1,
    call: 'u',
    arrivedAt,
    timezone,
    mode: 'async',
    masked: false,
    data: Object.fromEntries(headers),
    answers: { globals: rest.globals, api: {} },
    decision: rest.decision,
    outcome: rest.outcome,
  });
  if (escapes === 'all') {
    return Buffer.from(text.replace(/[^\x00-\x7f]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`));
  }
  return escapes === 'none' ? Buffer.from(text) : Buffer.from(text.replace(/[^\x00-\xff]/g, '\xff'), 'latin1');
}

/** A place in a line and what is put there instead of some bytes of it. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat({ max: 3 }),
  put: fc.oneof(
    fc.constantFrom(
      '',
      '"',
      '\\',
      ',',
      ':',
      '{',
      '}',
      '[',
      ']',
      ' ',
      '\t',
      '0',
      '-',
      '.',
      'e',
      'u',
      'x',
      '\\u00',
      '\x01',
    ),
    fc.constantFrom(
      'true',
      'null',
      '15',
      '\xff',
      '\xff'.repeat(20),
      '\0'.repeat(9),
      '\0'.repeat(20),
      '\\"',
      '"}',
      '"},',
    ),
    fc.constantFrom('"a":"b",', ',"data":{"a":"b"}', ',"arrivedAt":5', ',"d\\u0061ta":{"a":"b"}', '\\n', '","', '\r'),
  ),
});

function damaged(bytes: Buffer, { at, removed, put }: { at: number; removed: number; put: string }): Buffer {
  const from = Math.floor(at * bytes.length);
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(put, 'latin1'), bytes.subarray(from + removed)]);
}

/** What is done to the pieces of a line that members and headers are: one is left out, said twice, or said at another place. */
const shuffling = fc.record({
  what: fc.constantFrom('remove', 'repeat', 'move'),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
});

function shuffled(bytes: Buffer, { what, from, to }: { what: string; from: number; to: number }): Buffer {
  const pieces = bytes.toString('latin1').split(',');
  const [piece = ''] = pieces.slice(Math.floor(from * pieces.length));
  if (what !== 'repeat') pieces.splice(pieces.indexOf(piece), 1);
  if (what !== 'remove') pieces.splice(Math.floor(to * pieces.length), 0, piece);
  return Buffer.from(pieces.join(','), 'latin1');
}

const change: fc.Arbitrary<(bytes: Buffer) => Buffer> = fc.oneof(
  damage.map((one) => (bytes: Buffer) => damaged(bytes, one)),
  shuffling.map((one) => (bytes: Buffer) => shuffled(bytes, one)),
);

const plain: Content = {
  headers: [['a', '1']],
  globals: {},
  arrivedAt: 5,
  timezone: 'UTC',
  escapes: 'none',
  decision: DECISION,
  outcome: OUTCOME,
};

describe('a line of a capture file', () => {
  test('tells what a JSON parser would, whatever lines came before', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(content, usualContent), { minLength: 1, maxLength: 6 }), (contents) => {
        const line = new CaptureLine();
        for (const bytes of contents.map(lineOf)) {
          if (!take(line, bytes)) continue;
          taken += 1;
          expectAsParsed(line, bytes);
        }
      }),
      { numRuns: 200 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  test('that is damaged is taken only where a JSON parser makes the same of it', () => {
    fc.assert(
      fc.property(fc.oneof(content, usualContent), fc.array(damage, { minLength: 1, maxLength: 2 }), (one, damages) => {
        const whole = lineOf(one);
        const bytes = damages.reduce(damaged, whole);
        const line = new CaptureLine();
        take(line, whole);
        if (take(line, bytes)) expectAsParsed(line, bytes);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is held against lines like it, and told apart from them', () => {
    let taken = 0;
    let leftOut = 0;
    const lines = fc.array(
      fc.tuple(fc.nat({ max: 2 }), fc.oneof(fc.constant([]), fc.array(change, { maxLength: 2 }))),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(content, usualContent), { minLength: 3, maxLength: 3 }), lines, (kinds, made) => {
        const line = new CaptureLine();
        for (const [kind, changes] of made) {
          const bytes = changes.reduce((before, make) => make(before), lineOf(kinds[kind] as Content));
          if (take(line, bytes)) {
            taken += 1;
            expectAsParsed(line, bytes);
          } else leftOut += 1;
        }
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(taken, leftOut)).toBeGreaterThan(500);
  });

  test.each(['all', 'none', 'bytes'] as const)('of plain headers is taken, with escapes: %s', (escapes) => {
    const headers = [
      ['variable_foo', 'a "b" \\ ä'],
      ['x-ä', '\n'],
      ['long', 'x'.repeat(5_000)],
    ] as const;
    const bytes = lineOf({ ...plain, headers, globals: { zone: 'ä' }, escapes });
    const line = new CaptureLine();
    // A name with an escape is left to the parser.
    expect(take(line, bytes)).toBe(escapes !== 'all');
  });

  test.each([
    ['is cut off', (text: string) => text.slice(0, -20)],
    ['is cut off and goes on with another', (text: string) => text.slice(0, -20) + text],
    ['is of another version', (text: string) => text.replace('"capture":1', '"capture":2')],
    [
      'has its keys in another order',
      (text: string) => text.replace('"arrivedAt":5,', '').replace('}}', '},"arrivedAt":5}'),
    ],
    ['has no headers', (text: string) => text.replace(/"data":\{.*?\},"answers"/s, '"data":{},"answers"')],
    ['has a header that is no text', (text: string) => text.replace('"a":"1"', '"a":1')],
    ['has a header twice', (text: string) => text.replace('"a":"1"', '"a":"1","a":"2"')],
    ['has white space', (text: string) => text.replace('"a":"1"', '"a": "1"')],
  ])('that %s is left to a JSON parser', (_what, change) => {
    const headers = [
      ['a', '1'],
      ['b', '2'],
    ] as const;
    const text = lineOf({ ...plain, headers }).toString();
    const line = new CaptureLine();
    expect(take(line, Buffer.from(text))).toBe(true);
    expect(take(line, Buffer.from(change(text)))).toBe(false);
  });

  test.each([
    ['{"zone":"x"}', '{"zone":5}'],
    ['{"zone":"x"}', 'null'],
    ['{"zone":"x"}', '["x"]'],
    ['{"zone":"x"}', '{"zone":["ä"]}'],
    ['"api":{}', '"api":[]'],
    ['"route":true', '"route":null'],
    ['"route":true', '"route":"true"'],
    ['"matched":[', '"matched":[null,'],
    ['"kind":"finished"', '"kind":{}'],
    ['"mode":"async"', '"domain":5'],
  ])('with something else in the place of %s is left to a JSON parser, which complains of it', (from, to) => {
    const text = lineOf({ ...plain, globals: { zone: 'x' } }).toString();
    const bytes = Buffer.from(text.replace(from, to));
    const line = new CaptureLine();
    expect(take(line, bytes)).toBe(false);
    // Also when it is held against one that has it.
    for (let time = 0; time < 2; time += 1) expect(take(line, Buffer.from(text))).toBe(true);
    expect(take(line, bytes)).toBe(false);
    expect(parsed(bytes)).toBeUndefined();
  });

  test('takes no text with quotes for a value of the line before', () => {
    const line = new CaptureLine();
    const valueOfA = (headers: readonly (readonly [string, string])[]): string | undefined => {
      expect(take(line, lineOf({ ...plain, headers }))).toBe(true);
      return line.get('a');
    };
    expect(valueOfA([['a', '1","b']])).toBe('1","b');
    expect(
      valueOfA([
        ['a', '1'],
        ['b', '2'],
      ]),
    ).toBe('1');
    expect(valueOfA([['a', '\n']])).toBe('\n');
    expect(valueOfA([['a', '\\n']])).toBe('\\n');
    expect(valueOfA([['a', '\n']])).toBe('\n');
  });

  test('tells its headers, however many names there were before', () => {
    const line = new CaptureLine();
    const one = (number: number): Buffer =>
      lineOf({
        ...plain,
        headers: Array.from({ length: 100 }, (_, index) => [`variable_${number}_${index}`, `${number}`] as const),
      });
    for (let number = 0; number < 100; number += 1) {
      const isTaken = take(line, one(number)) || take(line, one(number));
      expect(isTaken).toBe(true);
      expect(line.get(`variable_${number}_99`)).toBe(`${number}`);
      expect(line.get(`variable_${number - 1}_99`)).toBeUndefined();
      expect(line.keysLike(`variable_${number}_7`, 'begins')).toHaveLength(11);
    }
  });
});
