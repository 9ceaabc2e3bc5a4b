/** Where in a text something stands, as editors count. */
export interface Position {
  /** The first is 1. */
  readonly line: number;
  /** Of UTF-16 units; the first is 1. */
  readonly column: number;
}

/** @param offset of UTF-16 units in the text */
export function positionAt(text: string, offset: number): Position {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return { line, column: offset - lineStart + 1 };
}

/** `file:line:column` */
export function located(location: string, { line, column }: Position): string {
  return `${location}:${line}:${column}`;
}
