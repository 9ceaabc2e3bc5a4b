import { describe, expect, test } from '@jest/globals';
import { compileExpression } from '../../src/dialplan/expression.js';
import { Pattern, pcre2Version } from '../../src/dialplan/pcre2.js';

function compile(pattern: string): Pattern {
  const compiled = Pattern.compile(pattern);
  if (!(compiled instanceof Pattern)) throw new Error(compiled.message);
  return compiled;
}

describe('PCRE2', () => {
  test('is the library of the system', () => {
    expect(pcre2Version()).toMatch(/^10\.\d+/);
  });

  test('captures groups by number, and tells the highest that took part', () => {
    const match = compile('^(a)(b)?(c)?').match('axc');
    expect(match?.count).toBe(2);
    expect([0, 1, 2, 3].map((number) => match?.group(number))).toEqual(['a', 'a', undefined, undefined]);
    expect(compile('^(a)|(b)').match('b')?.group(2)).toBe('b');
  });

  test('works on bytes, not characters', () => {
    expect(compile('^.$').test('\xe5\x91\xbc')).toBe(false);
    expect(compile('^...$').test('\xe5\x91\xbc')).toBe(true);
    expect(compile('(*UTF)^.$').test('\xe5\x91\xbc')).toBe(true);
  });

  test('does what JavaScript does not: \\h, possessive, recursion, inline flags', () => {
    expect(compile('^\\h+$').test(' \t')).toBe(true);
    expect(compile('a++a').test('aaa')).toBe(false);
    expect(compile('^(\\((?1)*\\))$').test('(()())')).toBe(true);
    expect(compile('(?i)ABC').test('abc')).toBe(true);
  });

  test('a subject longer than any before, an empty one, an empty pattern', () => {
    expect(compile('b$').test(`${'a'.repeat(300_000)}b`)).toBe(true);
    expect(compile('^$').test('')).toBe(true);
    expect(compile('').test('')).toBe(true);
    expect(compile('').test('anything')).toBe(true);
  });

  test('the same pattern again after another subject was held', () => {
    const digits = compile('^\\d+$');
    const letters = compile('^[a-z]+$');
    expect([digits.test('12'), letters.test('ab'), digits.test('ab'), letters.test('12')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('a match stays what it was when the pattern matches again', () => {
    const pattern = compile('^(\\d+)$');
    const first = pattern.match('111');
    pattern.match('222222');
    expect(first?.group(1)).toBe('111');
  });

  test('gives up on a runaway pattern, and says why', () => {
    const reasons: string[] = [];
    const matched = compile('^(a+)+$').test(`${'a'.repeat(36)}b`, (reason) => reasons.push(reason));
    expect(matched).toBe(false);
    expect(reasons).toEqual(['match limit exceeded']);
  });

  test('a pattern that does not compile tells what and where', () => {
    expect(Pattern.compile('a(b')).toEqual({ message: 'missing closing parenthesis', offset: 3 });
  });
});

describe('the spellings of an expression', () => {
  const matches = (expression: string, subject: string): boolean => {
    const compiled = compileExpression(expression);
    return compiled instanceof Pattern && compiled.test(subject);
  };

  test('an Asterisk pattern', () => {
    expect(matches('_NXX', '234')).toBe(true);
    expect(matches('_NXX', '134')).toBe(false);
    expect(matches('_0Z.', '01')).toBe(true);
    expect(matches('_0Z.', '00')).toBe(false);
  });

  test('/pattern/flags', () => {
    expect(matches('/^abc$/i', 'ABC')).toBe(true);
    expect(matches('/^abc$/', 'ABC')).toBe(false);
    expect(matches('/a.c/s', 'a\nc')).toBe(true);
    expect(matches('/a/b/', 'a/b')).toBe(true);
  });

  test('/pattern without its end never matches', () => {
    expect(compileExpression('/abc')).toEqual({ message: "missing ending '/' delimiter" });
  });
});
