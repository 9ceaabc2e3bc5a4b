/** What is wrong with a document, with where in its text that is. */
import { jsonPositions } from '../dialplan/json-positions.js';
import type { Position } from '../dialplan/position.js';
import type { Problem } from '../dialplan/problem.js';
import type { DocumentText } from './document.js';
import type { DocumentProblem } from './snapshot.js';

/** What of a document a JSON pointer tells the place of. */
interface Pointed {
  readonly path: string;
  readonly at?: Position;
}

type Written = Pick<DocumentText, 'text' | 'isComposed'>;

/** The same, each with where in the text it is, if that is known. */
export function locateIn<Thing extends Pointed>({ text, isComposed }: Written, things: readonly Thing[]): Thing[] {
  if (things.length === 0 || isComposed === true) return [...things];
  const positions = jsonPositions(
    text,
    things.map(({ path }) => path),
  );
  return things.map((thing) => {
    const at = thing.at ?? positions.get(thing.path);
    return at === undefined ? thing : { ...thing, at };
  });
}

/** @param location where the document is */
export function locateProblems(problems: readonly Problem[], location: string, document: Written): DocumentProblem[] {
  return locateIn(document, problems).map((problem) => ({ ...problem, location }));
}
