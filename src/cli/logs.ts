/** `parkway logs`: Parkway's own logs, each call as one block. */
import process from 'node:process';
import { InvalidArgumentError, type Command } from 'commander';
import { loadConfiguration } from '../configuration.js';
import { callBlock } from '../logs/call-block.js';
import { isWanted, type CallFilter } from '../logs/call-filter.js';
import { CAUGHT_UP, followLog } from '../logs/follow-log.js';
import { CallFolder } from '../logs/fold-calls.js';
import { parseLogEntry } from '../logs/log-entry.js';
import type { LoggedCall } from '../logs/logged-call.js';
import { LineCutter, type Line } from '../replay/byte-lines.js';
import { openRecording, STANDARD_INPUT } from '../replay/open-recording.js';
import { isTime, readTime } from '../replay/read-time.js';
import { printable, printableText } from '../report/printable.js';
import { EXIT_COULD_NOT_RUN, EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import { findFiles } from './find-files.js';
import { formatOption, Output } from './output.js';
import type { Finish } from './program.js';
import { refuse } from './refuse.js';

interface LogsOptions extends CallFilter {
  readonly follow?: boolean;
  readonly last?: number;
  readonly trace?: boolean;
  readonly config?: string;
  readonly format: 'pretty' | 'json';
}

/** What `-f` shows of what was before. */
const LAST_WHEN_FOLLOWED = 10;
const MOST_LAST = 10_000;
const SHOWN_OF_LINE = 80;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const AGO = /^(\d+)([smhd])$/;

export function addLogs(program: Command, finish: Finish): void {
  program
    .command('logs')
    .description(
      "Shows the calls in Parkway's own logs, each as one block: who, where to, why, what was executed, how it ended.",
    )
    .argument(
      '[file...]',
      'JSON logs, also compressed, folders or globs; - for standard input (default: log.file and what was rotated of it)',
    )
    .option('-f, --follow', 'go on with calls as they end')
    .option(
      '-n, --last <count>',
      `only so many calls, the last ones (default with -f alone: ${LAST_WHEN_FOLLOWED})`,
      aCount,
    )
    .option('--number <number>', 'calls whose caller or destination has it')
    .option('--call <uuid>', 'the call whose uuid begins so')
    .option('--context <name>', 'calls routed by this context')
    .option('--domain <name>', 'calls of this domain')
    .option('--failed', 'calls that failed, that found no route, or about which there was a warning')
    .option('--since <time>', 'calls that went on since then', aTime)
    .option('--until <time>', 'calls that had begun by then', aTime)
    .option('--trace', 'with how each was decided, where that was logged')
    .option('--config <file>', 'configuration file (default: parkway.yaml or parkway.json here, if there is one)')
    .addOption(formatOption(['pretty', 'json']))
    .addHelpText(
      'after',
      `
A time is 90s, 10m, 2h or 3d ago, or such as 2026-11-25T18:30 by this machine's clock. All that is asked for must hold.
Calls that have not ended come last; with -f they are shown at the end (Ctrl-C) and whenever Ctrl-\\ is pressed.
Logs of level info tell whole calls; how a call was decided is logged of those that went wrong, and with level debug of all.

Exit status: 0 all was read, 1 some of it is no log of Parkway's or damaged, 2 none could be read.

Examples:
  parkway logs -f
  parkway logs --failed --since 10m --trace
  parkway logs --number 1001 -n 5
  parkway logs /var/log/parkway/parkway-20261125*.log.gz --call 3f2a91c0
  journalctl -u parkway -o cat | parkway logs -
  docker logs -f parkway | parkway logs - --failed`,
    )
    .action(async (files: readonly string[], options: LogsOptions) => {
      finish(await showLogs(files, options));
    });
}

async function showLogs(files: readonly string[], options: LogsOptions): Promise<number> {
  const stopping = new AbortController();
  const show = new CallShow(options);
  try {
    const source = await sourceOf(files, options);
    if (source.isEndless) heedSignals(stopping, show);
    for await (const line of source.lines(stopping.signal)) {
      if (line === CAUGHT_UP) await show.catchUp();
      else await show.take(line);
      if (show.isOver) break;
    }
  } catch (error) {
    await show.flush();
    return refuse((error as Error).message);
  }
  return show.conclude();
}

interface LogSource {
  /** Whether it may go on until it is stopped. */
  readonly isEndless: boolean;
  lines(signal: AbortSignal): AsyncGenerator<Line | typeof CAUGHT_UP, void, void>;
}

/** @throws where there is nothing to read */
async function sourceOf(args: readonly string[], options: LogsOptions): Promise<LogSource> {
  const { follow = false } = options;
  const files = await findFiles(args);
  const [only] = files;
  if (only === undefined)
    return { isEndless: follow, lines: (signal) => grownLines(configuredFile(options), options, signal) };
  if (!follow || only === STANDARD_INPUT) {
    return { isEndless: files.includes(STANDARD_INPUT), lines: (signal) => linesOf(files, signal) };
  }
  if (files.length > 1) throw new Error(`-f follows one file, found ${files.length}`);
  return { isEndless: true, lines: (signal) => grownLines(only, options, signal) };
}

function configuredFile({ config }: LogsOptions): string {
  const { configuration } = loadConfiguration({ file: config, environment: process.env, flags: [] });
  const { file } = configuration.log;
  if (file !== undefined) return file;
  throw new Error(
    'log.file is not configured, so Parkway logs to standard output only; name files, or - for standard input: ' +
      'journalctl -u parkway -o cat | parkway logs -',
  );
}

function grownLines(
  file: string,
  { follow = false, since, last }: LogsOptions,
  signal: AbortSignal,
): ReturnType<LogSource['lines']> {
  return followLog(file, {
    since: since ?? (follow && last === undefined ? Date.now() : 0),
    isFollowed: follow,
    signal,
    onUnreadable: (unread, reason) => {
      process.stderr.write(`parkway: ${printableText(unread)}: ${printableText(reason)}\n`);
    },
  });
}

async function* linesOf(files: readonly string[], signal: AbortSignal): AsyncGenerator<Line, void, void> {
  signal.addEventListener('abort', () => process.stdin.destroy());
  for (const file of files) {
    const cutter = new LineCutter();
    try {
      for await (const chunk of openRecording(file, () => undefined)) yield* cutter.push(chunk);
    } catch (error) {
      if (signal.aborted) return;
      throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
    }
    yield* cutter.end();
  }
}

function heedSignals(stopping: AbortController, show: CallShow): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopping.abort();
    });
  }
  process.on('SIGQUIT', () => void show.unfinished());
}

/** Writes the calls that are wanted as they end. */
class CallShow {
  private readonly output = new Output();
  private readonly folder = new CallFolder();
  /** How many of those that ended before are shown; undefined: all, at once. */
  private readonly last: number | undefined;
  private recent: LoggedCall[] = [];
  private isPast = true;
  private isFirst = true;
  private entries = 0;
  private otherLines = 0;
  private firstOther = '';

  constructor(private readonly options: LogsOptions) {
    const { follow = false, last, since } = options;
    this.last = last ?? (follow && since === undefined ? LAST_WHEN_FOLLOWED : undefined);
  }

  /** Whether nobody reads any more. */
  get isOver(): boolean {
    return this.output.isClosed;
  }

  async take({ text }: Line): Promise<void> {
    const entry = parseLogEntry(Buffer.from(text, 'latin1').toString());
    if (entry !== undefined) {
      this.entries += 1;
      for (const call of this.folder.take(entry, text.length)) await this.offer(call);
    } else if (text.trim() !== '') {
      if (this.otherLines === 0) this.firstOther = text.slice(0, SHOWN_OF_LINE);
      this.otherLines += 1;
    }
  }

  /** What was there is read; from now on calls are shown as they end. */
  async catchUp(): Promise<void> {
    this.isPast = false;
    for (const call of this.recent) await this.write(call);
    this.recent = [];
  }

  async unfinished(): Promise<void> {
    for (const call of this.folder.unfinished()) await this.offer(call);
  }

  /** Shows what is left. */
  async flush(): Promise<void> {
    await this.unfinished();
    await this.catchUp();
  }

  /** Shows what is left, and says what could not be read. @returns the exit status */
  async conclude(): Promise<number> {
    await this.flush();
    if (this.otherLines === 0) {
      if (this.isFirst && this.options.format === 'pretty') process.stderr.write('parkway: no such call in the log\n');
      return EXIT_OK;
    }
    const example = `"${printable(this.firstOther)}"`;
    if (this.entries === 0) {
      process.stderr.write(
        `parkway: expected JSON logs of Parkway's, found ${example}; log.file and log.format json write what can be read\n`,
      );
      return EXIT_COULD_NOT_RUN;
    }
    const are = this.otherLines === 1 ? '1 line is no log of' : `${this.otherLines} lines are no logs of`;
    process.stderr.write(`parkway: ${are} Parkway's: ${example}\n`);
    return EXIT_FINDINGS;
  }

  private async offer(call: LoggedCall): Promise<void> {
    if (!isWanted(call, this.options)) return;
    if (this.last === undefined || !this.isPast) return this.write(call);
    this.recent.push(call);
    if (this.recent.length > this.last) this.recent.shift();
  }

  private async write(call: LoggedCall): Promise<void> {
    const { format, trace = false } = this.options;
    const { output, isFirst } = this;
    this.isFirst = false;
    if (format === 'json') await output.writeJson(call);
    else await output.write([...(isFirst ? [] : ['']), ...callBlock(call, output.style, trace)]);
  }
}

function aCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MOST_LAST) {
    throw new InvalidArgumentError(`expected a whole number from 1 to ${MOST_LAST}`);
  }
  return count;
}

function aTime(text: string): number {
  const [, count, unit = ''] = AGO.exec(text) ?? [];
  if (count !== undefined) return Date.now() - Number(count) * (UNIT_MS[unit] ?? 0);
  if (isTime(text)) return readTime(text, new Intl.DateTimeFormat().resolvedOptions().timeZone);
  throw new InvalidArgumentError('expected such as 90s, 10m, 2h, 3d or 2026-11-25T18:30');
}
