/** `$1`, `${1}` in an action's data (`switch_perform_substitution`), byte for byte, its oddities included. */
import type { Bytes } from '../bytes.js';
import { atoi } from './c-values.js';

/** The text of a capture group; undefined where there is none. */
export type CaptureGroup = (number: number) => Bytes | undefined;

const MOST_DIGITS = 9;
const HIGHEST_GROUP = 256;

/** A piece of the result, and whether a caller could have chosen it. */
interface Piece {
  readonly text: Bytes;
  readonly captured: boolean;
}

export interface SubstitutionOptions {
  /** FreeSWITCH's buffer: the result is cut one byte short of it. */
  readonly capacity: number;
  /** Whether a `${` that captured text has a part in is defused, as FreeSWITCH defuses caller id: `%{`. */
  readonly neutralise: boolean;
}

export function substituteCaptures(data: Bytes, group: CaptureGroup, options: SubstitutionOptions): Bytes {
  if (!data.includes('$')) return data.slice(0, options.capacity - 1);
  const pieces = substitute(data, group, options.capacity - 1);
  return options.neutralise ? neutralise(pieces) : pieces.map((piece) => piece.text).join('');
}

function substitute(data: Bytes, group: CaptureGroup, room: number): Piece[] {
  const pieces: Piece[] = [];
  let length = 0;
  const add = (text: Bytes, captured: boolean): void => {
    const fitting = text.slice(0, room - length);
    length += fitting.length;
    pieces.push({ text: fitting, captured });
  };
  // FreeSWITCH keeps the digits of a reference it gave up on (`${1x}`) in front of those of the next one.
  let digits = '';
  for (let at = 0; length < room && at < data.length;) {
    if (data[at] !== '$') {
      add(data[at] as string, false);
      at += 1;
      continue;
    }
    at += 1;
    const inBraces = data[at] === '{';
    if (inBraces) at += 1;
    if (!isDigit(data[at])) {
      if (inBraces) at -= 1;
      add(data[at - 1] as string, false);
      continue;
    }
    while (isDigit(data[at]) && digits.length < MOST_DIGITS) {
      digits += data[at] as string;
      at += 1;
    }
    if (inBraces) {
      if (data[at] !== '}') {
        at -= digits.length - 1;
        // Digits kept from before may lead in front of the data: there FreeSWITCH reads foreign memory, then ends.
        if (at < 0) break;
        add(data[at - 1] ?? '', false);
        continue;
      }
      at += 1;
    }
    const number = atoi(digits);
    digits = '';
    const captured = number <= HIGHEST_GROUP ? group(number) : undefined;
    if (captured !== undefined) add(captured, true);
  }
  return pieces;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

/** A dollar, any backslashes and a brace begin a reference: it is left alone only if all of it stood in the dialplan. */
function neutralise(pieces: readonly Piece[]): Bytes {
  const text = pieces.map((piece) => piece.text).join('');
  const captured = pieces.map((piece) => (piece.captured ? '1' : '0').repeat(piece.text.length)).join('');
  return text.replace(/\$(?=(\\*\{))/g, (dollar, rest: string, at: number) =>
    captured.slice(at, at + 1 + rest.length).includes('1') ? '%' : dollar,
  );
}

/** A capture as a variable's value: what could begin a reference, also together with text behind it, is defused. */
export function neutraliseCapture(capture: Bytes): Bytes {
  return capture.replace(/\$(?=\\*(?:\{|$))/g, '%');
}
