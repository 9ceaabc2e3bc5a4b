/** Lint as commands run it: with the settings of the file here, and how far it is on a terminal. */
import { existsSync } from 'node:fs';
import { parseYaml, UnusableYamlError } from '../dialplan/yaml-file.js';
import type { LintFinding } from '../lint/finding.js';
import { lint } from '../lint/lint.js';
import type { LintedDomain } from '../lint/linted-domain.js';
import { DEFAULT_SETTINGS, readSettings, type LintSettings } from '../lint/settings.js';
import type { DocumentText } from '../routes/document.js';
import { locateFindings } from './locate-findings.js';
import { startProgress } from './progress.js';
import { readTextFile } from './read-file.js';

const FILES = ['parkway-lint.yaml', 'parkway-lint.yml', 'parkway-lint.json'];

export const SETTINGS_HELP = `what is different here (default: ${FILES[0] ?? ''}, if there is one)`;

/** The settings of a file that is named, else of the one here, else the default. @throws UnusableFileError, UnusableYamlError */
export function lintSettings(named: string | undefined): LintSettings {
  const file = named ?? FILES.find((name) => existsSync(name));
  if (file === undefined) return DEFAULT_SETTINGS;
  const { value = {}, complaint } = parseYaml(file, readTextFile(file));
  const { document, problems } = readSettings(value);
  if (document === undefined) throw new UnusableYamlError(problems.map(complaint));
  return document;
}

/**
 * @param documents those of the domains, by location, for where in them a finding is
 * @throws Pcre2MissingError
 */
export function lintDomains(
  domains: readonly LintedDomain[],
  documents: ReadonlyMap<string, DocumentText>,
  settings: LintSettings,
): LintFinding[] {
  const today = new Date().toISOString().slice(0, 'YYYY-MM-DD'.length);
  const progress = startProgress({ unit: 'simulated calls', isUneven: true });
  try {
    const findings = domains.flatMap((domain) => lint(domain, { settings, today, progress }));
    return locateFindings(findings, documents);
  } finally {
    progress.stop();
  }
}
