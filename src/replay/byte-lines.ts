/** Bytes in chunks to lines, in bounded memory. */
import type { Bytes } from '../bytes.js';

export interface Line {
  /** Without its line break. */
  readonly text: Bytes;
  /** The first is 1. */
  readonly number: number;
}

/** The most bytes one line, and one dump, may have. */
export const LONGEST_DUMP = 16 * 1024 * 1024;

const LINE_FEED = 0x0a;

/** Cuts chunks into lines. Of a line longer than {@link LONGEST_DUMP} only the beginning is kept, one byte more than that. */
export class LineCutter {
  private readonly pending: Buffer[] = [];
  private pendingLength = 0;
  private number = 0;

  *push(chunk: Buffer): Generator<Line, void> {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      yield this.line(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.keep(chunk.subarray(start));
  }

  /** What is behind the last line break. */
  *end(): Generator<Line, void> {
    if (this.pendingLength > 0) yield this.line(Buffer.alloc(0));
  }

  private line(rest: Buffer): Line {
    this.number += 1;
    if (this.pendingLength === 0) return { text: rest.toString('latin1'), number: this.number };
    this.keep(rest);
    const text = Buffer.concat(this.pending).toString('latin1');
    this.pending.length = 0;
    this.pendingLength = 0;
    return { text, number: this.number };
  }

  private keep(part: Buffer): void {
    const room = LONGEST_DUMP + 1 - this.pendingLength;
    if (room <= 0) return;
    const kept = part.subarray(0, room);
    this.pending.push(kept);
    this.pendingLength += kept.length;
  }
}
