/**
 * A log file that is rotated when it is large or the day (UTC) is over: `parkway.log` becomes `parkway-<time>.log`, then
 * `parkway-<time>.log.gz`. One that somebody else moves or removes is begun anew.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { AppendedFile } from '../disk/appended-file.js';
import type { Destination } from '../disk/bounded-writer.js';
import { dayOf } from '../disk/file-stamp.js';
import { retainFiles, type Retention } from '../disk/retain-files.js';
import { RotatedNames } from './rotated-names.js';

/** The current file's share of all. */
const SHARE = 10;
const LARGEST_FILE = 32 * 1024 * 1024;
const LOOK_AGAIN_MS = 1_000;
const HALF_DONE = '.part';

export class LogFile implements Destination {
  private current: AppendedFile | undefined;
  private day = 0;
  private lookedAt = 0;
  private readonly names: RotatedNames;

  /** @param onProblem hears why a file could not be compressed or removed */
  constructor(
    private readonly file: string,
    private readonly retention: Retention,
    private readonly onProblem: (problem: string) => void,
  ) {
    this.names = new RotatedNames(file);
  }

  async write(block: Buffer): Promise<void> {
    const file = await this.fileFor(block.length);
    await file.append(block);
  }

  async close(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    await current?.close();
  }

  private async fileFor(bytes: number): Promise<AppendedFile> {
    const now = Date.now();
    if (this.current !== undefined && now - this.lookedAt > LOOK_AGAIN_MS) {
      this.lookedAt = now;
      if (await this.current.isGone()) await this.close();
    }
    const file = this.current ?? (await this.open());
    const isFull = file.size + bytes > Math.min(LARGEST_FILE, this.retention.maxBytes / SHARE);
    if (file.size === 0 || (!isFull && this.day === dayOf(now))) return file;
    await this.close();
    await this.moveAway();
    const fresh = await this.open();
    await this.tidy();
    return fresh;
  }

  private async moveAway(): Promise<void> {
    try {
      await rename(this.file, await this.names.next());
    } catch (error) {
      // Somebody else was faster.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  private async open(): Promise<AppendedFile> {
    this.current = await AppendedFile.open(this.file);
    this.lookedAt = Date.now();
    // What was written before counts to the day it was written.
    this.day = dayOf(this.current.size === 0 ? Date.now() : (await stat(this.file)).mtimeMs);
    return this.current;
  }

  /** Compresses what was rotated, also what a crash left uncompressed, and removes what is too much. */
  private async tidy(): Promise<void> {
    try {
      const directory = path.dirname(this.file);
      const names = await readdir(directory);
      for (const name of names.filter((each) => this.names.isRotated(each) && !each.endsWith('.gz'))) {
        await compress(path.join(directory, name));
      }
      const maxBytes = this.retention.maxBytes * (1 - 1 / SHARE);
      await retainFiles(directory, (name) => this.names.isRotated(name), { ...this.retention, maxBytes });
    } catch (error) {
      this.onProblem((error as Error).message);
    }
  }
}

async function compress(file: string): Promise<void> {
  const part = `${file}.gz${HALF_DONE}`;
  await pipeline(createReadStream(file), createGzip(), createWriteStream(part, { mode: 0o640 }));
  await rename(part, `${file}.gz`);
  await unlink(file);
}
