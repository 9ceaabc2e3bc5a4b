/** What `parkway convert` is given: FreeSWITCH's XML, or a dialplan in JSON. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Bytes } from '../bytes.js';
import type { Source } from '../convert/preprocess.js';

export type ConvertInput =
  | { readonly kind: 'xml'; readonly sources: readonly Source[] }
  /** What `readDialplan` takes. */
  | { readonly kind: 'store'; readonly spec: string };

/** Why it cannot be read: where, what was expected, what was found. */
export class UnusableInputError extends Error {}

const ROOT_FILE = 'freeswitch.xml';
const SUFFIX = '.xml';
const STORE_URL = /^(?:git:|[a-z][a-z0-9+.-]*:\/\/)/i;
const MOST_BYTES = 256 * 1024 * 1024;

/** @throws {@link UnusableInputError} */
export function findInput(inputs: readonly string[]): ConvertInput {
  const found = inputs.map(classify);
  const stores = found.filter((input) => input.kind === 'store');
  if (stores.length === 0) return { kind: 'xml', sources: found.flatMap((input) => sourcesOf(input)) };
  if (found.length > 1) {
    throw new UnusableInputError(`expected XML files, or one JSON dialplan alone, found ${inputs.join(' and ')}`);
  }
  return stores[0] as ConvertInput;
}

function sourcesOf(input: ConvertInput): readonly Source[] {
  return input.kind === 'xml' ? input.sources : [];
}

function classify(input: string): ConvertInput {
  if (input === '-') return xml([{ name: 'standard input', text: read(0, 'standard input'), directory: '.' }]);
  if (STORE_URL.test(input)) return { kind: 'store', spec: input };
  if (!existsSync(input)) throw new UnusableInputError(`${input}: there is no such file or directory`);
  if (!statSync(input).isDirectory()) return xml([fileSource(input)]);
  const root = path.join(input, ROOT_FILE);
  if (existsSync(root)) return xml([fileSource(root)]);
  const files = readdirSync(input).filter((file) => file.endsWith(SUFFIX) && !file.startsWith('.'));
  if (files.length === 0) return { kind: 'store', spec: input };
  files.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  return xml(files.map((file) => fileSource(path.join(input, file))));
}

function xml(sources: readonly Source[]): ConvertInput {
  return { kind: 'xml', sources };
}

function fileSource(file: string): Source {
  return { name: path.normalize(file), text: read(file, file), directory: path.dirname(file) };
}

function read(file: string | 0, name: string): Bytes {
  let text: Bytes;
  try {
    if (file !== 0 && statSync(file).size > MOST_BYTES) throw new Error('expected at most 256 MB, found more');
    text = readFileSync(file, 'latin1');
  } catch (error) {
    throw new UnusableInputError(`${name}: ${(error as Error).message}`, { cause: error });
  }
  if (/^\s*[{[]/.test(text)) {
    throw new UnusableInputError(`${name}: expected XML, found JSON; of a JSON dialplan give the directory`);
  }
  return text;
}
