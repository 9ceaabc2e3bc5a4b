import { located, type Position } from './position.js';

/** Something that is in a document. */
export interface Placed {
  /** Where the document is: a file's path, or a key and field. */
  readonly location: string;
  /** Where in its text. */
  readonly at?: Position | undefined;
  /** Where in what it holds, as a JSON pointer; empty for the whole. */
  readonly path: string;
}

/** `file:line:column /pointer`, as far as it is known: a terminal and an editor lead there. */
export function placeOf({ location, at, path }: Placed): string {
  return `${at === undefined ? location : located(location, at)}${path === '' ? '' : ` ${path}`}`;
}
