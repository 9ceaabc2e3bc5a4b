/** `parkway simulate`: plays FreeSWITCH to a daemon, from channel dumps. */
import process from 'node:process';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseYaml, UnusableYamlError } from '../dialplan/yaml-file.js';
import { NotADumpError, readDump, type ChannelDump } from '../replay/read-dump.js';
import { loadSummaryLines, simulatedCallLines } from '../report/simulated-call-lines.js';
import type { CallResult } from '../simulator/call-result.js';
import type { LoadSummary } from '../simulator/load-tally.js';
import { scriptProblems } from '../simulator/script-problems.js';
import type { Script } from '../simulator/script.js';
import { simulateLoad } from '../simulator/simulate-load.js';
import { startFreeSwitch } from '../simulator/start-free-switch.js';
import { EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import { findFiles, NoSuchFileError } from './find-files.js';
import { formatOption } from './output.js';
import type { Finish } from './program.js';
import { startProgress } from './progress.js';
import { readFile, readTextFile, UnusableFileError } from './read-file.js';
import { refuse } from './refuse.js';

interface SimulateOptions {
  readonly to: string;
  readonly mode: 'async' | 'sync';
  readonly full: boolean;
  readonly hangupAfter?: number;
  readonly calls?: number;
  readonly rate?: number;
  readonly concurrency?: number;
  readonly giveUpAfter: number;
  readonly script?: string;
  readonly speed: number;
  readonly format: 'pretty' | 'json';
  readonly quiet?: boolean;
}

/** Calls whose fate is no fault of the controller. */
const GOOD_FATES = new Set<CallResult['fate']>(['hung up', 'continued', 'ended', 'handed over']);
const CONCURRENCY = 100;
const EXPECTED = [NoSuchFileError, UnusableFileError, UnusableYamlError] as const;

export function addSimulate(program: Command, finish: Finish): void {
  program
    .command('simulate')
    .description('Plays FreeSWITCH: dials a daemon from channel dumps and answers as FreeSWITCH does.')
    .argument(
      '<dump...>',
      "files, folders or globs with a channel's data: uuid_dump, the reply to connect, an event; - for standard input",
    )
    .option('--to <host:port>', 'the daemon; host:port[/path], several with | between them', '127.0.0.1:8084')
    .addOption(new Option('--mode <mode>', 'as in the socket application').choices(['async', 'sync']).default('async'))
    .option('--no-full', 'leave "full" out: no api, no linger')
    .option('--hangup-after <ms>', 'the caller hangs up', aNumber)
    .option('--calls <n>', 'how many calls, from the dumps in turn (default: one from each)', aCount)
    .option('--rate <n>', 'calls a second (default: as fast as the daemon lets them)', aPositiveNumber)
    .option('--concurrency <n>', 'calls at one time (default: 100, with --rate as many as it takes)', aCount)
    .option('--give-up-after <ms>', 'a call is given up that has not ended by then', aNumber, 60_000)
    .option('--script <file>', 'how applications and called parties behave, YAML or JSON')
    .option('--speed <n>', 'how many times faster than real time', aPositiveNumber, 1)
    .addOption(formatOption(['pretty', 'json']))
    .option('--quiet', 'only the summary')
    .addHelpText(
      'after',
      `
A script says how applications behave; by default a bridge is answered after 2 s and lasts 5 s, a file plays for 2 s:

  applications:
    - { application: bridge, data: '^user/1002', peer: { failsAfter: 300, cause: USER_BUSY } }
    - { application: bridge, peer: { ringsAfter: 200, answersAfter: 2000, lasts: 5000 } }
    - { application: playback, lasts: 800 }
  globals: { recordings_dir: /var/recordings }
  api:
    - { function: hash, answer: gold }

With --speed every time but that of --rate, given or printed, is simulated time. --format json writes one object a call, and one
for the summary.

Exit status: 0 all well, 1 a call got stuck or the daemon sent what FreeSWITCH does not understand, 2 it could not run.

Examples:
  parkway simulate examples/calls/*.txt
  parkway simulate call.txt --mode sync --hangup-after 1500 --format json
  fs_cli -x 'uuid_dump 5d3e…' | parkway simulate -
  parkway simulate examples/calls/*.txt --calls 5000 --rate 200 --speed 10 --quiet`,
    )
    .action(async (files: readonly string[], options: SimulateOptions) => {
      finish(await simulate(files, options));
    });
}

async function simulate(args: readonly string[], options: SimulateOptions): Promise<number> {
  let channels: readonly ChannelDump[];
  let script: Script;
  try {
    channels = (await findFiles(args)).map(readDumpFile);
    if (channels.length === 0) throw new NoSuchFileError(`${args.join(', ')}: there is no file`);
    script = options.script === undefined ? {} : readScript(options.script);
  } catch (error) {
    if (!EXPECTED.some((kind) => error instanceof kind)) throw error;
    return refuse((error as Error).message);
  }
  const { calls = channels.length, to, hangupAfter, rate, giveUpAfter, speed } = options;
  const { concurrency = rate === undefined ? CONCURRENCY : calls } = options;
  const seen = { bad: 0, unreached: 0 };
  const progress = startProgress({ unit: 'calls', whole: calls });
  const summary = await simulateLoad(startFreeSwitch({ script, speed }), {
    channels,
    calls,
    concurrency,
    target: to,
    asynchronous: options.mode === 'async',
    full: options.full,
    ...(hangupAfter === undefined ? {} : { hangupAfter }),
    ...(rate === undefined ? {} : { rate: rate / speed }),
    giveUpAfter,
    onResult(result, dump) {
      progress.count();
      progress.advance(1);
      if (result.fate === 'not connected') seen.unreached += 1;
      if (!GOOD_FATES.has(result.fate) || result.problems.length > 0) seen.bad += 1;
      if (options.quiet === true) return;
      progress.erase();
      printCall(result, dump, options);
    },
  });
  progress.stop();
  printSummary(summary, options);
  if (seen.unreached === calls) return refuse(`nobody answers at ${to}`);
  return seen.bad > 0 ? EXIT_FINDINGS : EXIT_OK;
}

function readDumpFile(file: string): ChannelDump {
  const bytes = readFile(file);
  try {
    return readDump(bytes);
  } catch (error) {
    if (!(error instanceof NotADumpError)) throw error;
    throw new UnusableFileError(`${file}: ${error.message}`);
  }
}

function readScript(file: string): Script {
  const { value = {}, complaint } = parseYaml(file, readTextFile(file));
  const problems = scriptProblems(value);
  if (problems.length > 0) throw new UnusableYamlError(problems.map(complaint));
  return value as Script;
}

function printCall(result: CallResult, dump: ChannelDump, { format }: SimulateOptions): void {
  if (format === 'json') print(JSON.stringify(result));
  else for (const line of simulatedCallLines(result, dump)) print(line);
}

function printSummary(summary: LoadSummary, { format }: SimulateOptions): void {
  if (format === 'json') print(JSON.stringify({ summary }));
  else for (const line of loadSummaryLines(summary)) print(line);
}

function aNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('expected a number of 0 or more');
  }
  return value;
}

function aPositiveNumber(text: string): number {
  const value = aNumber(text);
  if (value === 0) throw new InvalidArgumentError('expected a number above 0');
  return value;
}

function aCount(text: string): number {
  const value = aPositiveNumber(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('expected a whole number above 0');
  return value;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
