/** `parkway accept-empty`: a domain that lost everything is meant to be empty. */
import { hostname, userInfo } from 'node:os';
import process from 'node:process';
import type { Command } from 'commander';
import { readContent } from '../routes/redis/domain-content.js';
import { EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import type { Finish } from './program.js';
import { addStoreFlags, withStore, type StoreFlags } from './store-client.js';

/** Long enough for every daemon to see it, short enough not to be there at the next accident. */
const ACCEPTED_SECONDS = 60;

export function addAcceptEmpty(program: Command, finish: Finish): void {
  const command = program
    .command('accept-empty')
    .description('Tells all daemons that a domain is meant to be empty, so that they let its previous state go.')
    .argument('<domain>', 'the domain');
  addStoreFlags(command)
    .addHelpText(
      'after',
      `
A domain that suddenly has no extension, or only empty contexts, keeps its previous state until this is said.

Exit status: 0 said, 1 the domain is not empty and nothing was said, 2 Redis cannot be reached.

Examples:
  parkway accept-empty example.com --store redis://localhost`,
    )
    .action(async (domain: string, flags: StoreFlags) => {
      finish(
        await withStore(flags, async ({ client, names, store }) => {
          const { content } = await readContent(client, names, domain, store.limits);
          const isFilled = [...content.contexts.values()].some((list) => list.length > 0);
          if (content.extensions.size > 0 && isFilled) {
            process.stdout.write(`domain ${domain} is not empty: it has ${content.extensions.size} extensions\n`);
            return EXIT_FINDINGS;
          }
          const who = `${userInfo().username}@${hostname()}`;
          await client.set(names.keyOf('acceptEmpty', domain), who, 'EX', ACCEPTED_SECONDS);
          process.stdout.write(
            `domain ${domain} may be empty: daemons that follow this store let its previous state go\n`,
          );
          return EXIT_OK;
        }),
      );
    });
}
