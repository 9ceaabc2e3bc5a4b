/**
 * Calls that ended, whole, in little memory. Each is turned to bytes as soon as others have had their turn: its objects are many,
 * and die young that way. Neighbours resemble each other, so blocks of them are compressed together, away from the main thread. Where
 * calls end faster than that, what waits is bounded: the oldest of it are forgotten, for calls must not wait for their own records.
 */
import { setImmediate as othersFirst } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Call } from './call.js';
import { recordOf, type CallRecord } from './call-record.js';
import { packRecord, unpackRecord } from './pack-record.js';

/** Where a call is kept; worthless once it was released. */
export interface ArchivePlace {
  readonly block: Block;
  readonly index: number;
}

interface Block {
  /** As they came, from the first on turned to bytes; undefined once they are packed. */
  calls: (Call | Uint8Array)[] | undefined;
  /** How many of them are bytes. */
  serialized: number;
  packed: Packed | undefined;
  /** How many of its calls are still wanted. */
  wanted: number;
  /** About how much memory its calls take until they are packed. */
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
  /** Blocks that are not packed yet, the oldest first. */
  private readonly waiting: Block[] = [];
  private readonly unserialized: ArchivePlace[] = [];
  private serializing: Promise<void> | undefined;
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
    const calls = open.calls as (Call | Uint8Array)[];
    if (calls.length === 0) this.waiting.push(open);
    const place = { block: open, index: calls.push(call) - 1 };
    open.wanted += 1;
    this.grow(open, sizeOf(call));
    if (calls.length === BLOCK_CALLS) {
      this.open = newBlock();
      this.forgetOldest();
    }
    this.unserialized.push(place);
    this.serializing ??= this.serializeAll();
    return place;
  }

  /** The place is not wanted any more; a block goes with the last of its calls. */
  release({ block }: ArchivePlace): void {
    block.wanted -= 1;
    if (block.wanted > 0 || block === this.open) return;
    this.packedBytes -= block.packed?.bytes.length ?? 0;
    block.packed = undefined;
    const place = this.waiting.indexOf(block);
    if (place >= 0) this.waiting.splice(place, 1);
    this.letGo(block);
  }

  async read({ block, index }: ArchivePlace): Promise<CallRecord | undefined> {
    const call = block.calls?.[index];
    if (call instanceof Uint8Array) return recordIn(call);
    if (call !== undefined) return recordOf(call);
    if (block.packed === undefined) return undefined;
    const { bytes, bounds } = block.packed;
    return recordIn((await decompress(bytes)).subarray(bounds[index], bounds[index + 1]));
  }

  /** Resolves when all full blocks are packed. */
  async settled(): Promise<void> {
    await this.serializing;
    await this.packing;
  }

  /** Blocks that wait, while they take too much; not the open one. */
  private forgetOldest(): void {
    while (this.looseBytes > this.mostLooseBytes) {
      const oldest = this.waiting.shift();
      if (oldest === undefined) return;
      this.forgottenCalls += oldest.wanted;
      this.letGo(oldest);
    }
  }

  private async serializeAll(): Promise<void> {
    while (this.unserialized.length > 0) {
      await othersFirst();
      // The more wait, the more are done at once.
      for (let count = 1 + this.unserialized.length / BLOCK_CALLS; count >= 1; count -= 1) this.serializeNext();
    }
    this.serializing = undefined;
  }

  private serializeNext(): void {
    const { block, index } = this.unserialized.shift() as ArchivePlace;
    const call = block.calls?.[index];
    if (block.calls === undefined || call === undefined || call instanceof Uint8Array) return;
    const bytes = this.bytesOf(call);
    block.calls[index] = bytes;
    this.grow(block, bytes.length - sizeOf(call));
    block.serialized += 1;
    if (block.serialized === BLOCK_CALLS) this.packing ??= this.packAll();
  }

  private async packAll(): Promise<void> {
    for (let [block] = this.waiting; block?.serialized === BLOCK_CALLS; [block] = this.waiting) {
      this.waiting.shift();
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
    const records = block.calls as Uint8Array[];
    const bounds = [0];
    for (const { length } of records) bounds.push((bounds.at(-1) as number) + length);
    const bytes = await compress(Buffer.concat(records), COMPRESSION);
    if (block.wanted === 0) return;
    block.packed = { bytes, bounds };
    this.letGo(block);
    this.packedBytes += bytes.length;
  }

  /** One that cannot be kept is forgotten; its neighbours are not. */
  private bytesOf(call: Call): Buffer {
    try {
      return packRecord(recordOf(call));
    } catch {
      this.forgottenCalls += 1;
      return Buffer.alloc(0);
    }
  }

  private grow(block: Block, bytes: number): void {
    block.loose += bytes;
    this.looseBytes += bytes;
  }

  /** A block's calls are not needed any more as they are. */
  private letGo(block: Block): void {
    block.calls = undefined;
    this.grow(block, -block.loose);
  }
}

function newBlock(): Block {
  return { calls: [], serialized: 0, packed: undefined, wanted: 0, loose: 0 };
}

/** One that could not be turned to bytes has none. */
function recordIn(bytes: Uint8Array): CallRecord | undefined {
  return bytes.length === 0 ? undefined : (unpackRecord(bytes) as CallRecord);
}

/** Of channel data and trace, which are nearly all of a call. */
function sizeOf({ data, trace }: Call): number {
  let size = trace.length * STRING_OVERHEAD * 4;
  // A loop over its entries makes an array of each.
  data.forEach((value, name) => {
    size += name.length + value.length + 2 * STRING_OVERHEAD;
  });
  return size;
}
