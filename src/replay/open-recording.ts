/** The bytes of a recording: a file or standard input, as it is or compressed with gzip or zstd. */
import { createReadStream } from 'node:fs';
import process from 'node:process';
import { Readable, type TransformOptions } from 'node:stream';
import { createGunzip, type ZlibOptions } from 'node:zlib';
import { Decompress } from 'fzstd';
import { firstBytes, withFirst } from './first-bytes.js';

export const STANDARD_INPUT = '-';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
/** Each piece is a turn of zlib's thread and of the event loop: with Node's 16 KB these take twice as long as decompressing. */
const GUNZIP_BYTES = 256 * 1024;
/** So far zlib's thread may be ahead of who reads, so that both have something to do. */
const GUNZIP_AHEAD = 4 * GUNZIP_BYTES;
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/**
 * Yields a recording's bytes, decompressed.
 * @param onRead told how many bytes were read, compressed, each time
 * @throws what the file cannot be opened or decompressed for
 */
export async function* openRecording(file: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer, void> {
  const stream: AsyncIterable<Buffer> = file === STANDARD_INPUT ? process.stdin : createReadStream(file);
  const chunks = counted(stream, onRead);
  const beginning = firstBytes(chunks, ZSTD_MAGIC.length);
  const whole = withFirst(beginning, chunks);
  const first = await beginning;
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

async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const gzip = createGunzip({ chunkSize: GUNZIP_BYTES, readableHighWaterMark: GUNZIP_AHEAD } as ZlibOptions &
    TransformOptions);
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
