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
/** Written at one time, so that a large dialplan does not hold calls up. */
const DOCUMENTS_AT_ONCE = 50;
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

/** @throws what the system says */
export async function saveDialplan(
  directory: string,
  store: string,
  documents: Iterable<[string, DocumentText]>,
  savedAt: number,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const target = path.join(directory, FILE);
  const passing = `${target}.${process.pid}.tmp`;
  const file = await open(passing, 'w', PRIVATE);
  try {
    const hash = createHash('sha256');
    let lines = '';
    let count = 0;
    const write = async (): Promise<void> => {
      hash.update(lines);
      await file.writeFile(lines);
      lines = '';
      await setImmediate();
    };
    const head: Head = { parkwayDialplan: FORMAT, store, savedAt };
    lines = `${JSON.stringify(head)}\n`;
    for (const entry of documents) {
      lines += `${JSON.stringify(entry)}\n`;
      count += 1;
      if (count % DOCUMENTS_AT_ONCE === 0) await write();
    }
    await write();
    const foot: Foot = { documents: count, sha256: hash.digest('hex') };
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
