/** `parkway replay`: the route each recorded call would take, and why. */
import { Option, type Command } from 'commander';
import { readCalls, sizeOfRecordings } from '../replay/read-calls.js';
import type { Explanation } from '../report/explanation-lines.js';
import { replayJson, replayLines, replayMarkdown } from '../report/replay-lines.js';
import { EXIT_COULD_NOT_RUN, EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import { findFiles } from './find-files.js';
import { formatOption, Output } from './output.js';
import { startProgress } from './progress.js';
import type { Finish } from './program.js';
import { refuse } from './refuse.js';
import { ReplayBench, type HuntedCall } from './replay-bench.js';
import { addReplayFlags, ANSWERS_HELP, type ReplayFlags } from './replay-flags.js';
import { warnOfDocuments } from './warn-of-documents.js';

interface ReplayCommandOptions extends ReplayFlags {
  readonly explain?: Explanation | true;
  readonly format: 'pretty' | 'json' | 'markdown';
}

/** What a run came to. */
interface Tally {
  calls: number;
  unreadable: number;
  noRoute: number;
  uncertain: number;
  otherwise: number;
}

export const DUMPS_HELP = `
A dump is what uuid_dump prints (plain, json, xml), the reply to connect, an event, a log with the output of info in it, or
Parkway's own capture, also compressed with gzip or zstd; one file may hold many. Folders and globs are read, - is standard input.`;

export function addReplay(program: Command, finish: Finish): void {
  const command = program
    .command('replay')
    .description('Shows the route each recorded call would take: context, extensions, actions, captures, and why.')
    .argument('<dump...>', 'recordings of calls; folders, globs; - for standard input')
    .addOption(
      new Option(
        '--explain [how]',
        'notes: an extension a line; fails: the tests that failed, with a caret where an expression stopped matching; ' +
          'full: all that FreeSWITCH would log',
      ).choices(['notes', 'fails', 'full']),
    )
    .addOption(formatOption(['pretty', 'json', 'markdown']))
    .addHelpText(
      'after',
      `${DUMPS_HELP}
${ANSWERS_HELP}

A call is followed to where its list transfers it (transfer, execute_extension, sched_transfer), up to eight hunts.

Exit status: 0 every call has a route, 1 one has none, is transferred to where there is none, rests on what is not known, is not
as recorded or cannot be read, 2 it could not run.

Examples:
  parkway replay call.txt --explain=fails
  fs_cli -x "uuid_dump $UUID" | parkway replay - --explain=full
  parkway replay freeswitch.log --now 2026-12-25T10:00 --timezone Europe/Berlin
  parkway replay call.txt --destination 00441632960000 --set toll_allow=international
  parkway replay calls/ --store git:HEAD~1:dialplan/ --format json
  parkway replay call.txt --explain=fails --format markdown   for a ticket
  parkway replay call.txt --freeswitch 127.0.0.1:8021 --password ClueCon`,
    );
  addReplayFlags(command).action(async (args: readonly string[], options: ReplayCommandOptions) => {
    finish(await replayAll(args, options));
  });
}

async function replayAll(args: readonly string[], options: ReplayCommandOptions): Promise<number> {
  let bench: ReplayBench | undefined;
  try {
    const files = await findFiles(args);
    bench = await ReplayBench.open(options);
    warnOfDocuments(bench.problems);
    return await replayFiles(files, bench, options);
  } catch (error) {
    return refuse((error as Error).message);
  } finally {
    bench?.close();
  }
}

async function replayFiles(
  files: readonly string[],
  bench: ReplayBench,
  { explain, format }: ReplayCommandOptions,
): Promise<number> {
  const tally: Tally = { calls: 0, unreadable: 0, noRoute: 0, uncertain: 0, otherwise: 0 };
  const explanation = explain === true ? 'notes' : explain;
  const progress = startProgress({ unit: 'calls', whole: await sizeOfRecordings(files) });
  const output = new Output(progress);
  const onRead = (bytes: number): void => {
    progress.advance(bytes);
  };
  try {
    for await (const dump of readCalls(files, { onRead })) {
      if (output.isClosed) break;
      progress.count();
      if (dump.kind === 'unreadable') {
        tally.unreadable += 1;
        if (format === 'json') await output.writeJson({ location: dump.location, error: dump.message });
        else output.complain(`${dump.location}: ${dump.message}`);
        continue;
      }
      const report = await bench.hunt(dump);
      addTo(tally, report);
      if (format === 'json') await output.writeJson(replayJson(report, explanation));
      else if (format === 'markdown') await output.write([replayMarkdown(report, explanation)]);
      else await output.write([...(tally.calls > 1 ? [''] : []), ...replayLines(report, explanation, output.style)]);
    }
  } finally {
    progress.stop();
  }
  if (format !== 'json' && tally.calls > 1) await output.write(['', summaryOf(tally)]);
  if (tally.calls === 0) return EXIT_COULD_NOT_RUN;
  return tally.unreadable + tally.noRoute + tally.uncertain + tally.otherwise > 0 ? EXIT_FINDINGS : EXIT_OK;
}

function addTo(tally: Tally, { replayed, followed, otherwise }: HuntedCall): void {
  const hunts = [replayed, ...followed.hunts.map((hunt) => hunt.replayed)];
  tally.calls += 1;
  if (hunts.some(({ hunted }) => !hunted.route)) tally.noRoute += 1;
  if (followed.unknown.length > 0 || hunts.some(({ certain }) => !certain)) tally.uncertain += 1;
  if (otherwise.length > 0) tally.otherwise += 1;
}

function summaryOf({ calls, unreadable, noRoute, uncertain, otherwise }: Tally): string {
  const parts = [
    `${calls} calls`,
    ...(noRoute > 0 ? [`${noRoute} without a route`] : []),
    ...(uncertain > 0 ? [`${uncertain} rest on what is not known`] : []),
    ...(otherwise > 0 ? [`${otherwise} not as recorded`] : []),
    ...(unreadable > 0 ? [`${unreadable} dumps could not be read`] : []),
  ];
  return parts.join(', ');
}
