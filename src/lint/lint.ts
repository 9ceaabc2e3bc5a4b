/** Finds what a dialplan says and its author does not mean. The one verb of lint; pure: the day is an argument. */
import { TimeFinder } from '../dialplan/time-finder.js';
import { TextFinder } from '../pattern/text-finder.js';
import { CHECKS } from './checks.js';
import { SEVERITIES, type LintFinding, type LintProgress, type Severity } from './finding.js';
import { passOver } from './ignores.js';
import type { LintedDomain } from './linted-domain.js';
import { sayOnce } from './say-once.js';
import type { LintSettings } from './settings.js';

export interface LintOptions {
  readonly settings: LintSettings;
  /** Today, `YYYY-MM-DD`, for what is allowed until a day. */
  readonly today: string;
  readonly progress?: LintProgress;
  /** Of the finder's work for one question; by default some ten seconds. */
  readonly mostWork?: number;
}

const MOST_WORK = 80_000;

const UNHEARD: LintProgress = { expect: () => undefined, advance: () => undefined, count: () => undefined };

/** What is found in a domain's documents, in the order of locations and places in them. @throws Pcre2MissingError */
export function lint(
  domain: LintedDomain,
  { settings, today, progress = UNHEARD, mostWork = MOST_WORK }: LintOptions,
): LintFinding[] {
  const tools = { finder: new TextFinder(), times: new TimeFinder(), settings, today, progress, mostWork };
  progress.expect(CHECKS.reduce((sum, check) => sum + (check.work?.(domain, tools) ?? 1), 0));
  const findings = CHECKS.flatMap((check) => {
    const found = [...check.find(domain, tools)];
    if (check.work === undefined) progress.advance(1);
    return found.map((one): LintFinding => ({
      fix: undefined,
      ...one,
      severity: check.codes[one.code] as Severity,
      domain: domain.name,
    }));
  });
  return sayOnce(passOver(findings, domain, settings).sort(inOrder));
}

/** Whether a severity is as grave as another, or graver. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

function inOrder(one: LintFinding, other: LintFinding): number {
  return (
    compare(one.location, other.location) ||
    one.path.localeCompare(other.path, 'en', { numeric: true }) ||
    compare(one.code, other.code)
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
