/** Dialplans that another program wrote have the same key nobody reads on every line: one finding says so. */
import type { LintFinding } from './finding.js';

const ONCE = new Set(['key-not-read']);

/** Of findings that say the same of many places the first, with their number. The order stays. */
export function sayOnce(findings: readonly LintFinding[]): LintFinding[] {
  const counts = new Map<string, number>();
  for (const finding of findings) counts.set(sameAs(finding), (counts.get(sameAs(finding)) ?? 0) + 1);
  const said = new Set<string>();
  return findings.flatMap((finding) => {
    const count = counts.get(sameAs(finding)) ?? 1;
    if (!ONCE.has(finding.code) || count === 1) return finding;
    if (said.has(sameAs(finding))) return [];
    said.add(sameAs(finding));
    return { ...finding, message: `${finding.message} (${count} times, here first)` };
  });
}

function sameAs({ domain, code, message }: LintFinding): string {
  return `${domain}\n${code}\n${message}`;
}
