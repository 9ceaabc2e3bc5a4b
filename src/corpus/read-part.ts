/** Reads the calls of one part of a corpus, in bounded memory. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Bytes } from '../bytes.js';
import type { AnswerSource } from '../replay/answer-source.js';
import { LineCutter, LONGEST_DUMP } from '../replay/byte-lines.js';
import { callOfPiece } from '../replay/call-of-piece.js';
import { parseJson } from '../replay/json-bytes.js';
import { openRecording, STANDARD_INPUT } from '../replay/open-recording.js';
import { readCalls } from '../replay/read-calls.js';
import type { RecordedCall } from '../replay/recorded-call.js';
import { CaptureLine } from './capture-line.js';
import { firstAnswer, type CorpusCall } from './corpus-call.js';
import { CAPTURE_START, type CorpusPart } from './corpus-parts.js';

export interface PartReader {
  /** What is known besides the recordings. */
  readonly sources: readonly AnswerSource[];
  /** The server's zone where a recording does not tell it. */
  readonly timezone: string;
  /** The time of calls whose recording does not tell it. */
  readonly now: number;
  onCall(call: CorpusCall): void;
  onUnreadable(line: number, message: string): void;
  /** Told how many bytes of the file were read, each time. */
  onBytes(bytes: number): void;
}

const BLOCK_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;

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
    else reader.onCall(corpusCall(call, part, last, reader));
  }
  return last;
}

/** Lines of captures to calls: those of Parkway's own form one way, any other JSON another. */
class CaptureLines {
  private readonly line = new CaptureLine();
  private number = 0;
  private readonly call: CorpusCall & { place: CorpusCall['place']; moment: CorpusCall['moment'] };

  constructor(
    private readonly part: number,
    private readonly reader: PartReader,
  ) {
    const { line } = this;
    this.call = {
      place: { part, line: 0 },
      data: line,
      answers: firstAnswer([
        { global: (name) => line.answers.global(name), api: (call, moment) => line.answers.api(call, moment) },
        ...reader.sources,
      ]),
      moment: { epochMs: 0, serverZone: reader.timezone },
    };
  }

  get count(): number {
    return this.number;
  }

  take(text: Bytes): void {
    this.number += 1;
    const { line, call, reader, part, number } = this;
    if (line.take(text)) {
      call.place = { part, line: number };
      call.moment = { epochMs: line.arrivedAt, serverZone: line.timezone ?? reader.timezone };
      reader.onCall(call);
    } else if (text.trim() !== '') this.takeOther(text);
  }

  /** Counts a line that is not read. */
  passOver(why: string): void {
    this.number += 1;
    this.reader.onUnreadable(this.number, why);
  }

  private takeOther(text: Bytes): void {
    const { reader, part, number } = this;
    let found: ReturnType<typeof callOfPiece>;
    try {
      found = callOfPiece({ kind: 'json', line: number, ...parseJson(text) });
    } catch (error) {
      reader.onUnreadable(number, `expected JSON: ${(error as Error).message}`);
      return;
    }
    if (found?.kind === 'problem') reader.onUnreadable(number, found.message);
    else if (found !== undefined) reader.onCall(corpusCall({ ...found, location: '' }, part, number, reader));
  }
}

function corpusCall(call: RecordedCall, part: number, line: number, reader: PartReader): CorpusCall {
  return {
    place: { part, line },
    data: call.data,
    answers: firstAnswer([call.answers, ...reader.sources]),
    moment: { epochMs: call.time?.epochMs ?? reader.now, serverZone: call.timezone ?? reader.timezone },
  };
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
    let block = Buffer.allocUnsafe(BLOCK_BYTES);
    // One byte earlier, to see whether a line begins at the start.
    let position = Math.max(0, start - 1);
    let isWithin = start === 0;
    let held = 0;
    for (;;) {
      if (held > LONGEST_DUMP) {
        if (isWithin) lines.passOver(`expected a line of at most ${LONGEST_DUMP} bytes, found a longer one`);
        isWithin = false;
        position += held;
        held = 0;
      } else if (held === block.length) block = Buffer.concat([block], block.length * 2);
      const read = readSync(handle, block, held, block.length - held, position + held);
      const filled = block.subarray(0, held + read);
      let from = 0;
      for (let at = filled.indexOf(LINE_FEED); at >= 0; at = filled.indexOf(LINE_FEED, from)) {
        if (isWithin) lines.take(filled.toString('latin1', from, at));
        isWithin = true;
        from = at + 1;
        if (position + from >= end) return lines.count;
      }
      if (read === 0) {
        if (isWithin && from < filled.length) lines.take(filled.toString('latin1', from));
        return lines.count;
      }
      reader.onBytes(read);
      block.copyWithin(0, from, filled.length);
      held = filled.length - from;
      position += from;
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
  const cutter = new LineCutter();
  const onRead = (bytes: number): void => {
    reader.onBytes(bytes);
  };
  try {
    for await (const chunk of openRecording(file, onRead)) {
      for (const { text } of cutter.push(chunk)) lines.take(text);
    }
    for (const { text } of cutter.end()) lines.take(text);
  } catch (error) {
    reader.onUnreadable(lines.count, (error as Error).message);
  }
  return lines.count;
}

/** `file:line` */
function lineOf(location: string): number {
  return Number(/:(\d+)$/.exec(location)?.[1] ?? 0);
}
