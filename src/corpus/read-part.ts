/** Reads the calls of one part of a corpus, in bounded memory. */
import { closeSync, openSync, readSync } from 'node:fs';
import { openRecording, STANDARD_INPUT } from '../replay/open-recording.js';
import { readCalls } from '../replay/read-calls.js';
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
  if (file !== STANDARD_INPUT && (await isCaptures(file))) return readCaptures(file, lines, reader);
  let last = 0;
  for await (const call of readCalls([file], {
    onRead: (bytes) => {
      reader.onBytes(bytes);
    },
  })) {
    last = lineOf(call.location);
    if (call.kind === 'unreadable') reader.onUnreadable(last, call.message);
    else reader.onCall(corpusCall(call, { part, line: last }, reader));
  }
  return last;
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

async function isCaptures(file: string): Promise<boolean> {
  try {
    for await (const chunk of openRecording(file, () => undefined)) {
      return chunk.toString('latin1', 0, CAPTURE_START.length) === CAPTURE_START;
    }
    return false;
  } catch {
    return false;
  }
}

async function readCaptures(file: string, lines: CaptureLines, reader: PartReader): Promise<number> {
  const block = new LineBlock(0);
  const onRead = (bytes: number): void => {
    reader.onBytes(bytes);
  };
  try {
    for await (const chunk of openRecording(file, onRead)) {
      for (let taken = 0; taken < chunk.length;) {
        const from = taken;
        taken += block.fill((bytes, at, most) => chunk.copy(bytes, at, from, from + most));
        while (block.advance()) lines.take(block);
      }
    }
    if (block.advanceToRest()) lines.take(block);
  } catch (error) {
    reader.onUnreadable(lines.count, (error as Error).message);
  }
  return lines.count;
}

/** `file:line` */
function lineOf(location: string): number {
  return Number(/:(\d+)$/.exec(location)?.[1] ?? 0);
}
