/** `parkway test`: runs dialplan tests. */
import process from 'node:process';
import { Option, type Command } from 'commander';
import type { CaseResult, Status } from '../dialplan-tests/run-case.js';
import { readTests, UnusableTestsError, type TestsFile } from '../dialplan-tests/read-tests.js';
import { runTests } from '../dialplan-tests/run-tests.js';
import { besides } from '../dialplan-tests/test-case.js';
import { BUILT_INS } from '../replay/built-in-answers.js';
import { junitXml, type JUnitCase } from '../report/junit.js';
import { caseJson, caseLines, testSummaryLine } from '../report/test-lines.js';
import type { ReadDialplan } from '../routes/read-dialplan.js';
import { configurationOf } from './configuration-flags.js';
import { dialplanAt } from './dialplan-at.js';
import { EXIT_COULD_NOT_RUN, EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import { findFiles } from './find-files.js';
import type { Finish } from './program.js';
import { watchAndRerun } from './watch-and-rerun.js';

interface TestOptions {
  readonly config?: string;
  readonly store?: string;
  readonly filter?: string;
  readonly format: 'pretty' | 'json' | 'junit';
  readonly verbose?: boolean;
  readonly watch?: boolean;
}

export function addTest(program: Command, finish: Finish): void {
  program
    .command('test')
    .description('Runs dialplan tests: calls and what must become of them, and invariants over all contexts.')
    .argument('<file...>', 'YAML files of tests, or globs; - for standard input')
    .option(
      '--store <spec>',
      "the dialplan: a directory or git:REV:folder (default: the file's own, else as configured)",
    )
    .option(
      '--config <file>',
      'configuration file: time zone, domain, captures, and the dialplan where nothing names one',
    )
    .option('--filter <text>', 'only tests whose name holds the text')
    .addOption(
      new Option('--format <format>', 'how results are printed').choices(['pretty', 'json', 'junit']).default('pretty'),
    )
    .option('--verbose', 'also print what passed')
    .option('--watch', 'run again whenever a file of tests or of the dialplan changes, until Ctrl-C')
    .addHelpText(
      'after',
      `
A file of tests (schema/dialplan-tests.schema.json, docs/testing.md):

  dialplan: ../dialplan
  call: { caller_id_number: "1001", variables: { domain_name: example.com, sofia_profile_name: internal } }
  tests:
    - name: a colleague is rung
      call: { destination_number: "1002" }
      expect: { context: default, extension: call extension, contains: { bridge: "user/1002@\${domain_name}" } }
    - name: no call abroad ({destination_number})
      table: [{ destination_number: "0044123" }, { destination_number: "00861" }]
      expect: { hangup: true, not: bridge }
  invariants:
    - name: nobody from outside calls out
      contexts: profile
      numbers: ["13800138000", "0044123"]
      expect: { not: { bridge: { matches: ^sofia/gateway/ } } }

Exit status: 0 all passed, 1 a test failed or is in error, 2 the tests or the dialplan cannot be read.

Examples:
  parkway test tests/dialplan/*.yaml
  parkway test 'tests/**/*.yaml' --store git:HEAD~1:dialplan/
  parkway test tests.yaml --filter emergency --watch
  parkway test tests.yaml --format junit > report.xml`,
    )
    .action(async (patterns: readonly string[], options: TestOptions) => {
      finish(options.watch === true ? await watchTests(patterns, options) : await testOnce(patterns, options));
    });
}

async function testOnce(patterns: readonly string[], options: TestOptions): Promise<number> {
  const read = await readAll(patterns);
  return read === undefined ? EXIT_COULD_NOT_RUN : await runAll(read, options);
}

/** The exit status is that of the last run. */
async function watchTests(patterns: readonly string[], options: TestOptions): Promise<number> {
  let status = EXIT_OK;
  await watchAndRerun(async () => {
    const read = await readAll(patterns);
    status = read === undefined ? EXIT_COULD_NOT_RUN : await runAll(read, options);
    const stores = (read ?? []).map((tests) => storeOf(tests, options));
    const watched = [...(await findFiles(patterns)), ...stores.filter((store) => !/^[a-z][a-z0-9+.-]+:/i.test(store))];
    process.stdout.write(`watching ${watched.join(', ')}\n`);
    return watched;
  });
  return status;
}

/** Undefined, and said why, if any of the files cannot be used. */
async function readAll(patterns: readonly string[]): Promise<readonly TestsFile[] | undefined> {
  const problems: string[] = [];
  const read = (await findFiles(patterns)).flatMap((file) => {
    try {
      return [readTests(file)];
    } catch (error) {
      if (!(error instanceof UnusableTestsError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length === 0 && read.length === 0) problems.push(`no file is named like ${patterns.join(', ')}`);
  for (const problem of problems) process.stderr.write(`parkway: ${problem}\n`);
  return problems.length > 0 ? undefined : read;
}

async function runAll(files: readonly TestsFile[], options: TestOptions): Promise<number> {
  const begun = performance.now();
  const counts = new Map<Status, number>();
  const cases: JUnitCase[] = [];
  const dialplans = new Map<string, Promise<ReadDialplan>>();
  const { configuration } = configurationOf({ config: options.config });
  for (const file of files) {
    const store = storeOf(file, options);
    const dialplan = dialplans.get(store) ?? dialplanAt(store, options.config);
    dialplans.set(store, dialplan);
    const results = runTests(file, await dialplan, {
      neutraliseCaptures: configuration.dialplan.neutraliseCaptures,
      timezone: configuration.dialplan.timezone,
      sources: [BUILT_INS],
      isWanted: (name) => options.filter === undefined || name.includes(options.filter),
    });
    for await (const result of results) {
      counts.set(result.status, (counts.get(result.status) ?? 0) + 1);
      if (options.format === 'junit') cases.push(junitCase(result));
      else printResult(result, options);
    }
  }
  if (options.format === 'junit') process.stdout.write(junitXml('parkway test', cases));
  if (options.format === 'pretty') print(testSummaryLine(counts, performance.now() - begun));
  return counts.has('fail') || counts.has('error') ? EXIT_FINDINGS : EXIT_OK;
}

function storeOf({ file, document }: TestsFile, { store, config }: TestOptions): string {
  if (store !== undefined) return store;
  if (document.dialplan === undefined) return configurationOf({ config }).configuration.store.url;
  return /^[a-z][a-z0-9+.-]+:/i.test(document.dialplan) ? document.dialplan : besides(file, document.dialplan);
}

function printResult(result: CaseResult, { format, verbose }: TestOptions): void {
  if (format === 'json') print(JSON.stringify(caseJson(result)));
  else if (verbose === true || result.status !== 'pass') for (const line of caseLines(result)) print(line);
}

function junitCase(result: CaseResult): JUnitCase {
  const { test, status, messages, tookMs } = result;
  const [message] = messages;
  return {
    name: test.name,
    group: test.file,
    seconds: tookMs / 1000,
    outcome: status,
    ...(message === undefined ? {} : { message: message.split('\n')[0] ?? '' }),
    details: caseLines(result).join('\n'),
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
