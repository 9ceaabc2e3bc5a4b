/**
 * Capture files read backwards: what was written last comes first, and nothing is decompressed that is not wanted. A file is a
 * row of gzip members of whole lines, and where a member begins can be seen in the compressed bytes.
 */
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { constants, gunzip, type ZlibOptions } from 'node:zlib';

export interface CaptureBlock {
  /** The file's name. */
  readonly file: string;
  /** Where it stands among the file's bytes. */
  readonly start: number;
  readonly end: number;
  /** Its lines in the order in which they were written, without line breaks. */
  readonly lines: readonly Buffer[];
  /** How long it is decompressed. */
  readonly bytes: number;
}

export interface BlocksWanted {
  /** Go on there: with the block that ends there, then those before it. */
  readonly from?: { readonly file: string; readonly end: number };
  /** Epoch milliseconds: files are passed over that have no call that arrived then or later… */
  readonly since?: number;
  /** …or then or earlier, calls that took longer than a day aside. */
  readonly until?: number;
  /** Hears of a file, or a part of one, that cannot be read; one that is gone meanwhile is none. */
  readonly onUnreadable: (file: string) => void;
}

interface CompressedBlock {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

const CAPTURE_FILE = /^calls-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-\d+\.ndjson\.gz$/;
/** How Parkway's members begin: deflate, no name, no time. Compressed lines of JSON, which has no NUL, hold no row of NULs. */
const MEMBER_START = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
const CHUNK_BYTES = 256 * 1024;
/** More than Parkway ever has to write at once. */
const LARGEST_BLOCK = 16 * 1024 * 1024;
/** The last member of a file may end early: what there is of it counts. */
const DECOMPRESSION: ZlibOptions = {
  maxOutputLength: 4 * LARGEST_BLOCK,
  chunkSize: CHUNK_BYTES,
  finishFlush: constants.Z_SYNC_FLUSH,
};
const LINE_FEED = 0x0a;
const DAY_MS = 86_400_000;
/** How much a file system's clock may be behind. */
const CLOCK_MS = 1_000;

const decompress = promisify<Buffer, ZlibOptions, Buffer>(gunzip);

export function isCaptureFile(name: string): boolean {
  return CAPTURE_FILE.test(name);
}

/** @throws what the system says where the directory cannot be read */
export async function* newestBlocks(directory: string, wanted: BlocksWanted): AsyncGenerator<CaptureBlock, void> {
  const { from, since = 0, until = Infinity, onUnreadable } = wanted;
  const names = (await readdir(directory)).filter(isCaptureFile).sort().reverse();
  for (const file of names) {
    if (from !== undefined && file > from.file) continue;
    if (begunAt(file) > until + DAY_MS) continue;
    try {
      const { size, mtimeMs } = await fileAt(path.join(directory, file));
      if (mtimeMs + CLOCK_MS < since) continue;
      const end = from?.file === file ? Math.min(from.end, size) : size;
      yield* blocksOf(directory, file, end, onUnreadable);
    } catch (error) {
      if (!isGone(error)) onUnreadable(file);
    }
  }
}

/** The block that begins there; undefined where there is none, or no file. */
export async function blockAt(directory: string, file: string, start: number): Promise<CaptureBlock | undefined> {
  if (!isCaptureFile(file)) return undefined;
  try {
    const { size } = await fileAt(path.join(directory, file));
    const handle = await open(path.join(directory, file));
    try {
      const end = await memberEnd(handle, start, size);
      const bytes = await readBytes(handle, start, end);
      return await decompressed(file, { start, end, bytes });
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

async function* blocksOf(
  directory: string,
  file: string,
  end: number,
  onUnreadable: (file: string) => void,
): AsyncGenerator<CaptureBlock, void> {
  const handle = await open(path.join(directory, file));
  try {
    for await (const compressed of membersBackwards(handle, end)) {
      const block = await decompressed(file, compressed).catch(() => undefined);
      if (block === undefined) onUnreadable(file);
      else yield block;
    }
  } finally {
    await handle.close();
  }
}

async function* membersBackwards(handle: FileHandle, end: number): AsyncGenerator<CompressedBlock, void> {
  let position = end;
  /** What stands from `position` on and is no part of a member that was found. */
  let kept = Buffer.alloc(0);
  /** No member begins in it behind this. */
  let below = 0;
  while (position + kept.length > 0) {
    const begin = kept.lastIndexOf(MEMBER_START, below);
    const start = begin < 0 && position === 0 ? 0 : begin;
    if (start >= 0) {
      yield { start: position + start, end: position + kept.length, bytes: kept.subarray(start) };
      kept = kept.subarray(0, start);
      below = start;
      continue;
    }
    if (kept.length > LARGEST_BLOCK) throw new Error('no file of Parkway’s');
    const length = Math.min(position, Math.max(CHUNK_BYTES, kept.length));
    position -= length;
    kept = Buffer.concat([await readBytes(handle, position, position + length), kept]);
    below = length - 1;
  }
}

async function memberEnd(handle: FileHandle, start: number, size: number): Promise<number> {
  const most = Math.min(size, start + LARGEST_BLOCK);
  for (let position = start + 1; position < most; position += CHUNK_BYTES) {
    const bytes = await readBytes(handle, position, Math.min(most, position + CHUNK_BYTES + MEMBER_START.length));
    const found = bytes.indexOf(MEMBER_START);
    if (found >= 0) return position + found;
  }
  return most;
}

async function readBytes(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

async function decompressed(file: string, { start, end, bytes }: CompressedBlock): Promise<CaptureBlock> {
  const text = await decompress(bytes, DECOMPRESSION);
  return { file, start, end, lines: linesOf(text), bytes: text.length };
}

function linesOf(text: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < text.length;) {
    const at = text.indexOf(LINE_FEED, start);
    const end = at < 0 ? text.length : at;
    lines.push(text.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

/** Only of files: what else has such a name could be read without end. @throws what the system says */
async function fileAt(file: string): Promise<{ readonly size: number; readonly mtimeMs: number }> {
  const found = await stat(file);
  if (!found.isFile()) throw new Error(`expected a file, found something else: ${file}`);
  return found;
}

function begunAt(file: string): number {
  return Date.parse(file.replace(CAPTURE_FILE, '$1-$2-$3T$4:$5:$6.$7Z'));
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
