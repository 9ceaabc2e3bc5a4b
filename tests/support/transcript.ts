/** Recorded sessions: raw bytes of both directions in the order they came. */
import { readFileSync } from 'node:fs';

export interface Piece {
  /** `>` from the controller, `<` from FreeSWITCH, `#` a remark. */
  readonly direction: '>' | '<' | '#';
  /** Seconds since the connection. */
  readonly seconds: number;
  readonly bytes: Buffer;
}

/** Reads `tests/captures/<name>`: each piece is a line `=== D N S`, then N bytes, then a line break. */
export function readTranscript(name: string): Piece[] {
  const file = readFileSync(new URL(`../captures/${name}`, import.meta.url));
  const pieces: Piece[] = [];
  for (let at = 0; at < file.length;) {
    const lineEnd = file.indexOf('\n', at);
    const [, direction, length, seconds] = file.toString('latin1', at, lineEnd).split(' ');
    const end = lineEnd + 1 + Number(length);
    pieces.push({
      direction: direction as Piece['direction'],
      seconds: Number(seconds),
      bytes: file.subarray(lineEnd + 1, end),
    });
    at = end + 1;
  }
  return pieces;
}

/** All bytes of one direction. */
export function bytesOfDirection(pieces: readonly Piece[], direction: Piece['direction']): Buffer {
  return Buffer.concat(pieces.filter((piece) => piece.direction === direction).map(({ bytes }) => bytes));
}
