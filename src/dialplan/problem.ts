import type { Position } from './position.js';

/** Something wrong with what a dialplan's author wrote. Never thrown: gathered, shown, counted. */
export interface Problem {
  /** An error keeps a document out of force; a warning says what FreeSWITCH would silently do with it. */
  readonly severity: 'error' | 'warning';
  /** Where in the document, as a JSON pointer; empty for the whole. */
  readonly path: string;
  /** Where in the text it was read from, if that is known. */
  readonly at?: Position;
  /** What was expected and what was found, in one line. */
  readonly message: string;
}
