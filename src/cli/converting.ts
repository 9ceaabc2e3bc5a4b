/** What `convert` and `export-xml` do alike: what keeps them from running is told, in one line. */
import { ConfigurationError } from '../configuration.js';
import { UnreadableXmlError } from '../convert/preprocess.js';
import { UnreadableDialplanError } from '../routes/read-dialplan.js';
import { UnusableInputError } from './convert-input.js';
import { NoSuchFileError } from './find-files.js';
import { refuse } from './refuse.js';
import { FileExistsError } from './write-files.js';

const EXPECTED = [
  UnusableInputError,
  NoSuchFileError,
  UnreadableXmlError,
  UnreadableDialplanError,
  ConfigurationError,
  FileExistsError,
] as const;

/** The exit status of a conversion, or of having said why it could not run. @throws what only a bug throws */
export async function converting(conversion: () => Promise<number>): Promise<number> {
  try {
    return await conversion();
  } catch (error) {
    if (!isExpected(error)) throw error;
    return refuse(error.message);
  }
}

function isExpected(error: unknown): error is Error {
  return EXPECTED.some((kind) => error instanceof kind) || (error instanceof Error && 'code' in error);
}
