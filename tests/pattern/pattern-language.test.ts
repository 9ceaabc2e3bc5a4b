import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Pattern } from '../../src/dialplan/pcre2.js';
import { Languages } from '../../src/pattern/language.js';
import { parsePattern } from '../../src/pattern/parse-pattern.js';
import { languageOfPattern } from '../../src/pattern/pattern-language.js';
import { UnreadablePattern } from '../../src/pattern/unreadable-pattern.js';

const NO_FLAGS = { caseless: false, dotAll: false };

/** Says of a subject whether it is in the pattern's language; undefined where the pattern cannot be read. */
function readLanguage(pattern: string, flags = NO_FLAGS): ((subject: string) => boolean) | undefined {
  const languages = new Languages();
  try {
    const { language } = languageOfPattern(parsePattern(pattern, flags), languages);
    return (subject) => {
      let rest = language;
      for (const byte of Buffer.from(subject, 'latin1')) rest = languages.derive(rest, byte);
      return rest.nullable;
    };
  } catch (error) {
    if (error instanceof UnreadablePattern) return undefined;
    throw error;
  }
}

function compile(pattern: string, flags = NO_FLAGS): ((subject: string) => boolean) | undefined {
  const compiled = Pattern.compile(pattern, flags);
  return compiled instanceof Pattern ? (subject) => compiled.test(subject) : undefined;
}

const atom = fc.constantFrom(
  ...[
    'a',
    'b',
    '1',
    '.',
    '\\d',
    '\\w',
    '\\s',
    '\\D',
    '[ab]',
    '[^a]',
    '[0-2b-]',
    '[[:alpha:]_]',
    '[^[:^digit:]]',
    '[]a]',
  ],
  ...['\\n', '\\R', '\\N', '\\h', '\\x61', '\\x{62}', '\\061', '\\Qa.\\E', '[\\d-a]', '{', '\\.', '-'],
);
const unrepeated = fc.constantFrom(
  ...['^', '$', '\\A', '\\z', '\\Z', '\\b', '\\B', '(?=a)', '(?!b)', '(?<=a)', '(?<!\\d)', '(?!a$)'],
  ...['(?i)', '(?s)', '(?m)', '(?-i)', '(?^)', '(?#c)'],
);
const quantifier = fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{1,2}', '{2,}', '{0}', '*?', '+?', '{x}');
const { pattern } = fc.letrec<{ pattern: string; sequence: string; item: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(atom, quantifier).map(([what, times]) => what + times),
    unrepeated,
    fc
      .tuple(fc.constantFrom('(', '(?:', '(?i:', '(?s:', '(?|', '(?=', '(?!'), tie('pattern'), quantifier)
      .map(([open, body, times]) => `${open}${body})${/^\(\?[=!]/.test(open) ? '' : times}`),
  ),
  sequence: fc.array(tie('item'), { maxLength: 4 }).map((items) => items.join('')),
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((branches) => branches.join('|')),
}));
const subject = fc
  .array(fc.constantFrom('a', 'b', 'A', '1', '2', ' ', '\n', '\r', '-', '.', '_', '\xe4'), { maxLength: 6 })
  .map((characters) => characters.join(''));

describe('the language of a pattern', () => {
  test('holds exactly the texts PCRE2 finds a match in', () => {
    let read = 0;
    const options = fc.record({ caseless: fc.boolean(), dotAll: fc.boolean() });
    fc.assert(
      fc.property(pattern, fc.array(subject, { minLength: 6, maxLength: 6 }), options, (source, subjects, flags) => {
        const byPcre2 = compile(source, flags);
        const byLanguage = byPcre2 && readLanguage(source, flags);
        if (byPcre2 === undefined || byLanguage === undefined) return;
        read += 1;
        for (const text of [...subjects, '', 'a', 'ab', '\n']) {
          const inLanguage = byLanguage(text);
          // \R gives nothing back: its language is larger.
          if (source.includes('\\R') && inLanguage) continue;
          expect({ source, text, flags, matches: inLanguage }).toEqual({ source, text, flags, matches: byPcre2(text) });
        }
      }),
      { numRuns: 400 },
    );
    expect(read).toBeGreaterThan(80);
  });

  test.each([
    ['^(?x) 1 2 # comment\n 3$', '123', true],
    ['^(?x)a\\ b[ ]$', 'a b ', true],
    ['^[\\Qa-z\\E]$', 'b', false],
    ['^\\cA$', '\x01', true],
    ['^\\o{101}$', 'A', true],
    ['^(?<one>a)\\Kb$', 'ab', true],
    ["^(?'one'a)$", 'a', true],
    ['^[[:xdigit:]]+$', 'fF0', true],
    ['(?m)^b$', 'a\nb', true],
    ['(?m)^', '\n', true],
    ['(?m)\\n^', '\n', false],
    ['^a{,2}b$', 'ab', undefined],
    ['^\\p{L}$', 'a', undefined],
    ['(?<=ab)c', 'abc', undefined],
    ['^(?:^a|b)*$', 'ab', undefined],
  ])('%s on %j: %s', (source, text, matches) => {
    expect(readLanguage(source)?.(text)).toBe(matches);
    if (matches !== undefined) expect(compile(source)?.(text)).toBe(matches);
  });
});
