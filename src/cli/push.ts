/** `parkway push`: files to Redis, all of it or nothing. */
import { hostname, userInfo } from 'node:os';
import process from 'node:process';
import { InvalidArgumentError, type Command } from 'commander';
import { placeOf, type Placed } from '../dialplan/place-of.js';
import type { LintSettings } from '../lint/settings.js';
import { contentChangeLines } from '../report/content-change-lines.js';
import type { DocumentText } from '../routes/document.js';
import { contentOf, type DomainContent } from '../routes/redis/domain-content.js';
import { summarize, writeContents, type DomainWrite } from '../routes/redis/write-content.js';
import { dialplanAt } from './dialplan-at.js';
import { EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import { lintDomains, lintSettings, SETTINGS_HELP } from './lint-dialplan.js';
import { lintedDomains } from './linted-domains.js';
import type { Finish } from './program.js';
import { addStoreFlags, CannotRunError, withStore, type StoreAccess, type StoreFlags } from './store-client.js';

export interface WriteFlags extends StoreFlags {
  readonly domain?: string;
  readonly dryRun?: boolean;
  readonly message?: string;
}

interface PushFlags extends WriteFlags {
  readonly settings?: string;
}

export function addPush(program: Command, finish: Finish): void {
  const command = program
    .command('push')
    .description('Makes Redis hold the dialplan of a directory: shows what changes, then writes all of it or nothing.')
    .argument('<dialplan>', 'a directory, or git:<revision>:<folder>')
    .option('--domain <name>', 'this domain only', aName)
    .option('--dry-run', 'only show what would change')
    .option('--message <text>', 'why, for the history')
    .option('--settings <file>', `for lint: ${SETTINGS_HELP}`);
  addStoreFlags(command)
    .addHelpText(
      'after',
      `
Documents that are not valid, and errors of lint, stop it, such as toll fraud that the settings of lint do not allow. Redis then
holds what the directory holds and nothing else of its domains; what was there is kept and can be had back with parkway rollback.
If somebody else writes meanwhile, nothing is written.

Exit status: 0 written or nothing to write, 1 the dialplan has errors, 2 it could not be written.

Examples:
  parkway push ./dialplan --store redis://localhost --dry-run
  parkway push ./dialplan --domain example.com --message "night service"
  parkway push git:v1.2:dialplan/ --config /etc/parkway/parkway.yaml`,
    )
    .action(async (dialplan: string, flags: PushFlags) => {
      finish(await withStore(flags, (access) => push(access, dialplan, flags)));
    });
}

async function push(access: StoreAccess, dialplan: string, flags: PushFlags): Promise<number> {
  const { documents, snapshot } = await dialplanAt(dialplan, flags.config);
  const wanted = new Map(
    [...documents].filter(([, { domain }]) => flags.domain === undefined || domain === flags.domain),
  );
  if (wanted.size === 0) throw new CannotRunError(`${dialplan}: there is no domain ${flags.domain ?? ''}`);
  const errors = [
    ...snapshot.problems.filter(({ severity, location }) => severity === 'error' && wanted.has(location)),
    ...lintErrors(wanted, lintSettings(flags.settings)),
  ].map((problem) => `✗ ${placeOf(problem)}: ${problem.message}`);
  if (errors.length > 0) {
    for (const line of new Set(errors)) print(line);
    print('nothing was written');
    return EXIT_FINDINGS;
  }
  await writeAndTell(access, byDomain(wanted), flags, `push ${dialplan}`);
  return EXIT_OK;
}

/** Writes, and prints what was or would be written. */
export async function writeAndTell(
  { client, names, store }: StoreAccess,
  contents: ReadonlyMap<string, DomainContent>,
  { dryRun = false, message }: WriteFlags,
  usualMessage: string,
): Promise<void> {
  const { limits, historyLength } = store;
  const who = `${userInfo().username}@${hostname()}`;
  const options = { names, limits, historyLength, who, message: message ?? usualMessage, dryRun };
  for (const written of await writeContents(client, contents, options)) tell(written, dryRun);
}

function tell({ domain, changes, keptAs }: DomainWrite, dryRun: boolean): void {
  if (changes.length === 0) {
    print(`domain ${domain}: nothing to change`);
    return;
  }
  for (const line of contentChangeLines(changes)) print(line);
  const kept = keptAs === undefined ? '' : `; what was there: parkway rollback ${keptAs} --domain ${domain}`;
  print(`domain ${domain}: ${dryRun ? 'would be ' : ''}${summarize(changes)}${kept}`);
}

/** Documents that do not even validate are told by themselves. */
function lintErrors(
  documents: ReadonlyMap<string, DocumentText>,
  settings: LintSettings,
): (Placed & { readonly message: string })[] {
  return lintDomains(lintedDomains(documents), documents, settings)
    .filter(({ severity, code }) => severity === 'error' && !code.startsWith('document'))
    .map(({ location, at, path, message, code, witness }) => {
      const shown = witness === undefined ? '' : '; parkway lint shows the call';
      return { location, at, path, message: `${message} (${code}${shown})` };
    });
}

function byDomain(documents: ReadonlyMap<string, DocumentText>): Map<string, DomainContent> {
  const groups = new Map<string, DocumentText[]>();
  for (const document of documents.values()) {
    const group = groups.get(document.domain);
    if (group === undefined) groups.set(document.domain, [document]);
    else group.push(document);
  }
  return new Map([...groups].map(([domain, group]) => [domain, contentOf(group)]));
}

function aName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('expected a name');
  return text;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
