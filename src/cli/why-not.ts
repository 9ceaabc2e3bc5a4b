/** `parkway why-not`: why a call did not reach an extension, and the smallest change that would have led it there. */
import type { Command } from 'commander';
import { bytesOf, textOf } from '../bytes.js';
import { suggestion } from '../dialplan/validate.js';
import { readCalls } from '../replay/read-calls.js';
import { MOST_TRIED, whyNot } from '../replay/why-not.js';
import { whyNotJson, whyNotLines, whyNotMarkdown } from '../report/why-not-lines.js';
import type { Snapshot } from '../routes/snapshot.js';
import { EXIT_COULD_NOT_RUN, EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import { findFiles } from './find-files.js';
import { formatOption, Output } from './output.js';
import type { Finish } from './program.js';
import { refuse } from './refuse.js';
import { ReplayBench, showTime } from './replay-bench.js';
import { addReplayFlags, ANSWERS_HELP, type ReplayFlags } from './replay-flags.js';
import { startProgress } from './progress.js';
import { DUMPS_HELP } from './replay.js';
import { warnOfDocuments } from './warn-of-documents.js';

interface WhyNotOptions extends ReplayFlags {
  readonly format: 'pretty' | 'json' | 'markdown';
}

export function addWhyNot(program: Command, finish: Finish): void {
  const command = program
    .command('why-not')
    .description(
      'Says why a recorded call did not reach an extension, and which smallest change of a field, of an answer or of the ' +
        'time would have led it there. Every change is tried before it is told.',
    )
    .argument(
      '<dump>',
      'recording of a call, or of several, each of which is looked at; folders, globs; - for standard input',
    )
    .argument('<extension>', "the extension's name")
    .addOption(formatOption(['pretty', 'json', 'markdown']))
    .addHelpText(
      'after',
      `${DUMPS_HELP}
${ANSWERS_HELP}

Exit status: 0 it did reach the extension, or a change is known that leads there, 1 none was found, 2 it could not run.

Examples:
  parkway why-not call.txt "call extension"
  parkway why-not call.txt reception --now 2026-12-25T10:00 --timezone Europe/Berlin
  parkway why-not calls.ndjson.gz outbound --format json`,
    );
  addReplayFlags(command).action(async (dump: string, extension: string, options: WhyNotOptions) => {
    finish(await explainAll(dump, extension, options));
  });
}

async function explainAll(dump: string, extension: string, options: WhyNotOptions): Promise<number> {
  let bench: ReplayBench | undefined;
  try {
    const files = await findFiles([dump]);
    bench = await ReplayBench.open(options);
    warnOfDocuments(bench.problems);
    expectExtension(bench.snapshot, extension);
    return await explainFiles(files, extension, bench, options);
  } catch (error) {
    return refuse((error as Error).message);
  } finally {
    bench?.close();
  }
}

async function explainFiles(
  files: readonly string[],
  extension: string,
  bench: ReplayBench,
  { format }: WhyNotOptions,
): Promise<number> {
  const progress = startProgress({ unit: 'calls tried' });
  const output = new Output(progress);
  let calls = 0;
  let unsolved = 0;
  try {
    for await (const dump of readCalls(files)) {
      if (output.isClosed) break;
      if (dump.kind === 'unreadable') {
        unsolved += 1;
        output.complain(`${dump.location}: ${dump.message}`);
        continue;
      }
      calls += 1;
      const { call, options } = bench.prepare(dump);
      let left = MOST_TRIED;
      progress.expect(left);
      const answer = await whyNot(call, extension.normalize('NFC'), {
        snapshot: bench.snapshot,
        options,
        hunt: (changed, changedOptions) => {
          progress.count();
          progress.advance(1);
          left -= 1;
          return bench.run(changed, changedOptions);
        },
      });
      progress.advance(left);
      if (answer.reason.kind !== 'reached' && answer.solutions.length === 0) unsolved += 1;
      const report = { call, extension, answer, showTime: (at: number) => showTime(at, options.moment.serverZone) };
      if (format === 'json') await output.writeJson(whyNotJson(report));
      else if (format === 'markdown') await output.write([whyNotMarkdown(report)]);
      else await output.write([...(calls > 1 ? [''] : []), ...whyNotLines(report, output.style)]);
    }
  } finally {
    progress.stop();
  }
  if (calls === 0) return EXIT_COULD_NOT_RUN;
  return unsolved > 0 ? EXIT_FINDINGS : EXIT_OK;
}

/** @throws Error with the names that were perhaps meant */
function expectExtension({ domains }: Snapshot, extension: string): void {
  const names = new Set(
    [...domains.values()].flatMap(({ contexts }) =>
      [...contexts.values()].flatMap(({ extensions }) => extensions.map(({ name }) => name)),
    ),
  );
  if (names.has(bytesOf(extension.normalize('NFC')))) return;
  const known = [...names].map(textOf);
  throw new Error(
    `no context has an extension "${extension}"${suggestion(extension, known) || `; there are ${known.join(', ') || 'none'}`}`,
  );
}
