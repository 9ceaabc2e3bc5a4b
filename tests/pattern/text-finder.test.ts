import { describe, expect, test } from '@jest/globals';
import { TextFinder, type ExpressionTest } from '../../src/pattern/text-finder.js';

const finder = new TextFinder();
const matching = (expression: string): ExpressionTest => ({ expression, matches: true });
const failing = (expression: string): ExpressionTest => ({ expression, matches: false });

describe('a text that expressions match, or do not', () => {
  test.each<[ExpressionTest[], string]>([
    [[matching('^\\d{4,}$'), failing('^00')], '0111'],
    [[matching('^(?!110|119)\\d{3}$'), matching('^1[01]')], '111'],
    [[matching('_NXXZ.')], '2111'],
    [[matching('/^abc$/i'), failing('^abc$')], 'abC'],
    [[matching('\\bfoo\\b'), matching('^.{5}')], '1-foo'],
    [[matching('(?<!9)11$'), matching('^9')], '9111'],
    [[matching('^\\Qa.b\\E+$'), failing('b{2}')], 'a.b'],
    [[matching('^(?|(a)|(b))c$'), failing('^a')], 'bc'],
    [[matching('^\\d+$'), failing('^\\d{1,40}$')], '1'.repeat(41)],
    [[failing('(broken')], ''],
  ])('%j', (tests, text) => {
    const found = finder.find(tests);
    expect(found.kind).toBe('found');
    for (const each of tests) expect(finder.passes(text, each)).toBe(true);
    expect(found.kind === 'found' && found.text.length).toBe(text.length);
  });

  test.each<[ExpressionTest[]]>([
    [[matching('^1\\d+$'), failing('^\\d+$')]],
    [[matching('^00'), failing('^0')]],
    [[matching('^00\\d*$'), matching('^[1-9]')]],
    [[matching('(broken')]],
    [[matching('a(?!.)$'), failing('a$')]],
    [[failing('.*')]],
    [[matching('^(a++)a$'), failing('a')]],
  ])('%j: it is proven that there is none', (tests) => {
    expect(finder.find(tests)).toEqual({ kind: 'impossible' });
  });

  test.each<[ExpressionTest[], RegExp]>([
    [[matching('^(\\d{3}x)\\1$')], /\\1/],
    [[matching('^(?R)?a$')], /\(\?R/],
    [[matching('(*UTF)abcde')], /verb/],
    [[matching('^(\\d)(?(1)a|b)$')], /\(\?\(/],
    [[matching('^(?>a|ab)c$'), matching('b')], /texts that seem to fit/],
    [
      [matching('^\\d*1\\d{16}$'), failing('^\\d*2\\d{15}$'), failing('3\\d{14}$'), failing('^.{1,1200}$')],
      /too large/,
    ],
  ])('%j: unknown, and says why', (tests, reason) => {
    const found = finder.find(tests);
    expect(found.kind).toBe('unknown');
    expect(found.kind === 'unknown' && found.reason).toMatch(reason);
  });

  test('what cannot be read may still be proven impossible by the rest, or found by trying', () => {
    expect(finder.find([matching('^(\\d{3})\\1$'), matching('^a'), matching('^b')])).toEqual({ kind: 'impossible' });
    expect(finder.find([failing('^(\\d)\\1$'), matching('^\\d\\d$')]).kind).toBe('found');
  });

  test('the nearest text to another', () => {
    expect(finder.find([matching('^1\\d{3}$')], { near: '2001' })).toEqual({ kind: 'found', text: '1001' });
    expect(finder.find([matching('^00')], { near: '4420' })).toEqual({ kind: 'found', text: '0020' });
    expect(finder.find([matching('^\\d{3}$')], { near: '12345' })).toMatchObject({ kind: 'found' });
    expect(finder.find([matching('^\\d+$')], { near: '12345' })).toEqual({ kind: 'found', text: '12345' });
  });

  test('its work is counted, of one question only once', () => {
    const counting = new TextFinder();
    counting.find([matching('^0{40}$'), failing('^1')]);
    const first = counting.work;
    expect(first).toBeGreaterThan(40);
    counting.find([matching('^0{40}$'), failing('^1')]);
    expect(counting.work).toBe(first);
    counting.find([matching('^2{40}$'), failing('^1')]);
    expect(counting.work).toBeGreaterThan(first + 40);
  });

  test('a text of the preferred form, where there is one', () => {
    const preferred = ['^\\d{7}$', '^\\d+$'];
    expect(finder.find([matching('^00')], { preferred })).toEqual({ kind: 'found', text: '0011111' });
    expect(finder.find([matching('^0{3}$')], { preferred })).toEqual({ kind: 'found', text: '000' });
    expect(finder.find([matching('^x$')], { preferred })).toEqual({ kind: 'found', text: 'x' });
  });
});
