/** Every call that files or standard input tell of, one after the other, in bounded memory. */
import { stat } from 'node:fs/promises';
import { LineCutter, type Line } from './byte-lines.js';
import { callOfPiece } from './call-of-piece.js';
import { DumpSplitter, type Piece } from './dump-splitter.js';
import { openRecording, STANDARD_INPUT } from './open-recording.js';
import { RecentChannels } from './recent-channels.js';
import type { RecordedCall, UnreadableDump } from './recorded-call.js';

export interface ReadCallsOptions {
  /** Told how many bytes were read of a file, before decompression, each time. */
  readonly onRead?: (bytes: number) => void;
}

/**
 * Reads all dumps of all files, whatever their formats. One that cannot be read is reported in its place, and so is a file;
 * the others follow.
 * @param files paths; `-` is standard input
 */
export async function* readCalls(
  files: Iterable<string>,
  options: ReadCallsOptions = {},
): AsyncGenerator<RecordedCall | UnreadableDump, void> {
  for (const file of files) yield* readFileCalls(file, options);
}

/** The bytes all files have; undefined if one of them is no plain file. */
export async function sizeOfRecordings(files: Iterable<string>): Promise<number | undefined> {
  let size = 0;
  for (const file of files) {
    const entry = file === STANDARD_INPUT ? undefined : await stat(file).catch(() => undefined);
    if (entry?.isFile() !== true) return undefined;
    size += entry.size;
  }
  return size;
}

async function* readFileCalls(
  file: string,
  { onRead = () => undefined }: ReadCallsOptions,
): AsyncGenerator<RecordedCall | UnreadableDump, void> {
  yield* callsOf(file, openRecording(file, onRead));
}

/** The same of the bytes of a file that was opened already. */
export async function* callsOf(
  file: string,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<RecordedCall | UnreadableDump, void> {
  const name = file === STANDARD_INPUT ? 'standard input' : file;
  const reader = new CallReader(name);
  try {
    for await (const chunk of chunks) yield* reader.push(chunk);
    yield* reader.end();
  } catch (error) {
    yield { kind: 'unreadable', location: name, message: describe(error as NodeJS.ErrnoException) };
  }
}

/** Calls of one recording, as its bytes come. */
export class CallReader {
  private readonly cutter = new LineCutter();
  private readonly splitter = new DumpSplitter();
  private readonly seen = new RecentChannels();
  private isEmpty = true;

  constructor(private readonly name: string) {}

  *push(chunk: Buffer): Generator<RecordedCall | UnreadableDump, void> {
    for (const line of this.cutter.push(chunk)) yield* this.take(line);
  }

  *end(): Generator<RecordedCall | UnreadableDump, void> {
    for (const line of this.cutter.end()) yield* this.take(line);
    for (const piece of this.splitter.end()) yield* this.read(piece);
    yield* this.seen.end();
    if (this.isEmpty) {
      const message = "expected dumps of channels (uuid_dump, events, captures, a log with info's output), found none";
      yield { kind: 'unreadable', location: this.name, message };
    }
  }

  private *take(line: Line): Generator<RecordedCall | UnreadableDump, void> {
    for (const piece of this.splitter.push(line)) yield* this.read(piece);
  }

  private *read(piece: Piece): Generator<RecordedCall | UnreadableDump, void> {
    const location = `${this.name}:${piece.line}`;
    const found = piece.kind === 'stray' ? piece : callOfPiece(piece);
    if (found === undefined) return;
    if (found.kind !== 'call') {
      this.isEmpty = false;
      yield { kind: 'unreadable', location, message: found.message };
    } else {
      this.isEmpty = false;
      yield* this.seen.take({ ...found, location });
    }
  }
}

function describe({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'expected a file, found a directory';
    default:
      return message;
  }
}
