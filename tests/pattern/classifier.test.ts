import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileExpression } from '../../src/dialplan/expression.js';
import { Pattern } from '../../src/dialplan/pcre2.js';
import { Classifier } from '../../src/pattern/classifier.js';

const expression = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '^',
        '$',
        '(',
        ')',
        '|',
        '?',
        '*',
        '+',
        '.',
        '\\d',
        '\\*',
        '[0-4]',
        '(?:',
        '(?i)a',
        '{2,3}',
        '\\b',
      ),
      fc.constantFrom('0', '1', '00', '138', '(\\d+)', '(1\\d{3})', 'a', '(?!1)', '(?=0)', '\\1', '++'),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));
const value = fc
  .array(fc.constantFrom('0', '1', '3', '8', '9', '*', 'a', 'A', '\n', '+', '\xe4'), { maxLength: 12 })
  .map((characters) => characters.join(''));

describe('a class of values', () => {
  test('tells of every expression in it what PCRE2 says, whichever expressions came when', () => {
    let told = 0;
    fc.assert(
      fc.property(fc.array(expression, { maxLength: 8 }), fc.array(value, { maxLength: 12 }), (expressions, values) => {
        const classifier = new Classifier();
        const taken: [number, Pattern][] = [];
        for (const text of expressions) {
          const pattern = compileExpression(text);
          const number = pattern instanceof Pattern ? classifier.add(text) : undefined;
          if (pattern instanceof Pattern && number !== undefined) taken.push([number, pattern]);
          for (const one of values) {
            const known = classifier.classOf(one);
            for (const [index, compiled] of taken) expect(known?.[index]).toBe(compiled.test(one));
            told += taken.length;
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(told).toBeGreaterThan(1_000);
  });

  test('is not made of what PCRE2 may give up on, of back references, of long values and of NUL', () => {
    const classifier = new Classifier();
    for (const text of ['^(a+)+$', '(.*)(.*)(.*)(.*)', '(a)\\1', 'a++']) expect(classifier.add(text)).toBeUndefined();
    expect(classifier.add('^(\\d+)$')).toBe(0);
    expect(classifier.classOf('1'.repeat(33))).toBeUndefined();
    expect(classifier.classOf('1\0')).toBeUndefined();
    expect(classifier.classOf('1'.repeat(32))).toEqual([true]);
  });
});
