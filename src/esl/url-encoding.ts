/** How FreeSWITCH encodes the values of headers (`switch_url_encode`), and back. */
import type { Bytes } from '../bytes.js';

/** The bytes FreeSWITCH encodes: controls, space, DEL and above, and these. NUL it never has. */
const UNSAFE = [
  ...Array.from({ length: 0x20 }, (_, code) => code + 1),
  ...Array.from({ length: 0x100 - 0x7f }, (_, code) => code + 0x7f),
  ...Buffer.from('#%&+:;<=>?@[\\]^`{|}"'),
];
/** By the two digits behind the percent sign. */
const DECODED: ReadonlyMap<string, Bytes> = new Map(
  UNSAFE.map((code) => [code.toString(16).toUpperCase().padStart(2, '0'), String.fromCharCode(code)]),
);

/**
 * Decodes what FreeSWITCH would have encoded and leaves the rest: a `%41` or `%zz` was in the value before. (It does not
 * encode a `%` that already looks like an escape, so a value that held `%20` cannot be told from one that held a space.)
 */
export function decodeValue(value: Bytes): Bytes {
  let decoded = '';
  let from = 0;
  for (let at = value.indexOf('%'); at >= 0; at = value.indexOf('%', Math.max(from, at + 1))) {
    const byte = DECODED.get(value.slice(at + 1, at + 3));
    if (byte === undefined) continue;
    decoded += value.slice(from, at) + byte;
    from = at + 3;
  }
  return from === 0 ? value : decoded + value.slice(from);
}
