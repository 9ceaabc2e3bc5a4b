/** `parkway check-config`: the effective configuration, and what is wrong with it or with the dialplan it names. */
import process from 'node:process';
import type { Command } from 'commander';
import {
  ConfigurationError,
  showEntry,
  storeDirectory,
  type ConfigurationEntry,
  type StoreConfiguration,
} from '../configuration.js';
import { placeOf } from '../dialplan/place-of.js';
import { readDialplan, readRedisDialplan, type ReadDialplan } from '../routes/read-dialplan.js';
import { isRedisUrl } from '../routes/redis/connection.js';
import type { DocumentProblem, Snapshot } from '../routes/snapshot.js';
import { addConfigurationFlags, configurationOf } from './configuration-flags.js';
import { EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import type { Finish } from './program.js';
import { refuse } from './refuse.js';

export function addCheckConfig(program: Command, finish: Finish): void {
  const command = program
    .command('check-config')
    .description('Prints the effective configuration with the source of each value, and checks the dialplan.')
    .addHelpText(
      'after',
      `
Exit status: 0 all well, 1 the configuration or a document of the dialplan is not, 2 the dialplan cannot be read.

Examples:
  parkway check-config
  parkway check-config --config /etc/parkway/parkway.yaml --store ./dialplan`,
    );
  addConfigurationFlags(command).action(async (options: Record<string, unknown>) => {
    finish(await checkConfig(options));
  });
}

async function checkConfig(options: Readonly<Record<string, unknown>>): Promise<number> {
  let store: StoreConfiguration;
  try {
    const { configuration, entries } = configurationOf(options);
    printEntries(entries);
    ({ store } = configuration);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const problem of error.problems) print(`✗ ${problem}`);
    return EXIT_FINDINGS;
  }
  try {
    const { snapshot } = await readStore(store);
    return printDialplan(snapshot);
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** What the daemon would have once it started: perhaps nothing. */
function readStore(store: StoreConfiguration): Promise<ReadDialplan> {
  if (isRedisUrl(store.url)) return readRedisDialplan(store, { mayBeEmpty: true });
  return readDialplan(storeDirectory(store.url), { mayBeEmpty: true });
}

function printEntries(entries: readonly ConfigurationEntry[]): void {
  const shown = entries.map((entry) => ({ path: entry.path, value: showEntry(entry), source: entry.source }));
  const pathWidth = Math.max(...shown.map(({ path }) => path.length));
  const valueWidth = Math.max(...shown.map(({ value }) => value.length));
  for (const { path, value, source } of shown) {
    print(`${path.padEnd(pathWidth)}  ${value.padEnd(valueWidth)}  ${source}`);
  }
}

function printDialplan({ domains, problems }: Snapshot): number {
  print('');
  for (const { name, contexts, routes } of domains.values()) {
    const counts = `${routes.extension.size} extensions, ${routes.gateway.size} gateways, ${routes.profile.size} profiles routed`;
    const names = [...contexts.values()].map((context) => `${context.name} (${context.extensions.length})`);
    print(`domain ${name}: contexts ${names.join(', ') || 'none'}; ${counts}`);
  }
  if (domains.size === 0) print('the dialplan has no domain: every call will find no route');
  for (const problem of problems) print(describeProblem(problem));
  return problems.some(({ severity }) => severity === 'error') ? EXIT_FINDINGS : EXIT_OK;
}

function describeProblem(problem: DocumentProblem): string {
  return `${problem.severity === 'error' ? '✗' : '!'} ${placeOf(problem)}: ${problem.message}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
