/** The files that arguments name: paths, `-`, globs the shell left alone, and folders. */
import { existsSync } from 'node:fs';
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

/** What a glob stands for that the shell left alone; anything else is as it was given. @throws {@link NoSuchFileError} */
export async function expandGlobs(args: readonly string[]): Promise<string[]> {
  const expanded: string[] = [];
  for (const argument of args) expanded.push(...(await expandGlob(argument)));
  return expanded;
}

async function filesOf(argument: string): Promise<readonly string[]> {
  if (argument === STANDARD_INPUT) return [argument];
  const entry = await stat(argument).catch(() => undefined);
  return entry?.isDirectory() === true ? matching('**/*', argument) : expandGlob(argument);
}

async function expandGlob(argument: string): Promise<readonly string[]> {
  // A file may be named like a glob; and one that is missing is reported when it is read.
  if (!isDynamicPattern(argument) || existsSync(argument)) return [argument];
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
