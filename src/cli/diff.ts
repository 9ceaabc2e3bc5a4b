/** `parkway diff`: which recorded calls go elsewhere under another dialplan. */
import process from 'node:process';
import type { Command } from 'commander';
import { addComparison, emptyComparison } from '../corpus/compare-calls.js';
import type { ExpectedMove } from '../corpus/expected-moves.js';
import { readExpectedMoves } from '../corpus/read-expected-moves.js';
import {
  countOf,
  diffJson,
  diffJunit,
  diffLines,
  diffMarkdown,
  sortGroups,
  type DiffReport,
} from '../report/diff-report.js';
import { addCorpusFlags, corpusOf, runOnCorpus, type Corpus, type CorpusFlags } from './corpus-flags.js';
import { dialplanAt } from './dialplan-at.js';
import { EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import { formatOption } from './output.js';
import type { Finish } from './program.js';
import { readTextFile } from './read-file.js';
import { refuse } from './refuse.js';
import { warnOfDocuments } from './warn-of-documents.js';

interface DiffOptions extends CorpusFlags {
  readonly allow?: string;
  readonly format: 'pretty' | 'json' | 'junit' | 'markdown';
}

const DATE_LENGTH = 'YYYY-MM-DD'.length;

export function addDiff(program: Command, finish: Finish): void {
  const command = program
    .command('diff')
    .description('Hunts every recorded call under two dialplans, and tells which go elsewhere.')
    .argument('<old>', 'the dialplan as it is: a directory, git:REV:folder or a Redis URL')
    .argument('<new>', 'the dialplan as it is to be');
  addCorpusFlags(command)
    .option('--allow <file>', 'moves that are expected, and why (schema/expected-moves.schema.json)')
    .addOption(formatOption(['pretty', 'json', 'junit', 'markdown']))
    .addHelpText(
      'after',
      `
A call moves if other applications, or other data, would be executed. Calls that move alike are one group: where they went and
go, how many there are, one of them, and its two traces from the point at which they part.

  # expected.yaml
  - from: { extension: outbound }
    to: { contains: { bridge: { matches: ^sofia/gateway/new/ } } }
    reason: the new trunk
    until: 2026-12-31

Exit status: 0 no call moved but as expected, 1 a call did, 2 a dialplan or all recordings cannot be read.

Examples:
  parkway diff git:HEAD~1:dialplan/ dialplan --calls captures/*.ndjson.gz
  parkway diff git:main:dialplan/ dialplan --calls captures/*.gz --format markdown > comment.md
  parkway diff old new --calls calls.ndjson --allow expected.yaml
  parkway diff redis://localhost dialplan --calls captures --format junit > report.xml`,
    )
    .action(async (old: string, latest: string, options: DiffOptions) => {
      finish(await diff(old, latest, options));
    });
}

async function diff(old: string, latest: string, { allow, format, ...flags }: DiffOptions): Promise<number> {
  let corpus: Corpus;
  let expected: readonly ExpectedMove[];
  try {
    corpus = await corpusOf(flags);
    expected = allow === undefined ? [] : readExpectedMoves(allow, readTextFile(allow));
  } catch (error) {
    return refuse((error as Error).message);
  }
  const dialplans = { old: await dialplanAt(old, flags.config), new: await dialplanAt(latest, flags.config) };
  for (const { snapshot } of Object.values(dialplans)) warnOfDocuments(snapshot.problems);
  const run = await runOnCorpus(
    {
      kind: 'compare',
      old: dialplans.old.documents,
      new: dialplans.new.documents,
      expected,
      today: new Date(corpus.options.now).toISOString().slice(0, DATE_LENGTH),
      ...corpus.options,
    },
    corpus,
  );
  const sum = emptyComparison();
  for (const result of run.results) addComparison(sum, result);
  const report: DiffReport = {
    old,
    new: latest,
    calls: sum.calls,
    groups: sortGroups(sum.groups.values()),
    unknown: sum.unknown,
    uncertain: sum.uncertain,
    unreadable: run.unreadable,
    complaints: run.complaints,
    locate: ({ example }) => run.locate(example.place),
  };
  printReport(report, format);
  if (sum.calls === 0) return refuse('no recorded call could be read');
  return countOf(report, 'moved') > 0 ? EXIT_FINDINGS : EXIT_OK;
}

function printReport(report: DiffReport, format: DiffOptions['format']): void {
  if (format === 'markdown') process.stdout.write(diffMarkdown(report));
  else if (format === 'junit') process.stdout.write(diffJunit(report));
  else for (const line of format === 'json' ? diffJson(report) : diffLines(report)) process.stdout.write(`${line}\n`);
  if (format === 'pretty') return;
  for (const complaint of report.complaints) process.stderr.write(`parkway: ${complaint}\n`);
}
