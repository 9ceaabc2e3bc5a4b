/** What lint found, in the forms people and machines read. */
import { textOf } from '../bytes.js';
import type { LintFinding, Severity, Witness } from '../lint/finding.js';
import { printableText } from './printable.js';
import { traceLines, traceProblems } from './trace-lines.js';

export const LINT_FORMATS = ['pretty', 'json', 'junit', 'markdown'] as const;
export type LintFormat = (typeof LINT_FORMATS)[number];

export interface LintReport {
  readonly findings: readonly LintFinding[];
  readonly domains: readonly string[];
  /** From which severity on a finding is a failure. */
  readonly fails: (severity: Severity) => boolean;
}

/** Paints a text; the identity where there are no colours. */
export type Paint = (what: Severity | 'place' | 'dim', text: string) => string;

/** The whole report, with a line break at its end. */
export function lintReport(report: LintReport, format: LintFormat, paint: Paint): string {
  switch (format) {
    case 'pretty':
      return pretty(report, paint);
    case 'json':
      return `${JSON.stringify({ findings: report.findings.map(plain), summary: counts(report.findings) }, null, 2)}\n`;
    case 'junit':
      return junit(report);
    case 'markdown':
      return markdown(report);
  }
}

function pretty({ findings, domains }: LintReport, paint: Paint): string {
  const lines: string[] = [];
  let location: string | undefined;
  for (const finding of findings) {
    if (finding.location !== location) {
      if (location !== undefined) lines.push('');
      ({ location } = finding);
      lines.push(paint('place', printableText(location)));
    }
    const { code, severity, path, message, fix, witness } = finding;
    lines.push(`  ${paint(severity, severity)} ${code}${path === '' ? '' : ` ${printableText(path)}`}`);
    lines.push(`    ${printableText(message)}`);
    if (fix !== undefined) lines.push(`    ${paint('dim', `fix: ${printableText(fix)}`)}`);
    if (witness !== undefined) lines.push(...witnessLines(witness).map((line) => `    ${paint('dim', line)}`));
  }
  if (lines.length > 0) lines.push('');
  lines.push(`${summary(findings)} in ${domains.length === 1 ? 'domain' : 'domains'} ${domains.join(', ')}`);
  return `${lines.join('\n')}\n`;
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

function plain({ witness, ...finding }: LintFinding): object {
  return witness === undefined ? finding : { ...finding, witness: plainWitness(witness) };
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
  const suites = domains.map((domain) => {
    const own = findings.filter((finding) => finding.domain === domain);
    const failures = own.filter(({ severity }) => fails(severity)).length;
    const cases = own.map((finding) => junitCase(finding, fails(finding.severity)));
    if (cases.length === 0) cases.push(`    <testcase classname="${xml(domain)}" name="lint"/>`);
    return [
      `  <testsuite name="lint ${xml(domain)}" tests="${cases.length}" failures="${failures}">`,
      ...cases,
      '  </testsuite>',
    ].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="parkway lint">\n${suites.join('\n')}\n</testsuites>\n`;
}

function junitCase(finding: LintFinding, failed: boolean): string {
  const { location, path, code, severity, message, fix, witness } = finding;
  const name = `<testcase classname="${xml(location)}" name="${xml(`${code} ${path}`.trim())}"`;
  const text = [message, ...(fix === undefined ? [] : [`fix: ${fix}`]), ...(witness ? witnessLines(witness) : [])];
  const element = failed
    ? `<failure type="${severity}" message="${xml(message)}">${xml(text.join('\n'))}</failure>`
    : `<system-out>${xml(text.join('\n'))}</system-out>`;
  return `    ${name}>${element}</testcase>`;
}

function xml(text: string): string {
  const lines = text.split('\n').map(printableText).join('\n');
  return lines.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function markdown({ findings, domains }: LintReport): string {
  const lines = [`**parkway lint**: ${summary(findings)} in ${domains.join(', ')}`];
  if (findings.length > 0) lines.push('', '| | code | where | what |', '| --- | --- | --- | --- |');
  for (const { severity, code, location, path, message, fix } of findings) {
    const what = `${message}${fix === undefined ? '' : ` *fix:* ${fix}`}`;
    lines.push(`| ${severity} | \`${code}\` | ${cell(`${location} ${path}`.trim())} | ${cell(what)} |`);
  }
  for (const { code, location, path, witness } of findings) {
    if (witness === undefined) continue;
    lines.push('', `<details><summary>${cell(`${code} ${location} ${path}`)}</summary>`, '', '```');
    lines.push(...witnessLines(witness), '```', '', '</details>');
  }
  return `${lines.join('\n')}\n`;
}

/** Text in a table's cell: nothing in it may end the cell or begin an element. */
function cell(text: string): string {
  return printableText(text).replace(/[|\\`<]/g, '\\$&');
}
