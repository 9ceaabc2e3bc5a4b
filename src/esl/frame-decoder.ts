/** Bytes from FreeSWITCH to frames: a block of headers, an empty line, and a body as long as `Content-Length` says. */
import type { Bytes } from '../bytes.js';
import { ProtocolError } from './errors.js';

/** Headers as they came, undecoded; of two with one name the first counts. Whoever takes the frame may keep and change them. */
export type FrameHeaders = Map<string, Bytes>;

export interface Frame {
  readonly headers: FrameHeaders;
  readonly body: Bytes | undefined;
}

/** The most bytes the headers or the body of one frame may have. */
export const FRAME_LIMIT = 16 * 1024 * 1024;

const LINE_FEED = 0x0a;
const EMPTY_LINE = Buffer.from('\n\n');
const NOTHING = Buffer.alloc(0);

/** Takes any chunking; every byte is looked at a bounded number of times. */
export class FrameDecoder {
  private buffer: Buffer = NOTHING;
  /** Whether the buffer is ours to write to, not the chunk it came in. */
  private owned = false;
  private start = 0;
  private end = 0;
  private scanned = 0;
  /** The frame whose body is still to come. */
  private awaiting: { headers: FrameHeaders; length: number } | undefined;

  constructor(private readonly limit = FRAME_LIMIT) {}

  /** The frames a chunk completes. @throws {@link ProtocolError} when what comes cannot be framed; there is no going on. */
  *push(chunk: Buffer): Generator<Frame, void> {
    this.append(chunk);
    for (;;) {
      const frame = this.awaiting === undefined ? this.takeHeaders() : this.takeBody();
      if (frame === undefined) break;
      if (frame !== 'body follows') yield frame;
    }
    if (this.start === this.end) this.hold(NOTHING, false);
  }

  private append(chunk: Buffer): void {
    if (this.start === this.end) {
      this.hold(chunk, false);
      return;
    }
    if (!this.owned || this.end + chunk.length > this.buffer.length) this.makeRoom(chunk.length);
    chunk.copy(this.buffer, this.end);
    this.end += chunk.length;
  }

  private hold(buffer: Buffer, owned: boolean): void {
    this.buffer = buffer;
    this.owned = owned;
    this.start = 0;
    this.end = buffer.length;
    this.scanned = 0;
  }

  private makeRoom(needed: number): void {
    const held = this.end - this.start;
    const target = Buffer.allocUnsafe(2 ** Math.ceil(Math.log2(held + needed)));
    this.buffer.copy(target, 0, this.start, this.end);
    this.buffer = target;
    this.owned = true;
    this.scanned -= this.start;
    this.start = 0;
    this.end = held;
  }

  private takeHeaders(): Frame | 'body follows' | undefined {
    while (this.start < this.end && this.buffer[this.start] === LINE_FEED) this.start += 1;
    this.scanned = Math.max(this.scanned, this.start);
    const emptyLine = this.findEmptyLine();
    if (emptyLine < 0) {
      if (this.end - this.start > this.limit) throw new ProtocolError(`headers of over ${this.limit} bytes`);
      return undefined;
    }
    const headers = parseHeaders(this.buffer.toString('latin1', this.start, emptyLine));
    this.start = emptyLine + EMPTY_LINE.length;
    const length = this.contentLength(headers);
    if (length === 0) return { headers, body: undefined };
    this.awaiting = { headers, length };
    return 'body follows';
  }

  private findEmptyLine(): number {
    const at = this.buffer.subarray(0, this.end).indexOf(EMPTY_LINE, this.scanned);
    // Half of it may be all that came.
    if (at < 0) this.scanned = Math.max(this.scanned, this.end - EMPTY_LINE.length + 1);
    return at;
  }

  private contentLength(headers: FrameHeaders): number {
    const text = headers.get('Content-Length');
    if (text === undefined) return 0;
    const length = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
    if (!(length <= this.limit)) {
      throw new ProtocolError(
        `Content-Length: expected a number from 0 to ${this.limit}, found "${text.slice(0, 40)}"`,
      );
    }
    return length;
  }

  private takeBody(): Frame | undefined {
    const { awaiting } = this;
    if (awaiting === undefined || this.end - this.start < awaiting.length) return undefined;
    const body = this.buffer.toString('latin1', this.start, this.start + awaiting.length);
    this.start += awaiting.length;
    this.scanned = this.start;
    this.awaiting = undefined;
    return { headers: awaiting.headers, body };
  }
}

/** Lines `Name: value`; a line without a colon is passed over. */
export function parseHeaders(block: Bytes): FrameHeaders {
  const headers: FrameHeaders = new Map();
  let colon = block.indexOf(':');
  for (let start = 0; colon >= 0 && start < block.length;) {
    const feed = block.indexOf('\n', start);
    const end = feed < 0 ? block.length : feed;
    if (colon > start && colon < end) addHeader(headers, block, start, colon, end);
    start = end + 1;
    // That of a later line is kept until its turn comes.
    if (colon < start) colon = block.indexOf(':', start);
  }
  return headers;
}

function addHeader(headers: FrameHeaders, block: Bytes, start: number, colon: number, lineEnd: number): void {
  const name = block.slice(start, colon);
  if (headers.has(name)) return;
  const from = block[colon + 1] === ' ' ? colon + 2 : colon + 1;
  const end = block[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
  headers.set(name, block.slice(from, end));
}
