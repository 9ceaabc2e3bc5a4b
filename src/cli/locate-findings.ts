/** Where in the texts of a dialplan the things stand that were found in its documents. */
import { jsonPositions } from '../dialplan/json-positions.js';
import type { LintFinding } from '../lint/finding.js';
import type { DocumentText } from '../routes/document.js';

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
  return [...byLocation].flatMap(([location, all]) => locatedIn(documents.get(location), all).sort(byPosition));
}

function locatedIn(document: DocumentText | undefined, findings: readonly LintFinding[]): LintFinding[] {
  if (document === undefined || document.isComposed === true) return [...findings];
  const paths = findings.map(({ path }) => path);
  const positions = jsonPositions(document.text, paths);
  return findings.map((finding) => {
    const at = finding.at ?? positions.get(finding.path);
    return at === undefined ? finding : { ...finding, at };
  });
}

function byPosition({ at: one }: LintFinding, { at: other }: LintFinding): number {
  if (one === undefined || other === undefined) return 0;
  return one.line - other.line || one.column - other.column;
}
