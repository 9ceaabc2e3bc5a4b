import { describe, expect, test } from '@jest/globals';
import fc, { type Arbitrary } from 'fast-check';
import { packRecord, unpackRecord } from '../../src/calls/pack-record.js';

const primitive: Arbitrary<unknown> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 127, 128, 2 ** 28 - 1, 2 ** 28, 2 ** 31, -1),
  fc.boolean(),
  fc.constantFrom(undefined, null),
);
/** Few keys, so that shapes come again. */
const key = fc.oneof(fc.constantFrom('kind', 'value', '__proto__', '', '0'), fc.string());
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    primitive,
    fc.array(tie('value')),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((entries) => new Map(entries)),
    fc.array(fc.tuple(key, tie('value'))).map((entries) => Object.fromEntries(entries)),
  ),
}));

describe('a record as bytes', () => {
  test('whatever it holds comes back as it was', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (record) => {
        expect(unpackRecord(packRecord(record))).toStrictEqual(record);
      }),
      { numRuns: 500 },
    );
  });

  test('it may be longer than any before', () => {
    const trace = Array.from({ length: 20_000 }, (_, index) => ({
      kind: 'regex',
      index,
      value: '\xe9'.repeat(index % 9),
    }));
    expect(unpackRecord(packRecord({ trace }))).toStrictEqual({ trace });
    expect(unpackRecord(packRecord({ trace: [] }))).toStrictEqual({ trace: [] });
  });

  test('bytes may stand anywhere among others', () => {
    const [one, other] = [packRecord({ name: 'one' }), packRecord({ name: 'Zoë', time: 1.5 })];
    const together = Buffer.concat([one, other]);
    expect(unpackRecord(together.subarray(0, one.length))).toStrictEqual({ name: 'one' });
    expect(unpackRecord(together.subarray(one.length))).toStrictEqual({ name: 'Zoë', time: 1.5 });
  });

  test('an array or map in two places is one in both', () => {
    const [trace, data] = [[{ kind: 'problem' }], new Map([['a', 'b']])];
    const back = unpackRecord(packRecord({ trace, data, hunted: { trace, data } })) as Record<
      'trace' | 'data',
      unknown
    > & {
      readonly hunted: Record<'trace' | 'data', unknown>;
    };
    expect(back).toStrictEqual({ trace, data, hunted: { trace, data } });
    expect(back.hunted.trace).toBe(back.trace);
    expect(back.hunted.data).toBe(back.data);
  });

  test.each([[() => 1], [Symbol('x')], [1n]])(
    'what no record holds is refused, and the next is packed: %p',
    (strange) => {
      expect(() => packRecord({ data: 'some', strange })).toThrow(TypeError);
      expect(unpackRecord(packRecord({ data: 'other' }))).toStrictEqual({ data: 'other' });
    },
  );
});
