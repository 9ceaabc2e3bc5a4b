/** `parkway test`: runs dialplan tests. */
import process from 'node:process';
import type { Command } from 'commander';
import type { CaseResult, Status } from '../dialplan-tests/run-case.js';
import { UnusableYamlError } from '../dialplan/yaml-file.js';
import { readTests, type TestsFile } from '../dialplan-tests/read-tests.js';
import { runTests } from '../dialplan-tests/run-tests.js';
import { besides } from '../dialplan-tests/test-case.js';
import { BUILT_INS } from '../replay/built-in-answers.js';
import { STANDARD_INPUT } from '../replay/open-recording.js';
import { junitXml, type JUnitCase } from '../report/junit.js';
import { caseJson, caseLines, testSummaryLine, testsMarkdown } from '../report/test-lines.js';
import { PLAIN } from '../report/style.js';
import type { ReadDialplan } from '../routes/read-dialplan.js';
import { configurationOf } from './configuration-flags.js';
import { dialplanAt } from './dialplan-at.js';
import { EXIT_COULD_NOT_RUN, EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import { findFiles } from './find-files.js';
import { formatOption, Output } from './output.js';
import type { Finish } from './program.js';
import { startProgress } from './progress.js';
import { warnOfDocuments } from './warn-of-documents.js';
import { watchAndRerun } from './watch-and-rerun.js';

interface TestOptions {
  readonly config?: string;
  readonly store?: string;
  readonly filter?: string;
  readonly format: 'pretty' | 'json' | 'junit' | 'markdown';
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
      "the dialplan: a directory, git:REV:folder or a Redis URL (default: the file's own, else as configured)",
    )
    .option(
      '--config <file>',
      'configuration file: time zone, domain, captures, and the dialplan where nothing names one',
    )
    .option('--filter <text>', 'only tests whose name holds the text')
    .addOption(formatOption(['pretty', 'json', 'junit', 'markdown']))
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
  parkway test tests.yaml --format junit > report.xml
  parkway test - --store redis://localhost < tests.yaml`,
    )
    .action(async (patterns: readonly string[], options: TestOptions) => {
      if (options.watch === true && patterns.includes(STANDARD_INPUT)) {
        throw new Error('--watch: expected files, found standard input, which is read once');
      }
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
      if (!(error instanceof UnusableYamlError)) throw error;
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
  const kept: CaseResult[] = [];
  const dialplans = new Map<string, ReadDialplan>();
  const { configuration } = configurationOf({ config: options.config });
  const progress = startProgress({ unit: 'cases' });
  const output = new Output(progress);
  try {
    for (const file of files) {
      const store = storeOf(file, options);
      const dialplan = dialplans.get(store) ?? (await dialplanAt(store, options.config));
      if (!dialplans.has(store)) warnOfDocuments(dialplan.snapshot.problems);
      dialplans.set(store, dialplan);
      const results = runTests(file, dialplan, {
        neutraliseCaptures: configuration.dialplan.neutraliseCaptures,
        timezone: configuration.dialplan.timezone,
        sources: [BUILT_INS],
        isWanted: (name) => options.filter === undefined || name.includes(options.filter),
        onCases: (count) => {
          progress.expect(count);
        },
      });
      for await (const result of results) {
        progress.count();
        progress.advance(1);
        counts.set(result.status, (counts.get(result.status) ?? 0) + 1);
        if (options.format === 'junit' || options.format === 'markdown') kept.push(result);
        else await writeResult(result, options, output);
      }
    }
  } finally {
    progress.stop();
  }
  const summary = testSummaryLine(counts, performance.now() - begun);
  if (options.format === 'junit') await output.writeText(junitXml('parkway test', kept.map(junitCase)));
  if (options.format === 'markdown') await output.writeText(testsMarkdown(kept, summary));
  if (options.format === 'pretty') await output.write([summary]);
  return counts.has('fail') || counts.has('error') ? EXIT_FINDINGS : EXIT_OK;
}

function storeOf({ file, document }: TestsFile, { store, config }: TestOptions): string {
  if (store !== undefined) return store;
  if (document.dialplan === undefined) return configurationOf({ config }).configuration.store.url;
  return /^[a-z][a-z0-9+.-]+:/i.test(document.dialplan) ? document.dialplan : besides(file, document.dialplan);
}

async function writeResult(result: CaseResult, { format, verbose }: TestOptions, output: Output): Promise<void> {
  if (format === 'json') await output.writeJson(caseJson(result));
  else if (verbose === true || result.status !== 'pass') await output.write(caseLines(result, output.style));
}

function junitCase(result: CaseResult): JUnitCase {
  const { test, status, messages, tookMs } = result;
  const [message] = messages;
  return {
    name: test.name,
    group: test.file,
    at: { file: test.file, line: test.at.line },
    seconds: tookMs / 1000,
    outcome: status,
    ...(message === undefined ? {} : { message: message.split('\n')[0] ?? '' }),
    details: status === 'pass' ? '' : caseLines(result, PLAIN).join('\n'),
  };
}
