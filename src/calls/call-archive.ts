/**
 * Calls that ended, whole, in little memory. Neighbours resemble each other, so blocks of them are compressed together, away
 * from the main thread; turning a call to bytes is done between other work, one call at a time.
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
}

interface Packed {
  readonly bytes: Buffer;
  /** Where each call begins in what is packed, and where the last one ends. */
  readonly bounds: readonly number[];
}

const BLOCK_CALLS = 16;
/** Memory is bounded by the processor here: a finer compression would not be paid back. */
const COMPRESSION = { level: 1 };

const compress = promisify(deflate) as (bytes: Buffer, options: typeof COMPRESSION) => Promise<Buffer>;
const decompress = promisify<Buffer, Buffer>(inflate);

export class CallArchive {
  private open = newBlock();
  private packing: Promise<void> = Promise.resolve();
  private packedBytes = 0;

  /** Bytes of what is compressed. */
  get bytes(): number {
    return this.packedBytes;
  }

  add(call: Call): ArchivePlace {
    const { open } = this;
    const calls = open.calls as Call[];
    const index = calls.push(call) - 1;
    open.wanted += 1;
    if (calls.length === BLOCK_CALLS) {
      this.open = newBlock();
      this.packing = this.packing.then(() => this.pack(open));
    }
    return { block: open, index };
  }

  /** The place is not wanted any more; a block goes with the last of its calls. */
  release({ block }: ArchivePlace): void {
    block.wanted -= 1;
    if (block.wanted > 0 || block === this.open) return;
    this.packedBytes -= block.packed?.bytes.length ?? 0;
    block.packed = undefined;
    block.calls = undefined;
  }

  async read({ block, index }: ArchivePlace): Promise<CallRecord | undefined> {
    const call = block.calls?.[index];
    if (call !== undefined) return recordOf(call);
    if (block.packed === undefined) return undefined;
    const { bytes, bounds } = block.packed;
    const unpacked = await decompress(bytes);
    return parseRecord(unpacked.subarray(bounds[index], bounds[index + 1]));
  }

  /** Resolves when all full blocks are packed. */
  async settled(): Promise<void> {
    await this.packing;
  }

  private async pack(block: Block): Promise<void> {
    const records: Buffer[] = [];
    const bounds = [0];
    for (const call of block.calls ?? []) {
      const bytes = serializeRecord(recordOf(call));
      records.push(bytes);
      bounds.push((bounds.at(-1) as number) + bytes.length);
      await othersFirst();
    }
    const bytes = await compress(Buffer.concat(records), COMPRESSION);
    if (block.wanted === 0) return;
    block.packed = { bytes, bounds };
    block.calls = undefined;
    this.packedBytes += bytes.length;
  }
}

function newBlock(): Block {
  return { calls: [], packed: undefined, wanted: 0 };
}
