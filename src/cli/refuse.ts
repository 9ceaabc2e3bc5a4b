/** How a command says that it could not run. */
import process from 'node:process';
import { printableText } from '../report/printable.js';
import { EXIT_COULD_NOT_RUN } from './exit-codes.js';

/** Says why, a line each. @returns the exit status */
export function refuse(message: string): number {
  for (const line of message.split('\n')) process.stderr.write(`parkway: ${printableText(line)}\n`);
  return EXIT_COULD_NOT_RUN;
}
