/** The command line: which commands there are and how they are called. */
import { createRequire } from 'node:module';
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { ConfigurationError } from '../configuration.js';
import { addAcceptEmpty } from './accept-empty.js';
import { addCheckConfig } from './check-config.js';
import { addDump } from './dump.js';
import { addConvert } from './convert.js';
import { addCoverage } from './coverage.js';
import { addDiff } from './diff.js';
import { EXIT_COULD_NOT_RUN, EXIT_OK } from './exit-codes.js';
import { addExportXml } from './export-xml.js';
import { addDoctor } from './doctor.js';
import { addHistory, addRollback } from './history.js';
import { addLint } from './lint.js';
import { addLogs } from './logs.js';
import { addPull } from './pull.js';
import { addPush } from './push.js';
import { addReplay } from './replay.js';
import { addServe } from './serve.js';
import { addSimulate } from './simulate.js';
import { addWhyNot } from './why-not.js';
import { addTest } from './test.js';

/** Sets the exit status a command ends with. */
export type Finish = (exitCode: number) => void;

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** Runs the command that the arguments name; resolves with the exit status. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exitCode = EXIT_OK;
  const finish: Finish = (code) => {
    exitCode = code;
  };
  const program = new Command('parkway')
    .description(
      "Event-socket call controller for FreeSWITCH: hunts a JSON dialplan as FreeSWITCH's XML dialplan would.",
    )
    .version(version)
    .showHelpAfterError('(add --help for what there is)')
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  parkway serve                              the example dialplan on 127.0.0.1:8084
  parkway serve --store /etc/parkway/dialplan --listen 0.0.0.0:8084
  parkway check-config --config parkway.yaml
  parkway logs -f --failed                   calls that go wrong, as they end
  parkway simulate examples/calls/*.txt      plays sample calls to the daemon
  parkway convert /etc/freeswitch --out dialplan    your XML dialplan, to try all this with

Why did a call go wrong?
  fs_cli -x "uuid_dump UUID" > call.txt      or a log with the output of info in it, or a capture of Parkway's
  parkway replay call.txt --store dialplan --explain=fails     where it goes, and each test that failed
  parkway why-not call.txt "its extension" --store dialplan    why not there, and what would have led there

Exit status: 0 all well, 1 something was found wrong, 2 it could not run.`,
    );
  addServe(program, finish);
  addCheckConfig(program, finish);
  addLogs(program, finish);
  addSimulate(program, finish);
  addLint(program, finish);
  addReplay(program, finish);
  addWhyNot(program, finish);
  addTest(program, finish);
  addDump(program, finish);
  addConvert(program, finish);
  addExportXml(program, finish);
  addDiff(program, finish);
  addCoverage(program, finish);
  addPush(program, finish);
  addPull(program, finish);
  addHistory(program, finish);
  addRollback(program, finish);
  addAcceptEmpty(program, finish);
  addDoctor(program, finish);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_COULD_NOT_RUN;
    const problems = error instanceof ConfigurationError ? error.problems : [(error as Error).message];
    for (const problem of problems) process.stderr.write(`parkway: ${problem}\n`);
    return EXIT_COULD_NOT_RUN;
  }
  return exitCode;
}
