import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf, textOf } from '../src/bytes.js';

describe('byte strings', () => {
  test('text becomes its UTF-8 bytes', () => {
    expect(bytesOf('呼')).toBe('\xe5\x91\xbc');
    expect(textOf('\xe5\x91\xbc')).toBe('呼');
  });

  test('a byte that is no UTF-8 survives as a lone surrogate', () => {
    expect(textOf('a\xffb')).toBe('a\udcffb');
    expect(bytesOf('a\udcffb')).toBe('a\xffb');
    expect(textOf('\xe5\x91')).toBe('\udce5\udc91');
  });

  test('U+FFFD in the text is not taken for a stray byte', () => {
    expect(textOf(bytesOf('\ufffd'))).toBe('\ufffd');
  });

  test('any bytes come back from their text', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (array) => {
        const bytes = Buffer.from(array).toString('latin1');
        expect(bytesOf(textOf(bytes))).toBe(bytes);
      }),
    );
  });
});
