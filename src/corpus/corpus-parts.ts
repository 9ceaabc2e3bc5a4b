/** A corpus in parts that can be read apart: files, and of large plain capture files ranges of bytes. */
import { open } from 'node:fs/promises';
import { STANDARD_INPUT } from '../replay/open-recording.js';

/** A whole recording; or of a capture file the lines that begin within a range of bytes. */
export interface CorpusPart {
  readonly file: string;
  readonly range?: { readonly start: number; readonly end: number };
}

/** What a part takes to read, in bytes of a plain capture file; 0 where nobody can tell. */
export interface WeighedPart extends CorpusPart {
  readonly weight: number;
}

const PART_BYTES = 64 * 1024 * 1024;
/** Other recordings take longer to read, and compressed ones hold more than they have bytes. */
const WEIGHT_OF_OTHERS = 8;
/** How a line of a capture file begins. */
export const CAPTURE_START = '{"capture":';

/** Files that cannot be opened are parts too: reading them tells what is wrong. */
export async function partsOf(files: readonly string[]): Promise<WeighedPart[]> {
  const parts = await Promise.all(files.map(partsOfFile));
  return parts.flat();
}

async function partsOfFile(file: string): Promise<WeighedPart[]> {
  const { size, isCaptures } = file === STANDARD_INPUT ? UNKNOWN : await lookAt(file);
  if (!isCaptures) return [{ file, weight: size * WEIGHT_OF_OTHERS }];
  const count = Math.max(1, Math.ceil(size / PART_BYTES));
  return Array.from({ length: count }, (_, index) => {
    const start = index * PART_BYTES;
    const end = Math.min(size, start + PART_BYTES);
    return { file, range: { start, end }, weight: end - start };
  });
}

interface Look {
  readonly size: number;
  /** Whether it is a plain capture file. */
  readonly isCaptures: boolean;
}

const UNKNOWN: Look = { size: 0, isCaptures: false };

async function lookAt(file: string): Promise<Look> {
  try {
    await using handle = await open(file);
    const { buffer } = await handle.read(Buffer.alloc(CAPTURE_START.length), 0, CAPTURE_START.length, 0);
    const entry = await handle.stat();
    return { size: entry.size, isCaptures: entry.isFile() && buffer.toString('latin1') === CAPTURE_START };
  } catch {
    return UNKNOWN;
  }
}
