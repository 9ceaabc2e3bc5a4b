/** Keeps a directory's files within a size and an age. */
import { readdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';

export interface Retention {
  /** Of all files together. */
  readonly maxBytes: number;
  readonly days: number;
}

interface FileFound {
  readonly file: string;
  readonly size: number;
  readonly changedAt: number;
}

const DAY_MS = 86_400_000;

/**
 * Removes the files that are too old, then the oldest until the rest fits; never the newest, which is being written.
 * @param isOurs whether a file name is one of those to keep within bounds; all others stay
 * @throws what the system says where the directory cannot be read or a file not removed
 */
export async function retainFiles(
  directory: string,
  isOurs: (name: string) => boolean,
  { maxBytes, days }: Retention,
): Promise<void> {
  const names = (await readdir(directory)).filter(isOurs);
  const files = (await Promise.all(names.map((name) => look(path.join(directory, name))))).flatMap(
    (file) => file ?? [],
  );
  files.sort((one, other) => other.changedAt - one.changedAt || (one.file < other.file ? 1 : -1));
  const oldest = Date.now() - days * DAY_MS;
  let bytes = 0;
  for (const [index, { file, size, changedAt }] of files.entries()) {
    bytes += size;
    if (index > 0 && (changedAt < oldest || bytes > maxBytes)) await remove(file);
  }
}

async function look(file: string): Promise<FileFound | undefined> {
  try {
    const { size, mtimeMs } = await stat(file);
    return { file, size, changedAt: mtimeMs };
  } catch {
    // Another process that keeps the same directory was faster.
    return undefined;
  }
}

async function remove(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
