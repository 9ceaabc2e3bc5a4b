/**
 * The last good dialplan on disk, for a start without Redis: lines of JSON between a head that says of which store it is and a foot
 * with the checksum of all before it. Replaced whole or not at all.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { DocumentText } from '../document.js';

export interface SavedDialplan {
  readonly documents: ReadonlyMap<string, DocumentText>;
  /** Epoch milliseconds. */
  readonly savedAt: number;
}

const FILE = 'dialplan.ndjson';
const FORMAT = 1;
/** Written at one time, so that a large dialplan does not hold up what its thread does besides. */
const LINES_AT_ONCE = 200;
const PRIVATE = 0o600;

interface Head {
  readonly parkwayDialplan: number;
  readonly store: string;
  readonly savedAt: number;
}

interface Foot {
  readonly documents: number;
  readonly sha256: string;
}

/** A document's line in the file, to be kept: most documents stay as they are from one time to the next. */
export function lineOf(location: string, document: DocumentText): Buffer {
  return Buffer.from(`${JSON.stringify([location, document])}\n`);
}

/**
 * @param lines see {@link lineOf}
 * @throws what the system says
 */
export async function saveDialplan(
  directory: string,
  store: string,
  lines: readonly Buffer[],
  savedAt: number,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const target = path.join(directory, FILE);
  const passing = `${target}.${process.pid}.tmp`;
  const file = await open(passing, 'w', PRIVATE);
  try {
    const hash = createHash('sha256');
    const write = async (bytes: Buffer): Promise<void> => {
      hash.update(bytes);
      await file.writeFile(bytes);
      await setImmediate();
    };
    const head: Head = { parkwayDialplan: FORMAT, store, savedAt };
    await write(Buffer.from(`${JSON.stringify(head)}\n`));
    for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
      await write(Buffer.concat(lines.slice(from, from + LINES_AT_ONCE)));
    }
    const foot: Foot = { documents: lines.length, sha256: hash.digest('hex') };
    await file.writeFile(`${JSON.stringify(foot)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(passing, target);
}

/**
 * Undefined if there is none, or it is of another store.
 * @throws if there is one that is not as it was written; the message says what is wrong
 */
export async function readSavedDialplan(directory: string, store: string): Promise<SavedDialplan | undefined> {
  const file = path.join(directory, FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return parse(text, store);
  } catch (cause) {
    throw new Error(`${file}: ${cause instanceof SyntaxError ? 'it is damaged' : (cause as Error).message}`, { cause });
  }
}

function parse(text: string, store: string): SavedDialplan | undefined {
  const footAt = text.lastIndexOf('\n', text.length - 2) + 1;
  const body = text.slice(0, footAt);
  const foot = JSON.parse(text.slice(footAt)) as Foot;
  if (createHash('sha256').update(body).digest('hex') !== foot.sha256) throw new Error('its checksum is wrong');
  const [first = '', ...lines] = body.trimEnd().split('\n');
  const head = JSON.parse(first) as Head;
  if (head.parkwayDialplan !== FORMAT) throw new Error(`expected format ${FORMAT}, found ${head.parkwayDialplan}`);
  if (head.store !== store) return undefined;
  const documents = new Map(lines.map((line) => JSON.parse(line) as [string, DocumentText]));
  return { documents, savedAt: head.savedAt };
}
