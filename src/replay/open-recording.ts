/** The bytes of a recording: a file or standard input, as it is or compressed with gzip or zstd. */
import { createReadStream } from 'node:fs';
import process from 'node:process';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';

export const STANDARD_INPUT = '-';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
/** Each piece is a turn of zlib's thread and of the event loop: with Node's 16 KB these take twice as long as decompressing. */
const GUNZIP_BYTES = 256 * 1024;
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/**
 * Yields a recording's bytes, decompressed.
 * @param onRead told how many bytes were read, compressed, each time
 * @throws what the file cannot be opened or decompressed for
 */
export async function* openRecording(file: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer, void> {
  const stream: AsyncIterable<Buffer> = file === STANDARD_INPUT ? process.stdin : createReadStream(file);
  const chunks = counted(stream, onRead);
  const first = await firstBytes(chunks);
  const whole = joined(first, chunks);
  if (first.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)) yield* gunzip(whole);
  else if (first.subarray(0, ZSTD_MAGIC.length).equals(ZSTD_MAGIC)) yield* unzstd(whole);
  else yield* whole;
}

async function* counted(stream: AsyncIterable<Buffer>, onRead: (bytes: number) => void): AsyncGenerator<Buffer, void> {
  for await (const chunk of stream) {
    onRead(chunk.length);
    yield chunk;
  }
}

/** As many bytes as tell the compression, if there are so many. */
async function firstBytes(chunks: AsyncGenerator<Buffer, void>): Promise<Buffer> {
  let first = Buffer.alloc(0);
  while (first.length < ZSTD_MAGIC.length) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    first = Buffer.concat([first, value]);
  }
  return first;
}

async function* joined(first: Buffer, rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  if (first.length > 0) yield first;
  yield* rest;
}

async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const gzip = createGunzip({ chunkSize: GUNZIP_BYTES });
  const source = Readable.from(chunks);
  source.on('error', (error) => gzip.destroy(error));
  source.pipe(gzip);
  for await (const chunk of gzip) yield chunk as Buffer;
}

async function* unzstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let ready: Buffer[] = [];
  const zstd = new Decompress((chunk) => {
    if (chunk.length > 0) ready.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  });
  for await (const chunk of chunks) {
    zstd.push(chunk);
    yield* ready;
    ready = [];
  }
  zstd.push(new Uint8Array(0), true);
  yield* ready;
}
