/** Documents of a dialplan that were refused: they are not in what is looked at, which is better said before the results. */
import process from 'node:process';
import { printableText } from '../report/printable.js';
import type { DocumentProblem } from '../routes/snapshot.js';

export function warnOfDocuments(problems: readonly DocumentProblem[]): void {
  for (const { severity, location, path, message } of problems) {
    if (severity !== 'error') continue;
    process.stderr.write(`parkway: ${printableText(`${location}${path === '' ? '' : ` ${path}`}: ${message}`)}\n`);
  }
}
