/** A file that only grows, by whole blocks: one that could not be written wholly is taken back. */
import { mkdir, open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

export class AppendedFile {
  private constructor(
    readonly file: string,
    private readonly handle: FileHandle,
    private readonly inode: number,
    private length: number,
  ) {}

  /** Opens a file, and makes it and its directory where they are missing. @throws what the system says */
  static async open(file: string): Promise<AppendedFile> {
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(file, 'a', 0o640);
    const { ino, size } = await handle.stat();
    return new AppendedFile(file, handle, ino, size);
  }

  /** In bytes. */
  get size(): number {
    return this.length;
  }

  /** @throws what the system says, such as ENOSPC */
  async append(block: Buffer): Promise<void> {
    let done = 0;
    try {
      while (done < block.length) done += (await this.handle.write(block, done)).bytesWritten;
    } catch (error) {
      // What is no file cannot be cut; nor need it be.
      await this.handle.truncate(this.length).catch(() => undefined);
      throw error;
    }
    this.length += block.length;
  }

  /** Whether the file was moved or removed by somebody else. */
  async isGone(): Promise<boolean> {
    try {
      return (await stat(this.file)).ino !== this.inode;
    } catch {
      return true;
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
