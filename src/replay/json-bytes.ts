/**
 * JSON whose bytes are not necessarily UTF-8: FreeSWITCH writes a channel's bytes as they are, other programs escape what is
 * not ASCII.
 */
import { isUtf8 } from 'node:buffer';
import { bytesOf, type Bytes } from '../bytes.js';

export interface JsonValue {
  readonly value: unknown;
  /** A string of the value to the bytes it stands for. */
  readonly toBytes: (text: string) => Bytes;
}

const NEEDS_CARE = /[\x80-\xff]|\\u/;
const BEYOND_BYTES = /[^\x00-\xff]+/g;

/** @throws SyntaxError */
export function parseJson(text: Bytes): JsonValue {
  if (!NEEDS_CARE.test(text)) return { value: JSON.parse(text) as unknown, toBytes: (ascii) => ascii };
  const buffer = Buffer.from(text, 'latin1');
  if (isUtf8(buffer)) return { value: JSON.parse(buffer.toString('utf8')) as unknown, toBytes: bytesOf };
  return { value: JSON.parse(text) as unknown, toBytes: (raw) => raw.replace(BEYOND_BYTES, bytesOf) };
}

/** What opens, closes, or is a string; a quote alone is a string that does not end on its line, which JSON does not allow. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]"]/g;

/** Finds where an object ends, line by line. */
export class JsonExtent {
  private depth = 0;
  private hasOpenString = false;

  /** Behind the brace that closes the object; undefined if that is on a later line. */
  push(line: Bytes): number | undefined {
    for (const { 0: token, index } of line.matchAll(TOKEN)) {
      if (token === '{' || token === '[') this.depth += 1;
      else if (token === '}' || token === ']') this.depth -= 1;
      else if (token === '"') this.hasOpenString = true;
      if (this.depth === 0) return index + 1;
    }
    return undefined;
  }

  /** Whether no line to come can make it an object. */
  get isBroken(): boolean {
    return this.hasOpenString;
  }
}
