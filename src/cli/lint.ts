/** `parkway lint`: what a dialplan says and its author does not mean, and who can call out that should not. */
import { Option, type Command } from 'commander';
import { SEVERITIES, type Severity } from '../lint/finding.js';
import { isAtLeast } from '../lint/lint.js';
import type { LintedDomain } from '../lint/linted-domain.js';
import type { LintSettings } from '../lint/settings.js';
import { LINT_FORMATS, lintReport, type LintFormat } from '../report/lint-report.js';
import type { DocumentText } from '../routes/document.js';
import { dialplanAt } from './dialplan-at.js';
import { EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import { lintDomains, lintSettings, SETTINGS_HELP } from './lint-dialplan.js';
import { lintedDomains } from './linted-domains.js';
import { formatOption, Output } from './output.js';
import type { Finish } from './program.js';
import { refuse } from './refuse.js';

interface LintFlags {
  readonly settings?: string;
  readonly config?: string;
  readonly failSeverity: Severity | 'never';
  readonly format: LintFormat;
  readonly domain?: readonly string[];
  readonly code?: readonly string[];
}

/** There is no such domain. */
class UnusableFlagError extends Error {}

export function addLint(program: Command, finish: Finish): void {
  program
    .command('lint')
    .description('Finds what a dialplan says and its author does not mean, and which strangers can call out.')
    .argument('<dialplan>', 'a directory, git:<revision>:<folder>, or redis://…')
    .option('--settings <file>', SETTINGS_HELP)
    .option('--config <file>', 'configuration file: the keys and limits of a Redis')
    .addOption(
      new Option('--fail-severity <severity>', 'from which severity on the exit status is 1')
        .choices([...SEVERITIES, 'never'])
        .default('warning'),
    )
    .addOption(formatOption(LINT_FORMATS))
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
  let documents: ReadonlyMap<string, DocumentText>;
  let domains: readonly LintedDomain[];
  try {
    settings = lintSettings(flags.settings);
    ({ documents } = await dialplanAt(dialplan, flags.config));
    domains = selected(lintedDomains(documents), flags.domain);
  } catch (error) {
    return refuse((error as Error).message);
  }
  const findings = lintDomains(domains, documents, settings).filter(({ code }) => flags.code?.includes(code) ?? true);
  const fails = (severity: Severity): boolean => failSeverity !== 'never' && isAtLeast(severity, failSeverity);
  const output = new Output();
  const report = { findings, domains: domains.map(({ name }) => name), fails };
  await output.writeText(lintReport(report, format, output.style));
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
