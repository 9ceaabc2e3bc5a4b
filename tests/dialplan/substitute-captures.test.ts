import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { neutraliseCapture, substituteCaptures } from '../../src/dialplan/substitute-captures.js';

const ROOMY = { capacity: 10_000, neutralise: false };

function substitute(
  data: string,
  groups: readonly (string | undefined)[],
  neutralise = false,
  capacity = 10_000,
): string {
  return substituteCaptures(data, (number) => groups[number], { capacity, neutralise });
}

describe('captures in data', () => {
  test.each([
    ['$1-$2', 'one-two'],
    ['${1}${2}', 'onetwo'],
    ['$0', 'whole'],
    ['$01', 'one'],
    ['$10', ''],
    ['$9', ''],
    ['\\$1', '\\one'],
    ['$x ${name} $', '$x ${name} $'],
    ['${1x} ${1 ${12}', '1x} {1 '],
    ['$999', ''],
  ])('%s is %s', (data, expected) => {
    expect(substitute(data, ['whole', 'one', 'two'])).toBe(expected);
  });

  test('a group that took no part is empty', () => {
    expect(substitute('<$1><$2>', ['w', undefined, 'b'])).toBe('<><b>');
  });

  test("is cut one byte short of FreeSWITCH's buffer", () => {
    expect(substitute('$1$1$1', ['', 'abcd'], false, 8)).toBe('abcdabc');
    expect(substitute('plain text', [], false, 6)).toBe('plain');
  });

  test('digits kept from a broken reference may lead in front of the data', () => {
    expect(substitute('x=${121${1$10$x$2', ['', undefined])).toMatch(/^x=/);
  });

  test('comes to an end whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', '1', '2', 'x') }), (data) => {
        expect(substituteCaptures(data, () => '$', ROOMY).length).toBeLessThan(ROOMY.capacity);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('neutralised captures', () => {
  test('a captured reference is defused, one of the dialplan is not', () => {
    expect(substitute('${domain} $1', ['', '${system(reboot)}'], true)).toBe('${domain} %{system(reboot)}');
    expect(substitute('${domain} $1', ['', '${system(reboot)}'], false)).toBe('${domain} ${system(reboot)}');
  });

  test.each([
    ['$1$2', ['', '$', '{x}'], '%{x}'],
    ['$1{x}', ['', '$'], '%{x}'],
    ['$$1', ['', '{x}'], '%{x}'],
    ['$1', ['', '$\\{x}'], '%\\{x}'],
    ['$1', ['', '$5 and {x}'], '$5 and {x}'],
  ])('%s with %j is %s', (data, groups, expected) => {
    expect(substitute(data, groups, true)).toBe(expected);
  });

  test('in a variable, what could begin a reference together with text behind it', () => {
    expect(neutraliseCapture('a${b}c$')).toBe('a%{b}c%');
    expect(neutraliseCapture('$5')).toBe('$5');
  });
});
