/**
 * Capture files: `calls-<time>-<process>.ndjson.gz`, each a row of gzip members of whole lines. What was written stays
 * readable whatever happens afterwards; a crash loses what was not written yet.
 */
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { AppendedFile } from '../disk/appended-file.js';
import type { Destination } from '../disk/bounded-writer.js';
import { dayOf, fileStamp } from '../disk/file-stamp.js';
import { retainFiles, type Retention } from '../disk/retain-files.js';

const compress = promisify(gzip);

const OUR_FILE = /^calls-\d{8}T\d{9}Z-\d+\.ndjson\.gz$/;
/** A file's share of all, so that removing the oldest removes little. */
const SHARE = 10;
const LARGEST_FILE = 64 * 1024 * 1024;
/** Less than zlib's own choice: it is done while calls are decided, so time counts for more than bytes. */
const LEVEL = 3;

export class CaptureFiles implements Destination {
  private file: AppendedFile | undefined;
  private day = 0;

  /** @param onProblem hears why old files could not be removed */
  constructor(
    private readonly directory: string,
    private readonly retention: Retention,
    private readonly onProblem: (problem: string) => void,
  ) {}

  async write(block: Buffer): Promise<void> {
    const member = await compress(block, { level: LEVEL });
    const file = await this.fileFor(member.length);
    await file.append(member);
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }

  private async fileFor(bytes: number): Promise<AppendedFile> {
    const largest = Math.min(LARGEST_FILE, this.retention.maxBytes / SHARE);
    const now = new Date();
    const { file } = this;
    const isFull = file !== undefined && file.size > 0 && file.size + bytes > largest;
    if (file !== undefined && !isFull && this.day === dayOf(now.getTime())) return file;
    await this.close();
    this.file = await AppendedFile.open(path.join(this.directory, `calls-${fileStamp(now)}-${process.pid}.ndjson.gz`));
    this.day = dayOf(now.getTime());
    await this.removeOld(this.retention.maxBytes - largest);
    return this.file;
  }

  /** @param maxBytes what is left for the others when the newest has grown */
  private async removeOld(maxBytes: number): Promise<void> {
    try {
      await retainFiles(this.directory, (name) => OUR_FILE.test(name), { ...this.retention, maxBytes });
    } catch (error) {
      this.onProblem((error as Error).message);
    }
  }
}
