/** `parkway coverage`: what of a dialplan recorded calls reach, and what no call ever did. */
import { availableParallelism } from 'node:os';
import process from 'node:process';
import type { Command } from 'commander';
import { addCoverage as addUp, hitKey, type Coverage } from '../corpus/call-coverage.js';
import { runCorpus } from '../corpus/run-corpus.js';
import { sizeOfRecordings } from '../replay/read-calls.js';
import { coverageHtml, coverageLines, coverageRows } from '../report/coverage-report.js';
import { configurationOf } from './configuration-flags.js';
import { dialplanAt } from './dialplan-at.js';
import { EXIT_COULD_NOT_RUN, EXIT_OK } from './exit-codes.js';
import { findFiles } from './find-files.js';
import { formatOption } from './output.js';
import type { Finish } from './program.js';
import { startProgress } from './progress.js';
import { callerContextOption } from './replay-flags.js';

interface CoverageOptions {
  readonly calls: readonly string[];
  readonly config?: string;
  readonly callerContext?: boolean;
  readonly format: 'pretty' | 'html' | 'json';
}

export function addCoverage(program: Command, finish: Finish): void {
  program
    .command('coverage')
    .description(
      'Counts what of a dialplan recorded calls reach: extensions, conditions, actions, and what no call did.',
    )
    .argument('<dialplan>', 'a directory, git:REV:folder or a Redis URL')
    .requiredOption(
      '--calls <file...>',
      'recorded calls: capture files or channel dumps, plain, gzip or zstd; globs; -',
    )
    .option('--config <file>', 'configuration file: domain, time zone, captures')
    .addOption(callerContextOption())
    .addOption(formatOption(['pretty', 'html', 'json']))
    .addHelpText(
      'after',
      `
✗ marks an extension, a condition's outcome or an action that no call reached.

Exit status: 0 done, 2 the dialplan or all recordings cannot be read.

Examples:
  parkway coverage dialplan --calls captures/*.ndjson.gz
  parkway coverage dialplan --calls captures --format html > coverage.html`,
    )
    .action(async (dialplan: string, options: CoverageOptions) => {
      finish(await coverage(dialplan, options));
    });
}

async function coverage(dialplan: string, { calls, config, callerContext, format }: CoverageOptions): Promise<number> {
  const { configuration } = configurationOf({ config });
  const files = await findFiles(calls);
  const { documents, snapshot } = await dialplanAt(dialplan);
  const progress = startProgress({ unit: 'calls', whole: await sizeOfRecordings(files) });
  const run = await runCorpus(
    {
      kind: 'coverage',
      dialplan: documents,
      domain: configuration.domain,
      callerContext: callerContext === true,
      neutraliseCaptures: configuration.dialplan.neutraliseCaptures,
      matchLimit: configuration.dialplan.matchLimit,
      timezone: configuration.dialplan.timezone,
      now: Date.now(),
      answers: {},
    },
    files,
    availableParallelism(),
    (part) => {
      progress.advance(part.bytes);
      progress.count(part.calls);
    },
  );
  progress.stop();
  const sum: Coverage = { calls: 0, hits: new Map() };
  for (const result of run.results) addUp(sum, result);
  for (const complaint of run.complaints) process.stderr.write(`parkway: ${complaint}\n`);
  if (sum.calls === 0) {
    process.stderr.write('parkway: no recorded call could be read\n');
    return EXIT_COULD_NOT_RUN;
  }
  const rows = coverageRows(snapshot, (...place) => sum.hits.get(hitKey(...place)) ?? 0);
  if (format === 'html') process.stdout.write(coverageHtml(rows, sum.calls));
  else if (format === 'json') for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
  else process.stdout.write(`${coverageLines(rows, sum.calls).join('\n')}\n`);
  return EXIT_OK;
}
