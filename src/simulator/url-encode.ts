/** How FreeSWITCH encodes the values of events and channel data (`switch_url_encode`). */
import type { Bytes } from '../bytes.js';

/** A `%XX` that is already in a value stays as it is; hexadecimal digits are upper case there and here. */
const UNSAFE = /%(?![0-9A-F]{2})|[^%!$'()*,\-./0-9A-Z_a-z~]/g;

const ENCODED = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);

export function urlEncode(value: Bytes): Bytes {
  return value.replace(UNSAFE, (byte) => ENCODED[byte.charCodeAt(0)] as string);
}
