/**
 * Members of a capture that are passed over for what was passed over before: the same keys in the same order, with values of the same
 * types. What a line before had, and was looked at, needs no look at again.
 */
import { BARRIER, firstDifference } from './first-difference.js';
import { isNumberStart, numberEnd, scalarEnd, stringEnd, type ScannedBytes } from './scan-json.js';

/** So many forms are known; longer ones are not. */
const MOST_FORMS = 16;
const LONGEST_FORM = 4_000;
/** A form is worth what it takes to know it if many lines have it; where most have forms of their own, so many are left out. */
const LINES_BETWEEN_FORMS = 64;
const NONE = -1;

const QUOTE = 0x22;
const LETTER_F = 0x66;
const LETTER_T = 0x74;
const STRING = 'string';
const NUMBER = 'number';
const BOOLEAN = 'boolean';

/** What stands in place of a value may be another one of its type; of null it may not. */
interface Scalar {
  readonly type: typeof STRING | typeof NUMBER | typeof BOOLEAN;
  readonly start: number;
  readonly end: number;
}

export class PassedMembers {
  /** Those that came last are first. */
  private readonly forms: Form[] = [];
  private lines = 0;
  private nextLesson = 0;

  /** Behind members of a known form; negative if those that begin there have none. */
  pass(scanned: ScannedBytes, from: number): number {
    const { forms } = this;
    this.lines += 1;
    for (let index = 0; index < forms.length; index += 1) {
      const form = forms[index] as Form;
      const end = form.pass(scanned, from);
      if (end < 0) continue;
      forms.copyWithin(1, 0, index);
      forms[0] = form;
      return end;
    }
    return NONE;
  }

  /** @param to where the same bytes are always the end of what begins at `from`, which is valid JSON */
  learn({ bytes }: ScannedBytes, from: number, to: number): void {
    if (to - from > LONGEST_FORM || this.lines < this.nextLesson) return;
    if (this.forms.length === MOST_FORMS) this.nextLesson = this.lines + LINES_BETWEEN_FORMS;
    this.forms.unshift(new Form(bytes.subarray(from, to)));
    this.forms.length = Math.min(this.forms.length, MOST_FORMS);
  }
}

class Form {
  private readonly length: number;
  private readonly known: DataView;
  private readonly scalars: readonly Scalar[];
  /** By byte: the number of the scalar it belongs to; that behind a number could belong to it. */
  private readonly scalarAt: Int16Array;

  constructor(text: Buffer) {
    const bytes = Buffer.concat([text, BARRIER]);
    this.length = text.length;
    this.known = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.scalars = scalarsOf(text);
    this.scalarAt = new Int16Array(bytes.length).fill(NONE);
    for (const [index, { type, start, end }] of this.scalars.entries())
      this.scalarAt.fill(index, start, type === NUMBER ? end + 1 : end);
  }

  pass(scanned: ScannedBytes, from: number): number {
    const { known, length, scalars, scalarAt } = this;
    let at = from;
    let place = 0;
    for (;;) {
      const same = firstDifference(known, place, scanned.view, at);
      place += same;
      at += same;
      if (place >= length) return at - (place - length);
      const scalar = scalars[scalarAt[place] as number];
      if (scalar === undefined) return NONE;
      const end = endLike(scalar, scanned, at - (place - scalar.start));
      // What is known to follow does not, then.
      if (end < 0 || (end === at && place === scalar.end)) return NONE;
      at = end;
      place = scalar.end;
    }
  }
}

/** Behind the value that begins there, if it is of the same type. */
function endLike({ type }: Scalar, scanned: ScannedBytes, from: number): number {
  const first = scanned.bytes[from];
  if (type === STRING) return first === QUOTE ? stringEnd(scanned, from + 1) + 1 || NONE : NONE;
  if (type === BOOLEAN) return first === LETTER_T || first === LETTER_F ? scalarEnd(scanned, from) : NONE;
  return isNumberStart(first) ? numberEnd(scanned.bytes, from) : NONE;
}

/** A string with what tells a key from a value, a number, a literal. */
const TOKEN = /"(?:[^"\\]|\\.)*"(:?)|-?\d[\d.eE+-]*|true|false/g;

function scalarsOf(text: Buffer): readonly Scalar[] {
  const scalars: Scalar[] = [];
  for (const { 0: token, 1: colon, index: start } of text.toString('latin1').matchAll(TOKEN)) {
    if (colon !== ':') scalars.push({ type: typeOf(token), start, end: start + token.length });
  }
  return scalars;
}

function typeOf(token: string): Scalar['type'] {
  if (token.startsWith('"')) return STRING;
  return token === 'true' || token === 'false' ? BOOLEAN : NUMBER;
}
