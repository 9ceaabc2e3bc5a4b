/** What commands have in common that go through a corpus of recorded calls: which calls, what is known besides, how many threads. */
import { InvalidArgumentError, type Command } from 'commander';
import type { CorpusJob, CorpusOptions, ResultOf } from '../corpus/corpus-job.js';
import { runCorpus, type CorpusRun } from '../corpus/run-corpus.js';
import { parseAnswerTexts } from '../replay/answers-file.js';
import { answersFromGlobals } from '../replay/global-answers.js';
import { sizeOfRecordings } from '../replay/read-calls.js';
import { configurationOf } from './configuration-flags.js';
import { findFiles } from './find-files.js';
import { startProgress } from './progress.js';
import { readFile, readTextFile } from './read-file.js';
import { callerContextOption } from './replay-flags.js';

export interface CorpusFlags {
  readonly calls: readonly string[];
  readonly answers?: string;
  readonly globals?: string;
  readonly config?: string;
  readonly domain?: string;
  readonly callerContext?: boolean;
  readonly threads?: number;
}

export interface Corpus {
  readonly files: readonly string[];
  readonly threads: number | undefined;
  readonly options: CorpusOptions;
}

export function addCorpusFlags(command: Command): Command {
  return command
    .requiredOption(
      '--calls <file...>',
      'recorded calls: capture files or channel dumps, plain, gzip or zstd; folders, globs; - for standard input',
    )
    .option('--answers <file>', 'what global variables and API functions answer that the recordings do not tell')
    .option('--globals <file>', "FreeSWITCH's vars.xml, or what global_getvar prints")
    .option('--config <file>', 'configuration file: domain, time zone, captures, the keys of a Redis')
    .option('--domain <name>', 'domain of calls that name none')
    .addOption(callerContextOption())
    .option(
      '--threads <n>',
      'how many files, or parts of a large plain file, are read at once (default: as many as there are processors and the calls are worth)',
      aCount,
    );
}

/** @throws NoSuchFileError, UnusableFileError, UnusableYamlError, ConfigurationError */
export async function corpusOf({
  calls,
  answers,
  globals,
  config,
  domain,
  callerContext,
  threads,
}: CorpusFlags): Promise<Corpus> {
  const { configuration } = configurationOf({ config, domain });
  return {
    files: await findFiles(calls),
    threads,
    options: {
      domain: configuration.domain,
      callerContext: callerContext === true,
      neutraliseCaptures: configuration.dialplan.neutraliseCaptures,
      matchLimit: configuration.dialplan.matchLimit,
      timezone: configuration.dialplan.timezone,
      now: Date.now(),
      answers: answers === undefined ? {} : parseAnswerTexts(answers, readTextFile(answers)),
      globals: globals === undefined ? undefined : globalsIn(globals),
    },
  };
}

/** Read once here, so that a file that tells none is complained of before threads are started. */
function globalsIn(file: string): NonNullable<CorpusOptions['globals']> {
  const text = readFile(file).toString('latin1');
  answersFromGlobals(file, text);
  return { file, text };
}

/** Does a job over all calls, and shows how far it is. */
export async function runOnCorpus<Job extends CorpusJob>(
  job: Job,
  { files, threads }: Corpus,
): Promise<CorpusRun<ResultOf<Job>>> {
  const progress = startProgress({ unit: 'calls', whole: await sizeOfRecordings(files) });
  try {
    return await runCorpus(job, files, threads, ({ bytes, calls }) => {
      progress.advance(bytes);
      progress.count(calls);
    });
  } finally {
    progress.stop();
  }
}

function aCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number above 0');
  return value;
}
