/** What a conversion found, on standard error: a line each, or a JSON object each. */
import process from 'node:process';
import type { Finding } from '../convert/finding.js';
import { EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';

export type FindingFormat = 'pretty' | 'json';

/** Prints findings, then what was done; returns the exit status they call for. */
export function printFindings(findings: readonly Finding[], done: string, format: FindingFormat): number {
  const losses = findings.filter(({ severity }) => severity === 'loss').length;
  const warnings = findings.length - losses;
  const { stderr } = process;
  for (const finding of findings) stderr.write(`${format === 'json' ? JSON.stringify(finding) : describe(finding)}\n`);
  if (format === 'json') stderr.write(`${JSON.stringify({ summary: { done, losses, warnings } })}\n`);
  else stderr.write(`${done}; ${counted(losses, 'loss', 'losses')}, ${counted(warnings, 'warning', 'warnings')}\n`);
  return losses > 0 ? EXIT_FINDINGS : EXIT_OK;
}

/** "1 context", "3 contexts". */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function describe({ severity, where, message }: Finding): string {
  return `${severity === 'loss' ? '✗' : '!'} ${where}: ${message}`;
}
