/**
 * FreeSWITCH's strings are bytes: it cuts, matches and compares them without a thought for characters, and a caller may
 * send any byte but NUL. So hunting works on byte strings: JavaScript strings in which every character code is one byte.
 * Text (documents, logs, JSON) is turned into bytes on the way in and back on the way out; nothing in between decodes.
 */
export type Bytes = string;

const ASCII = /^[\x00-\x7f]*$/;
/** A shorter text is looked through before an expression has begun. */
const SHORT = 40;
const LONE_BYTE = /[\udc80-\udcff]/;

/**
 * Text to bytes, as UTF-8. A lone surrogate U+DC80…U+DCFF stands for the byte 80…FF that {@link textOf} could not decode.
 */
export function bytesOf(text: string): Bytes {
  if (isAscii(text)) return text;
  if (!LONE_BYTE.test(text) || text.isWellFormed()) return Buffer.from(text, 'utf8').toString('latin1');
  let bytes = '';
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    bytes +=
      code >= 0xdc80 && code <= 0xdcff
        ? String.fromCharCode(code & 0xff)
        : Buffer.from(character, 'utf8').toString('latin1');
  }
  return bytes;
}

/** Bytes to text. A byte that is not part of valid UTF-8 becomes the lone surrogate U+DC00 + byte, so nothing is lost. */
export function textOf(bytes: Bytes): string {
  if (isAscii(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  const text = buffer.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  return decodeKeepingStrayBytes(buffer);
}

function decodeKeepingStrayBytes(buffer: Buffer): string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let at = 0; at < buffer.length;) {
    const length = sequenceLength(buffer[at] as number);
    try {
      text += strict.decode(buffer.subarray(at, at + length));
      at += length;
    } catch {
      text += String.fromCharCode(0xdc00 + (buffer[at] as number));
      at += 1;
    }
  }
  return text;
}

function sequenceLength(leadByte: number): number {
  if (leadByte >= 0xf0) return 4;
  if (leadByte >= 0xe0) return 3;
  return leadByte >= 0xc0 ? 2 : 1;
}

function isAscii(text: string): boolean {
  if (text.length > SHORT) return ASCII.test(text);
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}
