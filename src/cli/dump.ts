/** `parkway dump`: what recordings of calls hold, and recordings without the people in them. */
import { randomBytes } from 'node:crypto';
import { InvalidArgumentError, type Command } from 'commander';
import { Anonymiser } from '../replay/anonymise.js';
import { readCalls, sizeOfRecordings } from '../replay/read-calls.js';
import type { RecordedCall } from '../replay/recorded-call.js';
import { Tokens } from '../replay/tokens.js';
import { dataJson, dumpJson, dumpLines } from '../report/dump-lines.js';
import { EXIT_COULD_NOT_RUN, EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import { findFiles } from './find-files.js';
import { formatOption, Output } from './output.js';
import { startProgress } from './progress.js';
import type { Finish } from './program.js';
import { refuse } from './refuse.js';
import { DUMPS_HELP } from './replay.js';

interface ShowOptions {
  readonly all?: boolean;
  readonly format: 'pretty' | 'json';
}

interface AnonymiseCommandOptions {
  readonly key?: string;
  readonly keepDigits: number;
  readonly keepHost: readonly string[];
}

const KEPT_DIGITS = 3;
const KEY_BYTES = 16;

export function addDump(program: Command, finish: Finish): void {
  const dump = program
    .command('dump')
    .description('Shows what recordings of calls hold, or takes the people out of them.')
    .addHelpText(
      'after',
      `
Examples:
  parkway dump show call.txt
  parkway dump anonymise call.txt > shared.json`,
    );
  dump
    .command('show')
    .description('Prints what was understood of each call of a recording.')
    .argument('<dump...>', 'recordings of calls; folders, globs; - for standard input')
    .option('--all', 'every header and variable')
    .addOption(formatOption(['pretty', 'json']))
    .addHelpText(
      'after',
      `${DUMPS_HELP}

Exit status: 0 all could be read, 1 some could not, 2 none could.

Examples:
  parkway dump show call.txt --all
  fs_cli -x "uuid_dump $UUID" | parkway dump show -
  parkway dump show freeswitch.log --format json`,
    )
    .action(async (args: readonly string[], options: ShowOptions) => {
      finish(await eachCall(args, (call, output, isFirst) => showCall(call, output, isFirst, options)));
    });
  dump
    .command('anonymise')
    .description('Writes recordings anew, as JSON lines, with tokens for numbers, names, addresses and SIP URIs.')
    .argument('<dump...>', 'recordings of calls; folders, globs; - for standard input')
    .option('--key <secret>', 'with the same key the same number has the same token in every run (default: a new key)')
    .option('--keep-digits <n>', 'leading digits of numbers that stay', aCount, KEPT_DIGITS)
    .option('--keep-host <name>', 'a host or domain that stays; may be repeated', collect, [])
    .addHelpText(
      'after',
      `
The same number has the same token, of the same length and with the same leading digits, so that expressions still match;
tokens stand also where a number, a name or a host is part of another value. Times, uuids and codecs stay.
Look at the result before you share it: what a dialplan put into variables of its own may name people in its own way.
${DUMPS_HELP}

Exit status: 0 all could be read, 1 some could not and are missing, 2 none could.

Examples:
  parkway dump anonymise call.txt > shared.json
  parkway dump anonymise calls/*.ndjson.gz --key "$SECRET" --keep-host example.com | gzip > shared.ndjson.gz`,
    )
    .action(async (args: readonly string[], options: AnonymiseCommandOptions) => {
      const anonymiser = anonymiserFor(options);
      finish(await eachCall(args, (call, output) => output.writeJson(anonymised(call, anonymiser))));
    });
  for (const command of dump.commands) command.exitOverride();
}

type Take = (call: RecordedCall, output: Output, isFirst: boolean) => Promise<void>;

async function eachCall(args: readonly string[], take: Take): Promise<number> {
  let calls = 0;
  let unreadable = 0;
  try {
    const files = await findFiles(args);
    const progress = startProgress({ unit: 'calls', whole: await sizeOfRecordings(files) });
    const output = new Output(progress);
    const onRead = (bytes: number): void => {
      progress.advance(bytes);
    };
    for await (const dump of readCalls(files, { onRead })) {
      if (output.isClosed) break;
      progress.count();
      if (dump.kind === 'call') {
        calls += 1;
        await take(dump, output, calls === 1);
      } else {
        unreadable += 1;
        output.complain(`${dump.location}: ${dump.message}`);
      }
    }
    progress.stop();
  } catch (error) {
    return refuse((error as Error).message);
  }
  if (calls === 0) return EXIT_COULD_NOT_RUN;
  return unreadable > 0 ? EXIT_FINDINGS : EXIT_OK;
}

async function showCall(
  call: RecordedCall,
  output: Output,
  isFirst: boolean,
  { all, format }: ShowOptions,
): Promise<void> {
  if (format === 'json') await output.writeJson(dumpJson(call));
  else await output.write([...(isFirst ? [] : ['']), ...dumpLines(call, all === true, output.style)]);
}

function anonymiserFor({ key, keepDigits, keepHost }: AnonymiseCommandOptions): Anonymiser {
  const secret = key ?? randomBytes(KEY_BYTES).toString('hex');
  return new Anonymiser(new Tokens(secret, keepDigits), { keptHosts: new Set(keepHost) });
}

/** A capture stays one; any other dump becomes what `uuid_dump <uuid> json` prints. */
function anonymised(call: RecordedCall, anonymiser: Anonymiser): object {
  if (call.capture === undefined) return dataJson(anonymiser.data(call.data));
  return anonymiser.capture(call.capture as unknown as Readonly<Record<string, unknown>>);
}

function aCount(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number of 0 or more');
  return value;
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text.toLowerCase()];
}
