/** How FreeSWITCH encodes the values of headers (`switch_url_encode`), and back. */
import type { Bytes } from '../bytes.js';

const ENCODED = /%([0-9A-F]{2})/g;

/** The bytes FreeSWITCH encodes: controls, space, DEL and above, and these. NUL it never has. */
const UNSAFE = new Set<number>([
  ...Array.from({ length: 0x20 }, (_, code) => code + 1),
  ...Array.from({ length: 0x100 - 0x7f }, (_, code) => code + 0x7f),
  ...Buffer.from('#%&+:;<=>?@[\\]^`{|}"'),
]);

/**
 * Decodes what FreeSWITCH would have encoded and leaves the rest: a `%41` or `%zz` was in the value before. (It does not
 * encode a `%` that already looks like an escape, so a value that held `%20` cannot be told from one that held a space.)
 */
export function decodeValue(value: Bytes): Bytes {
  if (!value.includes('%')) return value;
  return value.replace(ENCODED, (escape, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return UNSAFE.has(code) ? String.fromCharCode(code) : escape;
  });
}
