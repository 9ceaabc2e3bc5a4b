/** Documents of a dialplan that were refused: they are not in what is looked at, which is better said before the results. */
import process from 'node:process';
import { placeOf } from '../dialplan/place-of.js';
import { printableText } from '../report/printable.js';
import type { DocumentProblem } from '../routes/snapshot.js';

export function warnOfDocuments(problems: readonly DocumentProblem[]): void {
  for (const problem of problems) {
    if (problem.severity !== 'error') continue;
    process.stderr.write(`parkway: ${printableText(`${placeOf(problem)}: ${problem.message}`)}\n`);
  }
}
