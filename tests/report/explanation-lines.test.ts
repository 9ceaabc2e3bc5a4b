import { describe, expect, test } from '@jest/globals';
import { bytesOf } from '../../src/bytes.js';
import type { TraceEntry } from '../../src/dialplan/trace.js';
import { entryLines } from '../../src/report/explanation-lines.js';
import { stoppedAt } from '../../src/report/stopped-at.js';
import { PLAIN } from '../../src/report/style.js';

function failed(field: string, value: string, expression: string): TraceEntry {
  return {
    kind: 'regex',
    depth: 1,
    extension: 'out',
    passed: false,
    field,
    value: bytesOf(value),
    expression: bytesOf(expression),
    place: { in: 'condition', break: 'on-false', pointer: '/condition' },
  };
}

describe('where an expression stopped', () => {
  test.each([
    ['13800138000', '^9(\\d+)$', 0],
    ['13800138000', '^(1\\d{3})$', 4],
    ['100', '^(1\\d{3})$', 3],
    ['12a4', '^\\d+$', 2],
    ['ABC', '/^abd$/i', 2],
    ['', '.+', 0],
    ['0049', '^(?:0033|0044)', 3],
  ])('%s against %s: after %d bytes', (value, expression, length) => {
    expect(stoppedAt(value, expression)).toBe(length);
  });
});

describe('the caret', () => {
  test.each([
    ['destination_number', '13800138000', '^(1\\d{3})$', '0'],
    ['${caller_id_name}', '张三', '^张四', '三'],
    ['${name}', 'a\x07b', '^a\x07c', 'b'],
  ])('stands under the character: %s', (field, value, expression, character) => {
    const [line = '', caret = ''] = entryLines(failed(field, value, expression), PLAIN);
    const wide = (text: string): number => text.length + (text.match(/[\u4e00-\u9fff]/g) ?? []).length;
    const column = caret.indexOf('^');
    let at = 0;
    while (wide(line.slice(0, at)) < column) at += 1;
    expect(line[at]).toBe(character);
    expect(line.slice(0, at)).toContain(`${field}(`);
  });
});
