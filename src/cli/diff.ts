/** `parkway diff`: which recorded calls go elsewhere under another dialplan. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { addComparison, emptyComparison } from '../corpus/compare-calls.js';
import { readExpectedMoves, UnusableMovesError, type ExpectedMove } from '../corpus/expected-moves.js';
import { runCorpus } from '../corpus/run-corpus.js';
import { AnswersFileError, parseAnswerTexts } from '../replay/answers-file.js';
import type { AnswerTexts } from '../replay/answer-source.js';
import { sizeOfRecordings } from '../replay/read-calls.js';
import { countOf, diffJson, diffLines, diffMarkdown, sortGroups, type DiffReport } from '../report/diff-report.js';
import { configurationOf } from './configuration-flags.js';
import { dialplanAt } from './dialplan-at.js';
import { EXIT_COULD_NOT_RUN, EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import { findFiles, NoSuchFileError } from './find-files.js';
import type { Finish } from './program.js';
import { startProgress } from './progress.js';
import { callerContextOption } from './replay-flags.js';

interface DiffOptions {
  readonly calls: readonly string[];
  readonly allow?: string;
  readonly answers?: string;
  readonly config?: string;
  readonly domain?: string;
  readonly callerContext?: boolean;
  readonly format: 'pretty' | 'json' | 'markdown';
  readonly threads: number;
}

const DATE_LENGTH = 'YYYY-MM-DD'.length;

export function addDiff(program: Command, finish: Finish): void {
  program
    .command('diff')
    .description('Hunts every recorded call under two dialplans, and tells which go elsewhere.')
    .argument('<old>', 'the dialplan as it is: a directory, git:REV:folder or a Redis URL')
    .argument('<new>', 'the dialplan as it is to be')
    .requiredOption(
      '--calls <file...>',
      'recorded calls: capture files or channel dumps, plain, gzip or zstd; globs; -',
    )
    .option('--allow <file>', 'moves that are expected, and why (schema/expected-moves.schema.json)')
    .option('--answers <file>', 'what global variables and API functions answer that the recordings do not tell')
    .option('--config <file>', 'configuration file: domain, time zone, captures')
    .option('--domain <name>', 'domain of calls that name none')
    .addOption(callerContextOption())
    .addOption(
      new Option('--format <format>', 'how it is printed').choices(['pretty', 'json', 'markdown']).default('pretty'),
    )
    .option(
      '--threads <n>',
      'how many files, or parts of a large plain file, are read at once',
      aCount,
      availableParallelism(),
    )
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
  parkway diff old new --calls calls.ndjson --allow expected.yaml`,
    )
    .action(async (old: string, latest: string, options: DiffOptions) => {
      finish(await diff(old, latest, options));
    });
}

async function diff(old: string, latest: string, options: DiffOptions): Promise<number> {
  const { configuration } = configurationOf({ config: options.config, domain: options.domain });
  let files: readonly string[];
  let expected: readonly ExpectedMove[];
  let answers: AnswerTexts;
  try {
    files = await findFiles(options.calls);
    expected = options.allow === undefined ? [] : readExpectedMoves(options.allow, readFileSync(options.allow, 'utf8'));
    answers = options.answers === undefined ? {} : parseAnswerTexts(readFileSync(options.answers, 'utf8'));
  } catch (error) {
    if (error instanceof UnusableMovesError || error instanceof NoSuchFileError) return refuse(error.message);
    if (error instanceof AnswersFileError) return refuse(`${options.answers ?? ''}: ${error.message}`);
    return refuse((error as Error).message);
  }
  const now = new Date();
  const job = {
    kind: 'compare',
    old: (await dialplanAt(old)).documents,
    new: (await dialplanAt(latest)).documents,
    expected,
    today: now.toISOString().slice(0, DATE_LENGTH),
    domain: configuration.domain,
    callerContext: options.callerContext === true,
    neutraliseCaptures: configuration.dialplan.neutraliseCaptures,
    matchLimit: configuration.dialplan.matchLimit,
    timezone: configuration.dialplan.timezone,
    now: now.getTime(),
    answers,
  } as const;
  const progress = startProgress({ unit: 'calls', whole: await sizeOfRecordings(files) });
  const run = await runCorpus(job, files, options.threads, ({ bytes, calls }) => {
    progress.advance(bytes);
    progress.count(calls);
  });
  progress.stop();
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
  printReport(report, options.format);
  if (sum.calls === 0) return refuse('no recorded call could be read');
  return countOf(report, 'moved') > 0 ? EXIT_FINDINGS : EXIT_OK;
}

function printReport(report: DiffReport, format: DiffOptions['format']): void {
  if (format === 'markdown') process.stdout.write(diffMarkdown(report));
  else for (const line of format === 'json' ? diffJson(report) : diffLines(report)) process.stdout.write(`${line}\n`);
  if (format === 'pretty') return;
  for (const complaint of report.complaints) process.stderr.write(`parkway: ${complaint}\n`);
}

function refuse(message: string): number {
  process.stderr.write(`parkway: ${message}\n`);
  return EXIT_COULD_NOT_RUN;
}

function aCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number above 0');
  return value;
}
