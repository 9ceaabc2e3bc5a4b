/** What lint found, in the forms people and machines read. */
import { textOf } from '../bytes.js';
import { placeOf } from '../dialplan/place-of.js';
import type { LintFinding, Severity, Witness } from '../lint/finding.js';
import { junitXml, type JUnitCase } from './junit.js';
import { cell, folded } from './markdown.js';
import { printableText } from './printable.js';
import type { Style } from './style.js';
import { traceLines, traceProblems } from './trace-lines.js';

export const LINT_FORMATS = ['pretty', 'json', 'junit', 'markdown'] as const;
export type LintFormat = (typeof LINT_FORMATS)[number];

export interface LintReport {
  readonly findings: readonly LintFinding[];
  readonly domains: readonly string[];
  /** From which severity on a finding is a failure. */
  readonly fails: (severity: Severity) => boolean;
}

/** The whole report, with a line break at its end. */
export function lintReport(report: LintReport, format: LintFormat, style: Style): string {
  switch (format) {
    case 'pretty':
      return pretty(report, style);
    case 'json':
      return json(report);
    case 'junit':
      return junit(report);
    case 'markdown':
      return markdown(report);
  }
}

function pretty({ findings, domains }: LintReport, style: Style): string {
  const lines: string[] = [];
  let location: string | undefined;
  for (const finding of findings) {
    if (finding.location !== location) {
      if (location !== undefined) lines.push('');
      ({ location } = finding);
    }
    const { code, severity, message, fix, witness } = finding;
    lines.push(`${style.strong(printableText(placeOf(finding)))} ${painted(severity, style)} ${code}`);
    lines.push(`  ${printableText(message)}`);
    if (fix !== undefined) lines.push(`  ${style.faint(`fix: ${printableText(fix)}`)}`);
    if (witness !== undefined) lines.push(...witnessLines(witness).map((line) => `  ${style.faint(line)}`));
  }
  if (lines.length > 0) lines.push('');
  lines.push(`${summary(findings)} in ${domains.length === 1 ? 'domain' : 'domains'} ${domains.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function painted(severity: Severity, style: Style): string {
  if (severity === 'error') return style.bad(severity);
  return severity === 'warning' ? style.doubtful(severity) : severity;
}

/** An object a finding, then one for the whole. */
function json({ findings, domains }: LintReport): string {
  const lines = [...findings.map(plain), { summary: { domains, ...counts(findings) } }];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The call, then the hunts it goes through. */
function witnessLines(witness: Witness): string[] {
  const { call, assumptions, hunts } = plainWitness(witness);
  return [
    `witness: ${Object.entries(call)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(', ')}`,
    ...assumptions.map((assumption) => `assumed: ${assumption}`),
    ...hunts.flatMap(({ context, destination, trace }) => [
      `${destination} in context ${context}:`,
      ...trace.map((line) => `  ${line}`),
    ]),
  ].map(printableText);
}

interface PlainWitness {
  readonly call: Readonly<Record<string, string>>;
  readonly assumptions: readonly string[];
  readonly hunts: readonly {
    readonly context: string;
    readonly destination: string;
    readonly trace: readonly string[];
  }[];
}

function plainWitness({ call, assumptions, hunts }: Witness): PlainWitness {
  return {
    call: Object.fromEntries(Object.entries(call).map(([name, value]) => [name, textOf(value)])),
    assumptions,
    hunts: hunts.map(({ context, destination, trace }) => ({
      context: textOf(context),
      destination: textOf(destination),
      trace: [...traceLines(trace), ...traceProblems(trace)],
    })),
  };
}

function plain({ code, severity, domain, location, at, witness, ...finding }: LintFinding): object {
  return {
    code,
    severity,
    domain,
    location,
    ...at,
    ...finding,
    ...(witness === undefined ? {} : { witness: plainWitness(witness) }),
  };
}

function counts(findings: readonly LintFinding[]): Record<`${Severity}s`, number> {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), infos: count('info') };
}

function summary(findings: readonly LintFinding[]): string {
  if (findings.length === 0) return 'nothing found';
  const { errors, warnings, infos } = counts(findings);
  return [
    [errors, 'error'],
    [warnings, 'warning'],
    [infos, 'info'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, what]) => `${String(count)} ${String(what)}${count === 1 ? '' : 's'}`)
    .join(', ');
}

/** A test suite for each domain, a test case for each finding; a failure if it fails the run. */
function junit({ findings, domains, fails }: LintReport): string {
  const cases = domains.flatMap((domain) => {
    const own = findings.filter((finding) => finding.domain === domain);
    const clean: JUnitCase = { name: 'lint', group: domain, seconds: 0, outcome: 'pass' };
    return own.length === 0 ? [clean] : own.map((finding) => junitCase(finding, fails(finding.severity)));
  });
  return junitXml('parkway lint', cases);
}

function junitCase(finding: LintFinding, isFailure: boolean): JUnitCase {
  const { domain, location, at, path, code, severity, message, fix, witness } = finding;
  const text = [message, ...(fix === undefined ? [] : [`fix: ${fix}`]), ...(witness ? witnessLines(witness) : [])];
  return {
    name: `${severity} ${code} ${path}`.trim(),
    group: domain,
    of: printableText(location),
    at: { file: printableText(location), line: at?.line },
    seconds: 0,
    outcome: isFailure ? 'fail' : 'pass',
    message: printableText(`${placeOf(finding)}: ${message}`),
    details: text.map(printableText).join('\n'),
  };
}

function markdown({ findings, domains }: LintReport): string {
  const lines = [`**parkway lint**: ${summary(findings)} in ${domains.map(cell).join(', ')}`];
  if (findings.length > 0) lines.push('', '| | code | where | what |', '| --- | --- | --- | --- |');
  for (const finding of findings) {
    const { severity, code, message, fix } = finding;
    const what = `${cell(message)}${fix === undefined ? '' : ` *fix:* ${cell(fix)}`}`;
    lines.push(`| ${severity} | \`${code}\` | ${cell(placeOf(finding))} | ${what} |`);
  }
  for (const finding of findings) {
    const { code, witness } = finding;
    if (witness !== undefined) lines.push('', ...folded(`${code} ${placeOf(finding)}`, witnessLines(witness)));
  }
  return `${lines.join('\n')}\n`;
}
