/** Documents as they were in a revision of a git repository, read from its objects: nothing is checked out. */
import { spawn } from 'node:child_process';
import type { DocumentText } from './document.js';
import { documentAt } from './document-files.js';

const ROOT = '/';
/** `100644 blob <object id>\t<path>`; 120000 is a symbolic link, whose text would be a path. */
const FILE = /^100\d{3} blob ([0-9a-f]+)\t([^]+)$/;
const BATCH_HEADER = /^[0-9a-f]+ \w+ (\d+)$/;
const LINE_FEED = 0x0a;

/**
 * Reads the documents below a folder of a revision, by location `git:<revision>:<path>`. The repository is the one the working
 * directory is in; a folder is relative to its root, or with `./` to the working directory.
 * @throws Error with git's own words
 */
export async function readRevision(revision: string, folder: string): Promise<Map<string, DocumentText>> {
  if (revision.startsWith('-')) throw new Error(`expected a revision, found "${revision}"`);
  const tree = `${revision}:${folder}`;
  const listing = await git(['ls-tree', '-r', '-z', '--full-tree', tree], '');
  const files = listing
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, id, file] = FILE.exec(line) ?? [];
      const place = file === undefined ? undefined : documentAt(ROOT, ROOT + file);
      return id === undefined || file === undefined || place === undefined ? [] : [{ id, file, place }];
    });
  const texts = await readObjects(files.map(({ id }) => id));
  const separator = folder === '' || folder.endsWith('/') ? '' : '/';
  return new Map(
    files.map(({ file, place }, index) => [
      `git:${tree}${separator}${file}`,
      { ...place, text: texts[index] as string },
    ]),
  );
}

async function readObjects(ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const output = await git(['cat-file', '--batch'], `${ids.join('\n')}\n`);
  const texts: string[] = [];
  for (let at = 0; texts.length < ids.length;) {
    const lineEnd = output.indexOf(LINE_FEED, at);
    const length = Number(BATCH_HEADER.exec(output.toString('latin1', at, lineEnd))?.[1]);
    const start = lineEnd + 1;
    if (!(start + length <= output.length)) throw new Error(`git did not tell object ${ids[texts.length] ?? ''}`);
    texts.push(output.toString('utf8', start, start + length));
    at = start + length + 1;
  }
  return texts;
}

function git(args: readonly string[], input: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new Error('git is not installed', { cause: error }) : error);
    });
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output));
      else reject(new Error(`git says: ${complaint.trim().split('\n')[0] ?? `exit status ${String(code)}`}`));
    });
    // A git that ends at once does not read: its exit status says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
