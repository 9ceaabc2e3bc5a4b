/** `parkway lint`: what a dialplan says and its author does not mean, and who can call out that should not. */
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { styleText } from 'node:util';
import { Option, type Command } from 'commander';
import { parseDocument } from 'yaml';
import { SEVERITIES, type Severity } from '../lint/finding.js';
import { isAtLeast, lint } from '../lint/lint.js';
import { DEFAULT_SETTINGS, readSettings, type LintSettings } from '../lint/settings.js';
import { LINT_FORMATS, lintReport, type LintFormat, type Paint } from '../report/lint-report.js';
import { dialplanAt } from './dialplan-at.js';
import { EXIT_COULD_NOT_RUN, EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import { lintedDomains } from './linted-domains.js';
import type { Finish } from './program.js';

interface LintFlags {
  readonly settings?: string;
  readonly failSeverity: Severity | 'never';
  readonly format: LintFormat;
  readonly domain?: readonly string[];
  readonly code?: readonly string[];
}

const SETTINGS_FILES = ['parkway-lint.yaml', 'parkway-lint.yml', 'parkway-lint.json'];

/** The settings cannot be read, or there is no such domain. */
class UnusableFlagError extends Error {}

export function addLint(program: Command, finish: Finish): void {
  program
    .command('lint')
    .description('Finds what a dialplan says and its author does not mean, and which strangers can call out.')
    .argument('<dialplan>', 'a directory, git:<revision>:<folder>, or redis://…')
    .option('--settings <file>', `what is different here (default: ${SETTINGS_FILES[0] ?? ''}, if there is one)`)
    .addOption(
      new Option('--fail-severity <severity>', 'from which severity on the exit status is 1')
        .choices([...SEVERITIES, 'never'])
        .default('warning'),
    )
    .addOption(new Option('--format <format>', 'how to print it').choices(LINT_FORMATS).default('pretty'))
    .option('--domain <name...>', 'these domains only')
    .option('--code <code...>', 'findings of these codes only')
    .addHelpText(
      'after',
      `
Every code is explained in docs/lint.md. A finding that is no fault is passed over where it stands, with a reason:
  { "field": "destination_number", "expression": "1234", "lint-ignore": { "unanchored-bridge": "the trunk sends four digits" } }
or in the settings (schema/lint.schema.json), where what may call out is allowed, too, until a day.

Exit status: 0 nothing of that severity, 1 something is, 2 the dialplan or the settings cannot be read.

Examples:
  parkway lint examples/dialplan
  parkway lint git:HEAD~1:dialplan/ --fail-severity error
  parkway lint redis://localhost --domain example.com
  parkway lint /etc/parkway/dialplan --format junit > lint.xml
  parkway lint dialplan --code toll-fraud toll-fraud-unknown`,
    )
    .action(async (dialplan: string, flags: LintFlags) => {
      finish(await runLint(dialplan, flags));
    });
}

async function runLint(dialplan: string, flags: LintFlags): Promise<number> {
  const { format, failSeverity } = flags;
  let settings: LintSettings;
  let domains;
  try {
    settings = settingsOf(flags.settings);
    domains = selected(lintedDomains((await dialplanAt(dialplan)).documents), flags.domain);
  } catch (error) {
    process.stderr.write(`parkway: ${(error as Error).message}\n`);
    return EXIT_COULD_NOT_RUN;
  }
  const today = new Date().toISOString().slice(0, 'YYYY-MM-DD'.length);
  const findings = domains
    .flatMap((domain) => lint(domain, { settings, today }))
    .filter(({ code }) => flags.code?.includes(code) ?? true);
  const fails = (severity: Severity): boolean => failSeverity !== 'never' && isAtLeast(severity, failSeverity);
  process.stdout.write(lintReport({ findings, domains: domains.map(({ name }) => name), fails }, format, painter()));
  return findings.some(({ severity }) => fails(severity)) ? EXIT_FINDINGS : EXIT_OK;
}

function selected<Named extends { readonly name: string }>(
  domains: readonly Named[],
  wanted: readonly string[] | undefined,
): readonly Named[] {
  for (const name of wanted ?? []) {
    if (domains.some((domain) => domain.name === name)) continue;
    throw new UnusableFlagError(
      `--domain: expected one of ${domains.map((domain) => domain.name).join(', ')}, found ${name}`,
    );
  }
  return domains.filter(({ name }) => wanted?.includes(name) ?? true);
}

function settingsOf(given: string | undefined): LintSettings {
  const file = given ?? SETTINGS_FILES.find((name) => existsSync(name));
  if (file === undefined) return DEFAULT_SETTINGS;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UnusableFlagError(`${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`);
  }
  const parsed = parseDocument(text);
  const [broken] = parsed.errors;
  if (broken !== undefined) throw new UnusableFlagError(`${file}: ${broken.message.split('\n')[0] ?? ''}`);
  const { document, problems } = readSettings(parsed.toJS() ?? {});
  if (document === undefined) {
    throw new UnusableFlagError(problems.map(({ path, message }) => `${file}: ${path}: ${message}`).join('\n'));
  }
  return document;
}

function painter(): Paint {
  if (!process.stdout.isTTY || process.env['NO_COLOR'] !== undefined) return (_what, text) => text;
  const styles = { error: 'red', warning: 'yellow', info: 'cyan', place: 'underline', dim: 'gray' } as const;
  return (what, text) => styleText(styles[what], text);
}
