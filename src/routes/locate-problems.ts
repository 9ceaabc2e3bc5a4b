/** What is wrong with a document, with where in its text that is. */
import { jsonPositions } from '../dialplan/json-positions.js';
import type { Position } from '../dialplan/position.js';
import type { Problem } from '../dialplan/problem.js';
import type { DocumentText } from './document.js';
import type { DocumentProblem } from './snapshot.js';

const NOWHERE: ReadonlyMap<string, Position> = new Map();

/** @param location where the document is */
export function locateProblems(
  problems: readonly Problem[],
  location: string,
  { text, isComposed }: Pick<DocumentText, 'text' | 'isComposed'>,
): DocumentProblem[] {
  if (problems.length === 0) return [];
  const paths = problems.map(({ path }) => path);
  const positions = isComposed === true ? NOWHERE : jsonPositions(text, paths);
  return problems.map((problem) => {
    const at = problem.at ?? positions.get(problem.path);
    return { ...problem, location, ...(at === undefined ? {} : { at }) };
  });
}
