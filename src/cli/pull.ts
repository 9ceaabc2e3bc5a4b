/** `parkway pull`: Redis to files that live well in git. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { readContent, type DomainContent } from '../routes/redis/domain-content.js';
import { EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import type { Finish } from './program.js';
import {
  addStoreFlags,
  CannotRunError,
  domainsIn,
  withStore,
  type StoreAccess,
  type StoreFlags,
} from './store-client.js';

interface PullFlags extends StoreFlags {
  readonly domain?: string;
}

const SUFFIX = '.json';

export function addPull(program: Command, finish: Finish): void {
  const command = program
    .command('pull')
    .description(
      'Writes the dialplan that is in Redis to a directory, always formatted the same, so that it can live in git.',
    )
    .argument('<dir>', 'the directory; files of extensions that are no more are removed')
    .option('--domain <name>', 'this domain only');
  addStoreFlags(command)
    .addHelpText(
      'after',
      `
Exit status: 0 all is written, 1 something is not (said which and why), 2 it could not be read or written.

Examples:
  parkway pull ./dialplan --store redis://localhost
  parkway pull /etc/parkway/dialplan --domain example.com`,
    )
    .action(async (directory: string, flags: PullFlags) => {
      finish(await withStore(flags, (access) => pull(access, directory, flags.domain)));
    });
}

async function pull(access: StoreAccess, directory: string, only: string | undefined): Promise<number> {
  const domains = only === undefined ? await domainsIn(access) : [only];
  if (domains.length === 0) throw new CannotRunError(`${access.name} holds no dialplan`);
  let problems = 0;
  const complain = (line: string): void => {
    problems += 1;
    process.stdout.write(`✗ ${line}\n`);
  };
  for (const domain of domains) {
    if (!isFileName(domain)) {
      complain(`domain ${JSON.stringify(domain)}: no directory can have that name`);
      continue;
    }
    const { content, problems: found } = await readContent(access.client, access.names, domain, access.store.limits);
    for (const line of found) complain(line);
    const count = await writeDomain(path.join(directory, domain), content, complain);
    process.stdout.write(
      `domain ${domain}: ${content.extensions.size} extensions, ${count} files written or removed\n`,
    );
  }
  return problems > 0 ? EXIT_FINDINGS : EXIT_OK;
}

/** @returns how many files are others than before */
async function writeDomain(
  directory: string,
  { extensions, contexts, routes }: DomainContent,
  complain: (line: string) => void,
): Promise<number> {
  const folder = path.join(directory, 'extensions');
  await mkdir(folder, { recursive: true });
  const files = new Map<string, string | undefined>();
  for (const file of await readdir(folder))
    if (file.endsWith(SUFFIX) && !file.startsWith('.')) files.set(path.join(folder, file), undefined);
  for (const [name, text] of extensions) {
    if (isFileName(name)) files.set(path.join(folder, `${name}${SUFFIX}`), formatted(text));
    else complain(`extension ${JSON.stringify(name)}: no file can have that name`);
  }
  files.set(path.join(directory, 'contexts.json'), contexts.size === 0 ? undefined : pretty(sorted(contexts)));
  files.set(path.join(directory, 'routes.json'), routes.size === 0 ? undefined : pretty(routeTables(routes)));
  let count = 0;
  for (const [file, text] of files) if (await replace(file, text)) count += 1;
  return count;
}

async function replace(file: string, text: string | undefined): Promise<boolean> {
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === text) return false;
  if (text === undefined) await rm(file, { force: true });
  else await writeFile(file, text);
  return true;
}

/** A name that stays in its folder, and that a dialplan in files is read by. */
function isFileName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[/\\\0]/.test(name) && Buffer.byteLength(name) <= LONGEST_NAME;
}

/** Bytes of a file's name, without its suffix. */
const LONGEST_NAME = 250;

/** JSON by two blanks, in the author's order; what is no JSON as it is. */
function formatted(text: string): string {
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
}

function routeTables(routes: DomainContent['routes']): object {
  const tables: Record<string, Record<string, string>> = {};
  for (const [field, context] of [...routes].sort()) {
    const at = field.indexOf(':');
    const table = (tables[field.slice(0, at)] ??= {});
    table[field.slice(at + 1)] = context;
  }
  return tables;
}

function sorted(contexts: DomainContent['contexts']): object {
  return Object.fromEntries([...contexts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
