/** Writes files so that whoever watches them never sees half of one, nor a change that was not meant. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A file is there already, with other content. */
export class FileExistsError extends Error {}

/**
 * Writes files, in the order given; none if one is there with other content and may not be replaced.
 * @param files path to content
 * @param onDone told of each file, written or as it is to be already
 * @throws {@link FileExistsError}, and what the file system says
 */
export async function writeFiles(
  files: ReadonlyMap<string, Buffer>,
  replace: boolean,
  onDone: () => void = () => undefined,
): Promise<void> {
  const changed: [string, Buffer][] = [];
  for (const [file, content] of files) {
    const existing = await readIfThere(file);
    if (existing?.equals(content) === true) {
      onDone();
      continue;
    }
    if (existing !== undefined && !replace) {
      throw new FileExistsError(`${file} is there already, with other content; --force replaces it`);
    }
    changed.push([file, content]);
  }
  for (const [file, content] of changed) {
    await mkdir(path.dirname(file), { recursive: true });
    const partial = path.join(path.dirname(file), `.${path.basename(file).slice(0, 200)}.part`);
    await writeFile(partial, content);
    await rename(partial, file);
    onDone();
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
