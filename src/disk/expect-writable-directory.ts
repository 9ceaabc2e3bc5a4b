/** What is to be written to is looked at when Parkway starts, not when the first call is lost. */
import { access, constants, mkdir } from 'node:fs/promises';

/** Makes a directory where it is missing. @throws Error that says which directory cannot be written to and why */
export async function expectWritableDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(`${directory}: ${describe(code) ?? message}`, { cause });
  }
}

function describe(code: string | undefined): string | undefined {
  switch (code) {
    case 'EACCES':
      return 'not allowed to write there';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'expected a directory, found a file';
    case 'EROFS':
      return 'the file system is read-only';
    default:
      return undefined;
  }
}
