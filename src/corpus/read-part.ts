/** Reads the calls of one part of a corpus, in bounded memory. */
import { closeSync, openSync, readSync } from 'node:fs';
import { firstBytes, withFirst } from '../replay/first-bytes.js';
import { openRecording } from '../replay/open-recording.js';
import { callsOf } from '../replay/read-calls.js';
import { CaptureLines } from './capture-lines.js';
import { corpusCall, type CorpusCall, type KnownBesides } from './corpus-call.js';
import { CAPTURE_START, type CorpusPart } from './corpus-parts.js';
import { LineBlock } from './line-block.js';

export interface PartReader extends KnownBesides {
  onCall(call: CorpusCall): void;
  onUnreadable(line: number, message: string): void;
  /** Told how many bytes of the file were read, each time. */
  onBytes(bytes: number): void;
}

/** Returns how many lines there were. @param part its number among all */
export async function readPart({ file, range }: CorpusPart, part: number, reader: PartReader): Promise<number> {
  const lines = new CaptureLines(part, reader);
  if (range !== undefined) return readRange(file, range, lines, reader);
  const chunks = openRecording(file, (bytes) => {
    reader.onBytes(bytes);
  });
  const beginning = firstBytes(chunks, CAPTURE_START.length);
  const whole = withFirst(beginning, chunks);
  if (await beginning.then(isCaptures, () => false)) return readCaptures(whole, lines, reader);
  let last = 0;
  for await (const call of callsOf(file, whole)) {
    last = lineOf(call.location);
    if (call.kind === 'unreadable') reader.onUnreadable(last, call.message);
    else reader.onCall(corpusCall(call, { part, line: last }, reader));
  }
  return last;
}

function isCaptures(beginning: Buffer): boolean {
  return beginning.toString('latin1', 0, CAPTURE_START.length) === CAPTURE_START;
}

/** Blocking, for a thread that has nothing else to do; a line belongs to the range its first byte lies in. */
function readRange(
  file: string,
  { start, end }: NonNullable<CorpusPart['range']>,
  lines: CaptureLines,
  reader: PartReader,
): number {
  const handle = openSync(file, 'r');
  try {
    // One byte earlier, to see whether a line begins at the start.
    let position = Math.max(0, start - 1);
    let isWithin = start === 0;
    const block = new LineBlock(position);
    for (;;) {
      while (block.advance()) {
        if (isWithin) lines.take(block);
        isWithin = true;
        if (block.nextOffset >= end) return lines.count;
      }
      const read = block.fill((bytes, at, most) => readSync(handle, bytes, at, most, position));
      if (read === 0) {
        if (isWithin && block.advanceToRest()) lines.take(block);
        return lines.count;
      }
      position += read;
      reader.onBytes(read);
    }
  } finally {
    closeSync(handle);
  }
}

async function readCaptures(chunks: AsyncIterable<Buffer>, lines: CaptureLines, reader: PartReader): Promise<number> {
  const block = new LineBlock(0);
  try {
    for await (const chunk of chunks) takeLines(chunk, block, lines);
    if (block.advanceToRest()) lines.take(block);
  } catch (error) {
    reader.onUnreadable(lines.count, (error as Error).message);
  }
  return lines.count;
}

function takeLines(chunk: Buffer, block: LineBlock, lines: CaptureLines): void {
  for (let taken = 0; taken < chunk.length;) {
    const from = taken;
    taken += block.fill((bytes, at, most) => chunk.copy(bytes, at, from, from + most));
    while (block.advance()) lines.take(block);
  }
}

/** `file:line` */
function lineOf(location: string): number {
  return Number(/:(\d+)$/.exec(location)?.[1] ?? 0);
}
