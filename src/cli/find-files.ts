/** The files that arguments name: paths, `-`, globs the shell left alone, and folders. */
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { STANDARD_INPUT } from '../replay/open-recording.js';

/** An argument that names no file; the message says which. */
export class NoSuchFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoSuchFileError';
  }
}

/** In the order of the arguments; of a glob or a folder by name. @throws {@link NoSuchFileError} */
export async function findFiles(args: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const argument of args) files.push(...(await filesOf(argument)));
  return [...new Set(files)];
}

async function filesOf(argument: string): Promise<readonly string[]> {
  if (argument === STANDARD_INPUT) return [argument];
  const entry = await stat(argument).catch(() => undefined);
  if (entry?.isDirectory() === true) return matching('**/*', argument);
  // A file may be named like a glob; and one that is missing is reported when it is read.
  if (entry !== undefined || !isDynamicPattern(argument)) return [argument];
  const found = await matching(argument, undefined);
  if (found.length === 0) throw new NoSuchFileError(`${argument}: no file matches`);
  return found;
}

async function matching(pattern: string, folder: string | undefined): Promise<string[]> {
  const found = await glob(pattern, {
    expandDirectories: false,
    absolute: isAbsolute(pattern),
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  return found.sort().map((file) => (folder === undefined ? file : `${folder.replace(/\/+$/, '')}/${file}`));
}
