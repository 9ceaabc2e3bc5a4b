import type { DocumentProblem } from '../routes/snapshot.js';
import type { DialplanProblem } from './schemas/dialplan.js';

/** What is wrong with a document, as the API tells it. */
export function problemView({ severity, location, at, path, message }: DocumentProblem): DialplanProblem {
  return { severity, location, line: at?.line ?? null, column: at?.column ?? null, path, message };
}
