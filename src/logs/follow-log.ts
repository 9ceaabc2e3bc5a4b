/**
 * Reads a log as it grows, rotated files first, across rotations: when the file is another, what is left of the one before is
 * read to its end, then whatever was rotated in between, then the new one. A file that was truncated is read from its beginning.
 */
import { watch, type FSWatcher } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { LineCutter, type Line } from '../replay/byte-lines.js';
import { openRecording } from '../replay/open-recording.js';
import { RotatedNames, whereRotated } from './rotated-names.js';

/** There is no more for now. */
export const CAUGHT_UP = Symbol('caught up');

export interface FollowOptions {
  /** Rotated files with nothing newer are passed over, all but the last of them; epoch milliseconds. */
  readonly since: number;
  /** Whether to wait for what is written later. */
  readonly isFollowed: boolean;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Told why a rotated file could not be read. */
  onUnreadable(file: string, reason: string): void;
}

const CHUNK_BYTES = 256 * 1024;
/** Where changes are not told, as on a network's file system. */
const LOOK_AGAIN_MS = 1_000;

/** @throws if there is no such log, or it cannot be read */
export async function* followLog(
  file: string,
  options: FollowOptions,
): AsyncGenerator<Line | typeof CAUGHT_UP, void, void> {
  const log = new FollowedLog(file, options);
  try {
    yield* log.lines();
  } finally {
    await log.close();
  }
}

class FollowedLog {
  private readonly names: RotatedNames;
  private readonly changes: Changes;
  private readonly chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  private handle: FileHandle | undefined;
  /** Rotated before the file that is read. */
  private rotated: readonly string[] = [];
  private hasCaughtUp = false;

  constructor(
    private readonly file: string,
    private readonly options: FollowOptions,
  ) {
    this.names = new RotatedNames(file);
    this.changes = new Changes(file, options.signal);
  }

  async *lines(): AsyncGenerator<Line | typeof CAUGHT_UP, void, void> {
    const { since, isFollowed } = this.options;
    let missed = await this.openCurrent();
    if (this.handle === undefined && missed.length === 0 && !isFollowed) {
      throw new Error(`${this.file}: there is no such file`);
    }
    const wanted = missed.findIndex((file) => this.names.rotatedAt(file) >= since);
    missed = missed.slice(Math.max(0, (wanted < 0 ? missed.length : wanted) - 1));
    for (;;) {
      for (const each of missed) yield* this.rotatedLines(each);
      yield* this.growingLines();
      if (!isFollowed || this.options.signal.aborted) return;
      missed = await this.openNext();
    }
  }

  async close(): Promise<void> {
    this.changes.close();
    await this.handle?.close();
  }

  /** Opens the file, if it is there, and lists what was rotated before it. */
  private async openCurrent(): Promise<readonly string[]> {
    for (;;) {
      this.handle = await openIfThere(this.file);
      this.rotated = await this.names.list();
      // Rotated in between: the list may hold the very file.
      if ((await inodeOf(this.file)) === (await this.handle?.stat())?.ino) return this.rotated;
      await this.handle?.close();
    }
  }

  /** Opens the file that took the place of the one read so far; returns those that were rotated in between. */
  private async openNext(): Promise<readonly string[]> {
    const before = new Set(this.rotated);
    const last = await this.handle?.stat();
    await this.handle?.close();
    const since = (await this.openCurrent()).filter((file) => !before.has(file));
    if (last === undefined) return since;
    // Compressed, the one that was read is none of them by its inode, but it was rotated first.
    if (last.nlink === 0) return since.slice(1);
    const inodes = await Promise.all(since.map(inodeOf));
    return since.filter((_file, index) => inodes[index] !== last.ino);
  }

  private async *rotatedLines(file: string): AsyncGenerator<Line, void, void> {
    const cutter = new LineCutter();
    const there = await whereRotated(file);
    // Too old to be kept any longer.
    if (there === undefined) return;
    try {
      for await (const chunk of openRecording(there, () => undefined)) yield* cutter.push(chunk);
    } catch (error) {
      this.options.onUnreadable(there, (error as Error).message);
    }
    yield* cutter.end();
  }

  /** Until the file is another, or, where nothing is waited for, to its end. */
  private async *growingLines(): AsyncGenerator<Line | typeof CAUGHT_UP, void, void> {
    const { isFollowed, signal } = this.options;
    let cutter = new LineCutter();
    let position = 0;
    const inode = (await this.handle?.stat())?.ino;
    for (let isOther = false; ;) {
      const { bytesRead = 0 } = (await this.handle?.read(this.chunk, 0, CHUNK_BYTES, position)) ?? {};
      position += bytesRead;
      // A copy, as the cutter keeps the end of a chunk until its line is whole.
      yield* cutter.push(Buffer.from(this.chunk.subarray(0, bytesRead)));
      if (bytesRead > 0) continue;
      if (isOther) {
        yield* cutter.end();
        return;
      }
      const { size = 0 } = (await this.handle?.stat()) ?? {};
      if (size < position) {
        position = 0;
        cutter = new LineCutter();
        continue;
      }
      // Once more: something may have been written before it was moved.
      const now = await inodeOf(this.file);
      isOther = now !== undefined && now !== inode;
      if (isOther) continue;
      // What is behind the last line break is a line that is being written.
      if (!isFollowed || signal.aborted) return;
      if (!this.hasCaughtUp) yield CAUGHT_UP;
      this.hasCaughtUp = true;
      await this.changes.next();
    }
  }
}

/** Tells when a file may have changed; a change before it is asked for is not forgotten. */
class Changes {
  private readonly watcher: FSWatcher | undefined;
  private isChanged = false;
  private wake: () => void = () => undefined;

  constructor(file: string, signal: AbortSignal) {
    const noteChange = (): void => {
      this.isChanged = true;
      this.wake();
    };
    signal.addEventListener('abort', noteChange, { once: true });
    try {
      this.watcher = watch(path.dirname(file), noteChange);
      this.watcher.on('error', () => undefined);
    } catch {
      // Too many are watched already; looking again has to do.
    }
  }

  async next(): Promise<void> {
    if (!this.isChanged) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_AGAIN_MS);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.isChanged = false;
  }

  close(): void {
    this.watcher?.close();
  }
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function inodeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).ino;
  } catch {
    return undefined;
  }
}
