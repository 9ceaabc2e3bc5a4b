/** Entities and line breaks as FreeSWITCH decodes them (`switch_xml_decode`); an entity it does not know stays as it is. */
import { bytesOf, type Bytes } from '../bytes.js';

const REFERENCE = /&(?:#(x?)([0-9a-fA-F]+)|(lt|gt|quot|apos|amp));/g;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
const HIGHEST = 0x7fffffff;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const LAST_CHARACTER = 0x10ffff;

/** The text between tags. */
export function decodeText(raw: Bytes): Bytes {
  return decodeReferences(oneLineBreak(raw));
}

/** An attribute's value, where white space that is not written as a reference is a space. */
export function decodeAttribute(raw: Bytes): Bytes {
  return decodeReferences(oneLineBreak(raw).replace(/[\t\n\v\f]/g, ' '));
}

/** A CDATA section's text. */
export function decodeCdata(raw: Bytes): Bytes {
  return oneLineBreak(raw);
}

function oneLineBreak(text: Bytes): Bytes {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function decodeReferences(text: Bytes): Bytes {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (reference: string, hexadecimal: string, digits?: string, name?: string) => {
    if (digits === undefined) return NAMED[name ?? ''] ?? reference;
    const code = hexadecimal === '' ? Number(digits) : parseInt(digits, 16);
    return code > 0 && code <= HIGHEST ? encode(code) : reference;
  });
}

/** A code as UTF-8, also where it is no character: FreeSWITCH asks only for 31 bits. */
function encode(code: number): Bytes {
  const isCharacter = code <= LAST_CHARACTER && (code < FIRST_SURROGATE || code > LAST_SURROGATE);
  if (isCharacter) return bytesOf(String.fromCodePoint(code));
  const following = Math.floor((Math.floor(Math.log2(code)) - 1) / 5);
  let bytes = String.fromCharCode(((0xff << (7 - following)) & 0xff) | (code >> (6 * following)));
  for (let rest = following - 1; rest >= 0; rest -= 1)
    bytes += String.fromCharCode(0x80 | ((code >> (6 * rest)) & 0x3f));
  return bytes;
}
