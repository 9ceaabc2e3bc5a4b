/** Where in the texts of a dialplan the things stand that were found in its documents. */
import type { LintFinding } from '../lint/finding.js';
import type { DocumentText } from '../routes/document.js';
import { locateIn } from '../routes/locate-problems.js';

/**
 * The same findings, those of one document in the order in which it is read.
 * @param documents by location, those the findings are of
 */
export function locateFindings(
  findings: readonly LintFinding[],
  documents: ReadonlyMap<string, DocumentText>,
): LintFinding[] {
  const byLocation = new Map<string, LintFinding[]>();
  for (const finding of findings) {
    const others = byLocation.get(finding.location);
    if (others === undefined) byLocation.set(finding.location, [finding]);
    else others.push(finding);
  }
  return [...byLocation].flatMap(([location, all]) => {
    const document = documents.get(location);
    return (document === undefined ? all : locateIn(document, all)).sort(byPosition);
  });
}

function byPosition({ at: one }: LintFinding, { at: other }: LintFinding): number {
  if (one === undefined || other === undefined) return 0;
  return one.line - other.line || one.column - other.column;
}
