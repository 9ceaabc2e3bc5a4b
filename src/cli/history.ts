/** `parkway history` and `parkway rollback`: the states of a domain that pushes replaced. */
import process from 'node:process';
import { InvalidArgumentError, type Command } from 'commander';
import { readHistory, readHistoryEntry } from '../routes/redis/write-content.js';
import { EXIT_OK } from './exit-codes.js';
import { formatOption } from './output.js';
import type { Finish } from './program.js';
import { writeAndTell, type WriteFlags } from './push.js';
import { addStoreFlags, CannotRunError, oneDomain, withStore, type StoreFlags } from './store-client.js';

interface HistoryFlags extends StoreFlags {
  readonly domain?: string;
  readonly count: number;
  readonly format: 'pretty' | 'json';
}

const USUAL_COUNT = 20;

export function addHistory(program: Command, finish: Finish): void {
  const command = program
    .command('history')
    .description('Lists the states of a domain that pushes replaced, the newest first.')
    .option('--domain <name>', 'the domain (default: the only one there is)')
    .option('--count <n>', 'how many', aCount, USUAL_COUNT)
    .addOption(formatOption(['pretty', 'json']));
  addStoreFlags(command)
    .addHelpText(
      'after',
      `
--format json writes one object a line.

Exit status: 0 all well, 2 the history cannot be read.

Examples:
  parkway history --store redis://localhost
  parkway history --domain example.com --count 5 --format json`,
    )
    .action(async (flags: HistoryFlags) => {
      finish(
        await withStore(flags, async (access) => {
          const domain = await oneDomain(access, flags.domain);
          const entries = await readHistory(access.client, access.names, domain, flags.count);
          for (const { id, at, who, message, summary } of entries) {
            const time = new Date(at).toISOString();
            const line =
              flags.format === 'json'
                ? JSON.stringify({ id, at: time, who, message, summary })
                : `${id}  ${time}  ${who}  ${summary}  ${message}`;
            process.stdout.write(`${line}\n`);
          }
          if (entries.length === 0 && flags.format === 'pretty')
            process.stdout.write(`domain ${domain} has no history\n`);
          return EXIT_OK;
        }),
      );
    });
}

export function addRollback(program: Command, finish: Finish): void {
  const command = program
    .command('rollback')
    .description('Makes a state of the history the dialplan again; what is there now is kept too.')
    .argument('<id>', 'as parkway history lists it')
    .option('--domain <name>', 'the domain (default: the only one there is)')
    .option('--dry-run', 'only show what would change')
    .option('--message <text>', 'why, for the history');
  addStoreFlags(command)
    .addHelpText(
      'after',
      `
Exit status: 0 written or nothing to write, 2 there is no such state, or it could not be written.

Examples:
  parkway rollback 1795591560000-0 --dry-run
  parkway rollback 1795591560000-0 --domain example.com --message "the night service was wrong"`,
    )
    .action(async (id: string, flags: WriteFlags) => {
      finish(
        await withStore(flags, async (access) => {
          if (!/^\d+(-\d+)?$/.test(id)) throw new CannotRunError(`expected an id such as 1795591560000-0, found ${id}`);
          const domain = await oneDomain(access, flags.domain);
          const entry = await readHistoryEntry(access.client, access.names, domain, id);
          if (entry === undefined)
            throw new CannotRunError(`the history of ${domain} has no ${id}; see parkway history`);
          await writeAndTell(access, new Map([[domain, entry.state]]), flags, `rollback to ${id}`);
          return EXIT_OK;
        }),
      );
    });
}

function aCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number above 0');
  return value;
}
