/** A file that a flag or an argument names. */
import { readFileSync } from 'node:fs';
import { STANDARD_INPUT } from '../replay/open-recording.js';

/** What keeps a command from running; the message names the file. */
export class UnusableFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnusableFileError';
  }
}

/** Its bytes; `-` is standard input. @throws {@link UnusableFileError} */
export function readFile(file: string): Buffer {
  try {
    return readFileSync(file === STANDARD_INPUT ? 0 : file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UnusableFileError(`${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`);
  }
}

/** Its text, in UTF-8. @throws {@link UnusableFileError} */
export function readTextFile(file: string): string {
  return readFile(file).toString('utf8');
}
