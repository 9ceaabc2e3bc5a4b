/** Lines in a block of bytes that is filled again and again: they are read where they lie, and moved only where a block ends. */
import { LONGEST_DUMP } from '../replay/byte-lines.js';
import { SPARE_BYTES, type ScannedBytes } from './scan-json.js';

/** It stays in the processor's own cache, between the system that fills it and the scan that reads it. */
const BLOCK_BYTES = 128 * 1024;
const LINE_FEED = 0x0a;

/** The line at hand lies from {@link from} to {@link to}, where its line feed is. */
export class LineBlock implements ScannedBytes {
  bytes = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  view = viewOf(this.bytes);
  from = 0;
  to = 0;
  /** Whether the line at hand is longer than {@link LONGEST_DUMP}; then it may not be there. */
  isTooLong = false;
  private filled: Buffer = this.bytes.subarray(0, 0);
  /** Where the next line begins, and how far its end was looked for. */
  private next = 0;
  private searched = 0;
  private isDropping = false;

  /** @param offset of the first byte that is put in, in its file */
  constructor(private offset: number) {}

  /** Where in the file the line behind the one at hand begins. */
  get nextOffset(): number {
    return this.offset + this.next;
  }

  /** Goes to the next line; false where the rest is none without more bytes. */
  advance(): boolean {
    const end = this.filled.indexOf(LINE_FEED, this.searched);
    if (end < 0) {
      this.searched = this.filled.length;
      return false;
    }
    this.turnTo(end);
    return true;
  }

  /** Goes to what is behind the last line feed; false if nothing is. */
  advanceToRest(): boolean {
    const end = this.filled.length;
    if (end === this.next && !this.isDropping) return false;
    this.bytes[end] = LINE_FEED;
    this.turnTo(end);
    return true;
  }

  /** Takes bytes in, behind those it has. @param read puts them where it is told, and returns how many they were */
  fill(read: (bytes: Buffer, at: number, most: number) => number): number {
    this.makeRoom();
    const held = this.filled.length;
    const count = read(this.bytes, held, this.bytes.length - SPARE_BYTES - held);
    this.filled = this.bytes.subarray(0, held + count);
    return count;
  }

  private turnTo(end: number): void {
    this.from = this.next;
    this.to = end;
    this.isTooLong = this.isDropping || end - this.from > LONGEST_DUMP;
    this.isDropping = false;
    this.next = end + 1;
    this.searched = this.next;
  }

  private makeRoom(): void {
    const rest = this.filled.subarray(this.next);
    this.offset += this.next;
    this.searched -= this.next;
    this.next = 0;
    this.isDropping ||= rest.length > LONGEST_DUMP;
    if (this.isDropping) {
      this.offset += rest.length;
      this.searched = 0;
      this.filled = this.bytes.subarray(0, 0);
      return;
    }
    const { bytes } = this;
    if (rest.length * 2 > bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(bytes.length * 2);
      this.view = viewOf(this.bytes);
    }
    rest.copy(this.bytes);
    this.filled = this.bytes.subarray(0, rest.length);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
