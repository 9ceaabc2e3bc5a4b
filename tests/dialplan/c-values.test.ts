import { describe, expect, test } from '@jest/globals';
import { atoi, isNumber, isTrue, lowerCase } from '../../src/dialplan/c-values.js';

describe('how C reads text', () => {
  test.each([
    ['12', 12],
    [' \t-7x', -7],
    ['+3', 3],
    ['', 0],
    ['x1', 0],
    ['4294967297', 1],
    ['99999999999999999999', -1],
    ['-99999999999999999999', 0],
  ])('atoi(%j) is %d', (text, value) => {
    expect(atoi(text)).toBe(value);
  });

  test.each(['yes', 'ON', 'True', 't', 'enabled', 'ACTIVE', 'allow', '1', '-3', '+1', '1.5'])('%j is true', (text) => {
    expect(isTrue(text)).toBe(true);
  });

  test.each([undefined, '', 'no', 'y', ' true', '0', '0.5', 'truth', '-'])('%j is not true', (text) => {
    expect(isTrue(text)).toBe(false);
  });

  test('a number is a sign, digits and dots, or nothing', () => {
    expect(['', '-', '1.2.3', '+5'].map(isNumber)).toEqual([true, true, true, true]);
    expect(['5a', ' 5', '--5'].map(isNumber)).toEqual([false, false, false]);
  });

  test('only ASCII has a case', () => {
    expect(lowerCase('ABC\xc4')).toBe('abc\xc4');
  });
});
