/**
 * Calls that ended, whole, in little memory. Neighbours resemble each other, so blocks of them are compressed together, away
 * from the main thread; turning a call to bytes is done between other work, a few calls at a time. Where calls end faster than
 * that, what waits is bounded: the oldest of it are forgotten, for calls must not wait for their own records.
 */
import { setImmediate as othersFirst } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Call } from './call.js';
import { parseRecord, recordOf, serializeRecord, type CallRecord } from './call-record.js';

/** Where a call is kept; worthless once it was released. */
export interface ArchivePlace {
  readonly block: Block;
  readonly index: number;
}

interface Block {
  /** As they came; undefined once they are packed. */
  calls: Call[] | undefined;
  packed: Packed | undefined;
  /** How many of its calls are still wanted. */
  wanted: number;
  /** About how much memory its calls take as they came. */
  loose: number;
}

interface Packed {
  readonly bytes: Buffer;
  /** Where each call begins in what is packed, and where the last one ends. */
  readonly bounds: readonly number[];
}

const BLOCK_CALLS = 16;
/** Memory is bounded by the processor here: a finer compression would not be paid back. */
const COMPRESSION = { level: 1 };
/** Memory that calls may take which are not packed yet. */
const LOOSE_BYTES = 48 * 1024 * 1024;
/** What a string and its place in a map take besides its characters. */
const STRING_OVERHEAD = 48;

const compress = promisify(deflate) as (bytes: Buffer, options: typeof COMPRESSION) => Promise<Buffer>;
const decompress = promisify<Buffer, Buffer>(inflate);

export class CallArchive {
  private open = newBlock();
  /** Full blocks that are not packed yet, the oldest first. */
  private readonly waiting: Block[] = [];
  private packing: Promise<void> | undefined;
  private packedBytes = 0;
  private looseBytes = 0;
  private forgottenCalls = 0;

  constructor(private readonly mostLooseBytes = LOOSE_BYTES) {}

  /** Bytes of what is compressed. */
  get bytes(): number {
    return this.packedBytes;
  }

  /** Calls that were not kept: too many waited to be packed, or they could not be. */
  get forgotten(): number {
    return this.forgottenCalls;
  }

  add(call: Call): ArchivePlace {
    const { open } = this;
    const calls = open.calls as Call[];
    const index = calls.push(call) - 1;
    open.wanted += 1;
    const size = sizeOf(call);
    open.loose += size;
    this.looseBytes += size;
    if (calls.length === BLOCK_CALLS) {
      this.open = newBlock();
      this.waiting.push(open);
      while (this.looseBytes > this.mostLooseBytes) {
        const oldest = this.waiting.shift();
        if (oldest === undefined) break;
        this.forgottenCalls += oldest.wanted;
        this.letGo(oldest);
      }
      this.packing ??= this.packAll();
    }
    return { block: open, index };
  }

  /** The place is not wanted any more; a block goes with the last of its calls. */
  release({ block }: ArchivePlace): void {
    block.wanted -= 1;
    if (block.wanted > 0 || block === this.open) return;
    this.packedBytes -= block.packed?.bytes.length ?? 0;
    block.packed = undefined;
    this.letGo(block);
  }

  async read({ block, index }: ArchivePlace): Promise<CallRecord | undefined> {
    const call = block.calls?.[index];
    if (call !== undefined) return recordOf(call);
    if (block.packed === undefined) return undefined;
    const { bytes, bounds } = block.packed;
    if (bounds[index] === bounds[index + 1]) return undefined;
    const unpacked = await decompress(bytes);
    return parseRecord(unpacked.subarray(bounds[index], bounds[index + 1]));
  }

  /** Resolves when all full blocks are packed. */
  async settled(): Promise<void> {
    await this.packing;
  }

  private async packAll(): Promise<void> {
    for (let block = this.waiting.shift(); block !== undefined; block = this.waiting.shift()) {
      try {
        await this.pack(block);
      } catch {
        // No memory, say; those that wait behind it may still fit.
        this.forgottenCalls += block.wanted;
        this.letGo(block);
      }
    }
    this.packing = undefined;
  }

  private async pack(block: Block): Promise<void> {
    const records: Buffer[] = [];
    const bounds = [0];
    for (const call of block.calls ?? []) {
      const bytes = this.bytesOf(call);
      records.push(bytes);
      bounds.push((bounds.at(-1) as number) + bytes.length);
      // The more wait, the more are done at once.
      if (records.length % (1 + this.waiting.length) === 0) await othersFirst();
    }
    const bytes = await compress(Buffer.concat(records), COMPRESSION);
    if (block.wanted === 0) return;
    block.packed = { bytes, bounds };
    this.letGo(block);
    this.packedBytes += bytes.length;
  }

  /** One that cannot be kept is forgotten; its neighbours are not. */
  private bytesOf(call: Call): Buffer {
    try {
      return serializeRecord(recordOf(call));
    } catch {
      this.forgottenCalls += 1;
      return Buffer.alloc(0);
    }
  }

  /** A block's calls as they came are not needed any more. */
  private letGo(block: Block): void {
    block.calls = undefined;
    this.looseBytes -= block.loose;
    block.loose = 0;
  }
}

function newBlock(): Block {
  return { calls: [], packed: undefined, wanted: 0, loose: 0 };
}

/** Of channel data and trace, which are nearly all of a call. */
function sizeOf({ data, trace }: Call): number {
  let size = trace.length * STRING_OVERHEAD * 4;
  for (const [name, value] of data) size += name.length + value.length + 2 * STRING_OVERHEAD;
  return size;
}
