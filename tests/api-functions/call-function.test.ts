import { describe, expect, test } from '@jest/globals';
import { callFunction } from '../../src/api-functions/call-function.js';

const MOMENT = { epochMs: Date.UTC(2026, 10, 25, 4, 5, 6), serverZone: 'Asia/Shanghai' };

function call(name: string, args: string): string | undefined {
  return callFunction(name, args, MOMENT);
}

describe('cond', () => {
  test.each([
    ['1 == 1 ? yes : no', 'yes'],
    ['1 != 1 ? yes : no', 'no'],
    ['abc == abc ? yes : no', 'yes'],
    ["'a b' == 'a b' ? yes : no", 'yes'],
    ['10 > 9 ? yes : no', 'yes'],
    ['10 >= 11 ? yes : no', 'no'],
    ['1.5 < 2 ? yes : no', 'yes'],
    // Text has its length where it meets a number.
    ['abc == 3 ? yes : no', 'yes'],
    ["'3' == 3 ? yes : no", 'no'],
    ['1 == 2 ? yes', ''],
    ['1 = 1 ? yes : no', '-ERR'],
    ['nonsense', '-ERR'],
    ['', '-ERR'],
  ])('%s is %s', (args, expected) => {
    expect(call('cond', args)).toBe(expected);
  });
});

describe('regex', () => {
  test.each([
    ['1002|^1\\d{3}$', 'true'],
    ['2002|^1\\d{3}$', 'false'],
    ['0049891234|^0049(\\d+)$|0%1', '0891234'],
    ['123|^0049(\\d+)$|0%1', '123'],
    ['123|^0049(\\d+)$|0%1|n', ''],
    ['123|^0049(\\d+)$|0%1|b', 'false'],
    ['m:~a|b~^a', 'true'],
    ['one', '-ERR'],
  ])('%s is %s', (args, expected) => {
    expect(call('regex', args)).toBe(expected);
  });
});

describe('expr', () => {
  test.each([
    ['1+2*3', '7'],
    ['(1+2)*3', '9'],
    ['-2^2', '4'],
    ['10/4', '2.5'],
    ['1/3', '0.3333333333'],
    ['a=3|a*2', '6'],
    ['if(above(3,2),1,0)', '1'],
    ['max(1,5,3)', '5'],
    ['1/0', '!err!'],
    ['2+', '!err!'],
    ['', '!err!'],
    ['rand(&x)', undefined],
  ])('%s is %s', (args, expected) => {
    expect(call('expr', args)).toBe(expected);
  });
});

describe('other functions', () => {
  test.each([
    ['strftime', '%Y-%m-%d %H:%M:%S', '2026-11-25 12:05:06'],
    ['STRFTIME', '', '2026-11-25 12:05:06'],
    // FreeSWITCH 1.11 passes over one character behind the bar.
    ['strftime', '0| %Y-%m-%d', '1970-01-01'],
    ['strftime', '%Z', undefined],
    ['strftime_tz', 'Europe/Berlin %H:%M %a', '05:05 Wed'],
    ['strftime_tz', 'Nowhere %H', undefined],
    ['md5', 'a', '0cc175b9c0f1b6a831c399e269772661'],
    ['replace', 'a-b-c|-|+', 'a+b+c'],
    ['toupper', 'abc\xe4', 'ABC\xe4'],
    ['tolower', 'ABC', 'abc'],
    ['strepoch', '', '1795579506'],
    ['hash', 'select/a/b', undefined],
    ['toString', '', undefined],
  ])('%s %s is %s', (name, args, expected) => {
    expect(call(name, args)).toBe(expected);
  });
});
