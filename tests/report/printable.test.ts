import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf } from '../../src/bytes.js';
import { maskNumbers, printable } from '../../src/report/printable.js';

test.each([
  ['plain 中文', 'plain 中文'],
  ['\x00\t\r\n\x1b]0;title\x07\x7f\x9b', '\\x00\\x09\\x0d\\x0a\\x1b]0;title\\x07\\x7f\\x9b'],
  ['\u200e\u202e\u2028\u2066\u061c', '\\u200e\\u202e\\u2028\\u2066\\u061c'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(bytesOf(text))).toBe(shown);
});

test('bytes that are no UTF-8 are shown each', () => {
  expect(printable('M\xfcller \xe4\xb8')).toBe('M\\xfcller \\xe4\\xb8');
});

test('whatever a caller sends, nothing is left that a terminal acts on', () => {
  const bytes = fc.array(fc.integer({ min: 0, max: 255 })).map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(bytes, (value) => {
      expect(printable(value)).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/u,
      );
    }),
  );
});

test.each([
  ['1001 → 13800138000', '1001 → *******8000'],
  ['12345', '*2345'],
  ['1234', '1234'],
  ['+86 138-0013-8000', '+** ***-****-8000'],
  ['Ann (020) 7946 0958', 'Ann (***) **** 0958'],
  ['13800-138000', '*****-**8000'],
  ['/2026-11-28/13800138000.09-24-33.wav', '/2026-11-28/*******8000.09-24-33.wav'],
  ['10.42 ms, 192.168.10.20', '10.42 ms, 192.168.10.20'],
  ['sip:008613800138000@10.0.0.1', 'sip:***********8000@10.0.0.1'],
])('%s is masked as %s', (text, masked) => {
  expect(maskNumbers(text)).toBe(masked);
});
