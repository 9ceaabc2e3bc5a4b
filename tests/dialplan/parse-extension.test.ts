import { describe, expect, test } from '@jest/globals';
import { MOST_LEVELS } from '../../src/dialplan/nesting.js';
import type { Position } from '../../src/dialplan/position.js';
import { ExpressionCompiler } from '../../src/dialplan/expression.js';
import { parseExtension, type ParsedExtension } from '../../src/dialplan/parse-extension.js';

function parse(document: unknown): ParsedExtension {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return parseExtension('e', text, new ExpressionCompiler());
}

describe('an extension that is refused', () => {
  test.each<[string, Position, string]>([
    ['', { line: 1, column: 1 }, 'no JSON: the document is empty'],
    ['{"condition":\n [}', { line: 2, column: 3 }, 'no JSON: expected a value, found "}"'],
    ['{"condition":', { line: 1, column: 14 }, 'no JSON: expected a value, found the end'],
    ['{"condition":[],}', { line: 1, column: 17 }, 'no JSON: expected a key in double quotes, found "}"'],
  ])('as it is no JSON: %j', (text, at, message) => {
    const { extension, problems } = parse(text);
    expect(extension).toBeUndefined();
    expect(problems).toEqual([{ severity: 'error', path: '', message, at }]);
  });

  test.each([
    ['lists', '[', ']'],
    ['lists that do not end', '[', ''],
    ['conditions in conditions', '{"condition":', '}'],
  ])('as it is nested deeper than a stack has room for: %s', (_what, opening, closing) => {
    const levels = 100_000;
    const { extension, problems } = parse(`${opening.repeat(levels)}[]${closing.repeat(levels)}`);
    expect(extension).toBeUndefined();
    const at = { line: 1, column: MOST_LEVELS * opening.length + 1 };
    const message = `expected at most ${MOST_LEVELS} levels of objects and lists`;
    expect(problems).toEqual([{ severity: 'error', path: '', message, at }]);
  });

  test.each<[unknown, string, string]>([
    [[], '', 'expected an object, found []'],
    [{}, '', 'expected a key "condition", found none'],
    [{ condition: 'x' }, '/condition', 'expected an object, found "x"'],
    [{ condition: [{ action: ['bridge'] }] }, '/condition/0/action/0', 'expected an object, found "bridge"'],
    [{ condition: [{ action: {} }] }, '/condition/0/action', 'expected a key "application", found none'],
    [
      { condition: { action: { application: 'set', data: [1] } } },
      '/condition/action/data',
      'expected a string or a number or a boolean, found [1]',
    ],
    [
      { condition: { field: 'a\u0000b' } },
      '/condition/field',
      'expected a text without NUL and, in a name, without line breaks, found "a\\u0000b"',
    ],
    [
      { condition: { condition: [{ 'anti-action': { application: '' } }] } },
      '/condition/condition/0/anti-action/application',
      'expected a text that is not empty, found ""',
    ],
  ])('%j', (document, path, message) => {
    const { extension, problems } = parse(document);
    expect(extension).toBeUndefined();
    expect(problems).toEqual([{ severity: 'error', path, message }]);
  });
});

describe('an extension that is read otherwise than it looks', () => {
  test.each<[unknown, string, string]>([
    [{ condition: { feild: 'x' } }, '/condition/feild', 'unknown key "feild", did you mean "field"?'],
    [{ number: '1001', condition: [] }, '/number', 'unknown key "number"'],
    [
      { condition: [{ break: 'sometimes' }] },
      '/condition/0/break',
      'expected on-false, on-true, always, never, found "sometimes", which is read as on-false',
    ],
    [{ condition: { regexes: [] } }, '/condition/regexes', 'without "regex" (all, any or xor) these are not looked at'],
    [
      { condition: { regex: 'all', regexes: [{ expression: '(' }] } },
      '/condition/regexes/0/expression',
      'never matches: "(" is no pattern: missing closing parenthesis at offset 1',
    ],
    [{ name: 'other', condition: [] }, '/name', '"other" is not the name it is stored under, "e", which counts'],
  ])('%j', (document, path, message) => {
    const { extension, problems } = parse(document);
    expect(extension).toBeDefined();
    expect(problems).toEqual([{ severity: 'warning', path, message }]);
  });
});

describe('a good extension', () => {
  test('one is a list of one, numbers and booleans are text', () => {
    const { extension, problems } = parse({
      continue: true,
      condition: { field: 'destination_number', expression: 119, action: { application: 'set', data: 5, loop: 2 } },
    });
    expect(problems).toEqual([]);
    expect(extension?.continues).toBe(true);
    expect(extension?.conditions[0]?.expression.text).toBe('119');
    expect(extension?.conditions[0]?.actions).toEqual([
      { application: 'set', data: '5', inline: false, loop: 2, pointer: '/condition/action' },
    ]);
  });

  test('description and $schema are free', () => {
    expect(parse({ $schema: 'x', description: '说明', condition: { description: 'd' } }).problems).toEqual([]);
  });
});
