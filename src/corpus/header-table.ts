/**
 * The headers of a line, found by what lines before had: each name with the one that came behind it last, and with its value if that
 * was the same again and again. FreeSWITCH writes a channel's headers in the same order, and most of them alike, so the next header
 * is seldom looked up, but compared with what stood there before.
 */
import type { Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { Likeness } from '../dialplan/caller-profile.js';
import { stringEnd, type ScannedBytes } from './scan-json.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const CLOSE_BRACE = 0x7d;
/** What stands between a name and its value, and between a value and the next name. */
const BETWEEN = '":"';
const BEHIND = Buffer.from('","');
/** What JSON puts before all other names of an object, and what it escapes. */
const UNUSUAL_NAME = /^\d|\\/;
/** Longer names are left to others, longer values are not compared. */
const LONGEST_NAME = 500;
const LONGEST_USUAL = 64;
/** A value that is another one so often, within so many lines each time, is compared no more. */
const MOST_CHANGES = 3;
const LINES_BETWEEN_CHANGES = 16;
/** So many bytes are compared at once. */
const WORD = 8;
/** So many names there are, then it is better to begin anew. */
const MOST_NAMES = 4_000;
/** Only so many of the names that came behind another are compared. */
const MOST_FOLLOWERS = 16;
const MOST_LIKENESSES = 1_000;

/** What is known of a name: a row of so many numbers. A name is told by the number of its row. */
const ROW = 8;
/** The name that came behind it last. */
const FOLLOWER = 0;
/** Where its bytes are, how many there are up to the value, and how many with the usual value up to the next name; 0: it has none. */
const BYTES = 1;
const LENGTH = 2;
const USUAL_LENGTH = 3;
/** How often its value changed of late, and in which line it did last. */
const CHANGES = 4;
const CHANGED_IN = 5;
/** The last line that had it, and where its value begins there. */
const SEEN_IN = 6;
const VALUE = 7;
/** What the first header comes behind. */
const NO_NAME = 0;

interface Like {
  readonly text: string;
  readonly how: Likeness;
  readonly names: number[];
}

export class HeaderTable {
  private readonly rows = new Int32Array((MOST_NAMES + 1) * ROW);
  private readonly byText = new Map<Bytes, number>();
  /** By the number of a row. */
  private readonly texts: Bytes[] = [''];
  private readonly followers: number[][] = [[]];
  /** All names one behind the other, each with what stands behind it, and with room for a value. */
  private readonly bytes = Buffer.alloc(MOST_NAMES * 128);
  private readonly view = new DataView(this.bytes.buffer);
  private used = 0;
  private readonly likes: Readonly<Record<Likeness, Map<string, Like>>> = { is: new Map(), begins: new Map() };
  /** The number of the line at hand. */
  private line = 0;

  /** Whether there is no room for more names. */
  get isFull(): boolean {
    return this.texts.length > MOST_NAMES || this.used + roomFor(LONGEST_NAME) > this.bytes.length;
  }

  /**
   * Reads all headers of a line's object, from behind the quote of the first name; returns what is behind its brace, or -1 where it
   * is no object of strings, has a name twice, or one that is written in an unusual way.
   */
  readAll(scanned: ScannedBytes, from: number): number {
    const { rows, view: known } = this;
    const { bytes, view } = scanned;
    this.line += 1;
    const { line } = this;
    let at = from;
    for (let name = NO_NAME; ;) {
      const usual = rows[name * ROW + FOLLOWER] as number;
      const start = rows[usual * ROW + BYTES] as number;
      const length = rows[usual * ROW + USUAL_LENGTH] as number;
      let end: number;
      if (length > 0 && areSame(known, start, view, at, length)) {
        name = usual;
        end = at + length - BEHIND.length;
      } else {
        const isUsual = usual !== NO_NAME && areSame(known, start, view, at, rows[usual * ROW + LENGTH] as number);
        name = isUsual ? usual : this.nameAt(scanned, at, name);
        if (name < 0) return -1;
        end = this.valueEnd(name, scanned, at + (rows[name * ROW + LENGTH] as number));
        if (end < 0) return -1;
      }
      // Of two values of one name the parser has the last, where the first stood.
      if (rows[name * ROW + SEEN_IN] === line) return -1;
      rows[name * ROW + SEEN_IN] = line;
      rows[name * ROW + VALUE] = at + (rows[name * ROW + LENGTH] as number);
      at = end + BEHIND.length;
      if (bytes[end + 1] !== COMMA || bytes[end + 2] !== QUOTE) return bytes[end + 1] === CLOSE_BRACE ? end + 2 : -1;
    }
  }

  /** The name of a header that the line at hand has; undefined if it has none such. */
  find(text: Bytes): number | undefined {
    const name = this.byText.get(text);
    return name !== undefined && this.rows[name * ROW + SEEN_IN] === this.line ? name : undefined;
  }

  /** Where a header's value begins. */
  valueStart(name: number): number {
    return this.rows[name * ROW + VALUE] as number;
  }

  /** The headers of the line whose names, in lower case, are or begin like a text, in order. */
  findLike(text: string, how: Likeness): readonly Bytes[] {
    const { rows, line } = this;
    const names = this.namesLike(text, how);
    if (!names.some((name) => rows[name * ROW + SEEN_IN] === line)) return NONE;
    return names
      .filter((name) => rows[name * ROW + SEEN_IN] === line)
      .sort((one, other) => this.valueStart(one) - this.valueStart(other))
      .map((name) => this.textOf(name));
  }

  private namesLike(text: string, how: Likeness): readonly number[] {
    const likes = this.likes[how];
    let like = likes.get(text);
    if (like === undefined) {
      if (likes.size >= MOST_LIKENESSES) likes.clear();
      like = { text, how, names: [] };
      for (const [candidate, name] of this.byText) noteIfAlike(like, name, candidate);
      likes.set(text, like);
    }
    return like.names;
  }

  private textOf(name: number): Bytes {
    return this.texts[name] ?? '';
  }

  /** The name that stands there, which is another than the one that came behind the previous one last. */
  private nameAt(scanned: ScannedBytes, at: number, previous: number): number {
    const { rows } = this;
    const followers = this.followers[previous] as number[];
    let name = followers.find((one) =>
      areSame(this.view, rows[one * ROW + BYTES] as number, scanned.view, at, rows[one * ROW + LENGTH] as number),
    );
    if (name === undefined) {
      name = this.readName(scanned, at);
      if (name >= 0 && followers.length < MOST_FOLLOWERS) followers.push(name);
    }
    if (name >= 0) rows[previous * ROW + FOLLOWER] = name;
    return name;
  }

  private readName(scanned: ScannedBytes, at: number): number {
    const end = stringEnd(scanned, at);
    if (end <= at || end - at > LONGEST_NAME) return -1;
    const text = scanned.bytes.toString('latin1', at, end);
    if (UNUSUAL_NAME.test(text) || scanned.bytes.toString('latin1', end, end + BETWEEN.length) !== BETWEEN) return -1;
    return this.byText.get(text) ?? (this.isFull ? -1 : this.add(text));
  }

  private add(text: Bytes): number {
    const name = this.texts.length;
    this.texts.push(text);
    this.followers.push([]);
    this.byText.set(text, name);
    this.rows[name * ROW + BYTES] = this.used;
    this.rows[name * ROW + LENGTH] = text.length + BETWEEN.length;
    this.bytes.write(text + BETWEEN, this.used, 'latin1');
    this.used += roomFor(text.length);
    for (const likes of Object.values(this.likes)) for (const like of likes.values()) noteIfAlike(like, name, text);
    return name;
  }

  private valueEnd(name: number, scanned: ScannedBytes, start: number): number {
    const end = stringEnd(scanned, start);
    if ((this.rows[name * ROW + CHANGES] as number) <= MOST_CHANGES && end >= 0)
      this.noteChange(name, scanned, start, end);
    return end;
  }

  private noteChange(name: number, { bytes }: ScannedBytes, start: number, end: number): void {
    const { rows, line } = this;
    const isOften = line - (rows[name * ROW + CHANGED_IN] as number) <= LINES_BETWEEN_CHANGES;
    const changes = isOften ? (rows[name * ROW + CHANGES] as number) + 1 : 1;
    rows[name * ROW + CHANGES] = changes;
    rows[name * ROW + CHANGED_IN] = line;
    rows[name * ROW + USUAL_LENGTH] = 0;
    if (end - start > LONGEST_USUAL || changes > MOST_CHANGES) return;
    const length = rows[name * ROW + LENGTH] as number;
    const at = (rows[name * ROW + BYTES] as number) + length;
    bytes.copy(this.bytes, at, start, end);
    BEHIND.copy(this.bytes, at + end - start);
    rows[name * ROW + USUAL_LENGTH] = length + end - start + BEHIND.length;
  }
}

const NONE: readonly Bytes[] = [];

function roomFor(length: number): number {
  return length + BETWEEN.length + LONGEST_USUAL + BEHIND.length;
}

function noteIfAlike({ text, how, names }: Like, name: number, candidate: Bytes): void {
  const isAlike = how === 'is' ? lowerCase(candidate) === text : lowerCase(candidate).startsWith(text);
  if (isAlike) names.push(name);
}

/** Whether known bytes stand in a line. None of them is a line feed, so that nothing is compared beyond one. */
function areSame(known: DataView, start: number, view: DataView, at: number, length: number): boolean {
  if (length < WORD) return areSameBytes(known, start, view, at, length);
  const last = length - WORD;
  // As numbers two words are alike if their bytes are: text has none of the bytes that make a zero.
  for (let offset = 0; offset < last; offset += WORD) {
    if (view.getFloat64(at + offset, true) !== known.getFloat64(start + offset, true)) return false;
  }
  return view.getFloat64(at + last, true) === known.getFloat64(start + last, true);
}

function areSameBytes(known: DataView, start: number, view: DataView, at: number, length: number): boolean {
  for (let offset = 0; offset < length; offset += 1) {
    if (view.getUint8(at + offset) !== known.getUint8(start + offset)) return false;
  }
  return true;
}
