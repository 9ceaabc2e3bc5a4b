/** A corpus in parts that can be read apart: files, and of large plain capture files ranges of bytes. */
import { open } from 'node:fs/promises';
import { STANDARD_INPUT } from '../replay/open-recording.js';

/** A whole recording; or of a capture file the lines that begin within a range of bytes. */
export interface CorpusPart {
  readonly file: string;
  readonly range?: { readonly start: number; readonly end: number };
}

const PART_BYTES = 64 * 1024 * 1024;
/** How a line of a capture file begins. */
export const CAPTURE_START = '{"capture":';

/** Files that cannot be opened are parts too: reading them tells what is wrong. */
export async function partsOf(files: readonly string[]): Promise<CorpusPart[]> {
  const parts = await Promise.all(files.map(partsOfFile));
  return parts.flat();
}

async function partsOfFile(file: string): Promise<CorpusPart[]> {
  const size = file === STANDARD_INPUT ? undefined : await sizeOfCaptures(file);
  if (size === undefined) return [{ file }];
  const count = Math.max(1, Math.ceil(size / PART_BYTES));
  return Array.from({ length: count }, (_, index) => ({
    file,
    range: { start: index * PART_BYTES, end: Math.min(size, (index + 1) * PART_BYTES) },
  }));
}

/** Undefined for what is no plain capture file. */
async function sizeOfCaptures(file: string): Promise<number | undefined> {
  try {
    await using handle = await open(file);
    const { buffer } = await handle.read(Buffer.alloc(CAPTURE_START.length), 0, CAPTURE_START.length, 0);
    const entry = await handle.stat();
    return entry.isFile() && buffer.toString('latin1') === CAPTURE_START ? entry.size : undefined;
  } catch {
    return undefined;
  }
}
