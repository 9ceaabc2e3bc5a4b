/** One call and what is expected of it, with all that a file, a test and a row of its table say put together. */
import path from 'node:path';
import type { Position } from '../dialplan/position.js';
import type { CallDocument, ExpectDocument, SituationDocument } from './test-document.js';

export interface TestCase {
  readonly name: string;
  readonly file: string;
  /** Where in the file it stands. */
  readonly at: Position;
  /** Why it is not run. */
  readonly skip: string | undefined;
  readonly call: CallDocument;
  /** The context to hunt, instead of the one the routes choose. */
  readonly inContext: string | undefined;
  readonly situation: SituationDocument;
  readonly expect: ExpectDocument;
}

/** The later one counts, variable by variable and header by header; one with a dump of its own begins anew. */
export function mergeCalls(first: CallDocument = {}, second: CallDocument = {}): CallDocument {
  if (second.dump !== undefined) return second;
  return {
    ...first,
    ...second,
    variables: { ...first.variables, ...second.variables },
    headers: { ...first.headers, ...second.headers },
  };
}

export function mergeSituations(first: SituationDocument, second: SituationDocument): SituationDocument {
  const { domain = first.domain, timezone = first.timezone, time = first.time } = second;
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(time === undefined ? {} : { time }),
    globals: { ...first.globals, ...second.globals },
    answers: { ...first.answers, ...second.answers },
  };
}

/** A path in a file of tests is relative to that file. */
export function besides(file: string, other: string): string {
  return file === '-' || path.isAbsolute(other) ? other : path.join(path.dirname(file), other);
}
