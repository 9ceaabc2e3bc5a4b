/** Where a dialplan's documents lie: `<dir>/<domain>/extensions/<name>.json`, `<dir>/<domain>/contexts.json`, `…/routes.json`. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DocumentText } from './document.js';

const EXTENSION_FOLDER = 'extensions';
const SUFFIX = '.json';

/** @throws what a person is told if it is none */
export async function expectDirectory(directory: string): Promise<void> {
  let entry;
  try {
    entry = await stat(directory);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(`${directory}: ${code === 'ENOENT' ? 'there is no such directory' : message}`, { cause });
  }
  if (!entry.isDirectory()) throw new Error(`${directory}: expected a directory, found a file`);
}

/** A file's text; undefined if it is there no more. */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw error;
  }
}

/** The files below a directory that are documents. */
export async function listFiles(directory: string): Promise<string[]> {
  const files: string[] = [];
  for (const domain of await entries(directory)) {
    const domainPath = path.join(directory, domain);
    for (const file of await entries(domainPath)) files.push(path.join(domainPath, file));
    const extensionPath = path.join(domainPath, EXTENSION_FOLDER);
    for (const file of await entries(extensionPath)) files.push(path.join(extensionPath, file));
  }
  return files.filter((file) => documentAt(directory, file) !== undefined);
}

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

/** Which document a file is; undefined for any other file, such as the ones editors leave. */
export function documentAt(directory: string, file: string): Omit<DocumentText, 'text'> | undefined {
  const [domain = '', ...rest] = path.relative(directory, file).split(path.sep);
  const name = path.basename(file, SUFFIX);
  if (domain.startsWith('.') || !file.endsWith(SUFFIX) || name === '' || name.startsWith('.')) return undefined;
  if (rest.length === 2 && rest[0] === EXTENSION_FOLDER) {
    return { domain, kind: 'extension', name: name.normalize('NFC') };
  }
  if (rest.length === 1 && (name === 'contexts' || name === 'routes')) return { domain, kind: name, name };
  return undefined;
}
