/** `parkway coverage`: what of a dialplan recorded calls reach, and what no call ever did. */
import process from 'node:process';
import type { Command } from 'commander';
import { addCoverage as addUp, hitKey, type Coverage } from '../corpus/call-coverage.js';
import {
  coverageHtml,
  coverageLines,
  coverageMarkdown,
  coverageRows,
  type CoverageRow,
} from '../report/coverage-report.js';
import { addCorpusFlags, corpusOf, runOnCorpus, type CorpusFlags } from './corpus-flags.js';
import { dialplanAt } from './dialplan-at.js';
import { EXIT_OK } from './exit-codes.js';
import { formatOption, Output } from './output.js';
import type { Finish } from './program.js';
import { refuse } from './refuse.js';
import { warnOfDocuments } from './warn-of-documents.js';

interface CoverageOptions extends CorpusFlags {
  readonly format: 'pretty' | 'html' | 'json' | 'markdown';
}

export function addCoverage(program: Command, finish: Finish): void {
  const command = program
    .command('coverage')
    .description(
      'Counts what of a dialplan recorded calls reach: extensions, conditions, actions, and what no call did.',
    )
    .argument('<dialplan>', 'a directory, git:REV:folder or a Redis URL');
  addCorpusFlags(command)
    .addOption(formatOption(['pretty', 'html', 'json', 'markdown']))
    .addHelpText(
      'after',
      `
✗ marks an extension, a condition's outcome or an action that no call reached.

Exit status: 0 done, 2 the dialplan or all recordings cannot be read.

Examples:
  parkway coverage dialplan --calls captures/*.ndjson.gz
  parkway coverage dialplan --calls captures --format html > coverage.html
  parkway coverage git:main:dialplan/ --calls captures --format markdown   what no call reached, as a table`,
    )
    .action(async (dialplan: string, options: CoverageOptions) => {
      finish(await coverage(dialplan, options));
    });
}

async function coverage(spec: string, { format, ...flags }: CoverageOptions): Promise<number> {
  let corpus;
  try {
    corpus = await corpusOf(flags);
  } catch (error) {
    return refuse((error as Error).message);
  }
  const { documents, snapshot } = await dialplanAt(spec, flags.config);
  warnOfDocuments(snapshot.problems);
  const run = await runOnCorpus({ kind: 'coverage', dialplan: documents, ...corpus.options }, corpus);
  const sum: Coverage = { calls: 0, hits: new Map() };
  for (const result of run.results) addUp(sum, result);
  for (const complaint of run.complaints) process.stderr.write(`parkway: ${complaint}\n`);
  if (sum.calls === 0) return refuse('no recorded call could be read');
  const rows = coverageRows(snapshot, (...place) => sum.hits.get(hitKey(...place)) ?? 0);
  await write(rows, sum.calls, format);
  return EXIT_OK;
}

async function write(rows: readonly CoverageRow[], calls: number, format: CoverageOptions['format']): Promise<void> {
  const output = new Output();
  switch (format) {
    case 'pretty':
      return output.write(coverageLines(rows, calls));
    case 'html':
      return output.writeText(coverageHtml(rows, calls));
    case 'markdown':
      return output.writeText(coverageMarkdown(rows, calls));
    case 'json':
      for (const row of rows) await output.writeJson(row);
  }
}
