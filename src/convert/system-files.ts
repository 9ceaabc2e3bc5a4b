/** The files of this machine, matched as `glob(3)` matches them for FreeSWITCH's includes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { minimatch } from 'minimatch';
import { bytesOf } from '../bytes.js';
import type { SourceFiles } from './preprocess.js';

const WILDCARD = /[*?[\\]/;
/** Off: what `glob(3)` does not know. It takes bytes for characters where FreeSWITCH runs, in the C locale. */
const PLAIN = { nobrace: true, noext: true, noglobstar: true, nonegate: true, nocomment: true } as const;

export const systemFiles: SourceFiles = {
  match: (pattern) => expandPattern(pattern).sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))),
  read: (file) => readFileSync(file, 'latin1'),
};

function expandPattern(pattern: string): string[] {
  const [first = '', ...segments] = pattern.split('/');
  const start = first === '' ? [''] : withSegment('', first);
  return segments.reduce<string[]>(
    (paths, segment) => paths.flatMap((found) => withSegment(`${found}/`, segment)),
    start,
  );
}

/** `prefix` is empty or ends with a slash. */
function withSegment(prefix: string, segment: string): string[] {
  if (!WILDCARD.test(segment)) return existsSync(prefix + segment) ? [prefix + segment] : [];
  return entries(prefix === '' ? '.' : prefix)
    .filter((entry) => minimatch(bytesOf(entry), bytesOf(segment), PLAIN))
    .map((entry) => prefix + entry);
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
