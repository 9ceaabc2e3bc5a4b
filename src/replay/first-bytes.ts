/** What a stream begins with, which tells what it is; and the stream from its beginning again. */

/** As many bytes as are asked for, or some more; fewer if there are not so many. */
export async function firstBytes(chunks: AsyncGenerator<Buffer, void>, count: number): Promise<Buffer> {
  let first = Buffer.alloc(0);
  while (first.length < count) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    first = Buffer.concat([first, value]);
  }
  return first;
}

/** @param first may fail: whoever reads is told of it */
export async function* withFirst(
  first: Promise<Buffer>,
  rest: AsyncGenerator<Buffer, void>,
): AsyncGenerator<Buffer, void> {
  const bytes = await first;
  if (bytes.length > 0) yield bytes;
  yield* rest;
}
