/**
 * The headers of a line, found by what a line before had. FreeSWITCH writes a channel's headers in the same order, and most of them
 * alike, so a line is held against the headers of an earlier one, over all that is the same at once; where a value differs it is
 * scanned, where a name does it is looked up, and the comparison goes on behind it.
 */
import type { Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { Likeness } from '../dialplan/caller-profile.js';
import { BARRIER, firstDifference } from './first-difference.js';
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
const LONGEST_VALUE = 200;
/** So many names there are, and bytes of them and their values, then it is better to begin anew. */
const MOST_NAMES = 4_000;
const MOST_BYTES = MOST_NAMES * 128;
const MOST_FOR_ONE = LONGEST_NAME + BETWEEN.length + LONGEST_VALUE + BEHIND.length + 3 * BARRIER.length;
/** Only so many of the names that came behind another are compared. */
const MOST_FOLLOWERS = 16;
const MOST_LIKENESSES = 1_000;
/** What is known of a name: a row of so many numbers; behind the last one's there is one that no place lies in. */
const ROW = 4;
/** Where it begins among the known bytes, and where its value does. */
const START = 0;
const KNOWN_VALUE = 1;
/** The last line that had it, and where its value begins there. */
const SEEN_IN = 2;
const VALUE = 3;
/** What the first header comes behind. */
const NO_NAME = 0;
const NOWHERE = 0x7fffffff;

/** So often it is asked whether another line would be a better one to compare with: if it takes so many steps more than it took. */
const LINES_BETWEEN_LOOKS = 1_024;
const TOLERATED = 1.1;
/** What it took once counts less and less: the lines to come may be others. */
const RISING = 1.02;
/** So many looks later another line is tried in any case. */
const LOOKS_BEFORE_TRYING = 32;

interface Like {
  readonly text: string;
  readonly how: Likeness;
  readonly names: number[];
}

/** A name is told by its number; those of neighbours in a line are neighbours as well, for the most part. */
export class HeaderTable {
  private readonly byText = new Map<Bytes, number>();
  private readonly texts: Bytes[] = [''];
  /** By name: others that stood behind it than the neighbour. */
  private readonly followers: number[][] = [[]];
  /**
   * All names one behind the other as they stand in lines, each with a value it had and what is behind that; a barrier is behind a
   * name instead of a value that is too long, where another name than the next one followed, and at the end.
   */
  private readonly bytes = Buffer.alloc(MOST_BYTES);
  private readonly known = new DataView(this.bytes.buffer);
  private readonly rows = new Int32Array((MOST_NAMES + 3) * ROW);
  private used = 0;
  /** The last name, if it has no value there yet. */
  private open = NO_NAME;
  private readonly likes: Readonly<Record<Likeness, Map<string, Like>>> = { is: new Map(), begins: new Map() };
  /** The number of the line at hand. */
  private line = 0;
  private steps = 0;
  private fewestSteps = NOWHERE;
  private looks = 0;
  private isOutdated = false;

  constructor() {
    this.endAt(0);
  }

  /** Whether it should forget: there is no room for more names, or a later line would be a better one to compare with. */
  get isWorn(): boolean {
    return this.isFull || this.isOutdated;
  }

  private get isFull(): boolean {
    return this.texts.length > MOST_NAMES || this.used + MOST_FOR_ONE > MOST_BYTES;
  }

  /** All numbers of names stand for others from then on. */
  forget(): void {
    this.byText.clear();
    this.texts.length = 1;
    this.followers.length = 0;
    this.followers.push([]);
    for (const likes of Object.values(this.likes)) likes.clear();
    this.open = NO_NAME;
    this.endAt(0);
    this.isOutdated = false;
  }

  /**
   * Reads all headers of a line's object, from behind the quote of the first name; returns what is behind its brace, or -1 where it
   * is no object of strings, has a name twice, or one that is written in an unusual way.
   */
  readAll(scanned: ScannedBytes, from: number): number {
    const { rows, known } = this;
    const { bytes, view } = scanned;
    const line = this.beginLine();
    let at = from;
    for (let previous = NO_NAME; ;) {
      let name = previous + 1;
      const start = rows[name * ROW + START] as number;
      const different = start + firstDifference(known, start, view, at);
      let shift = at - start;
      for (; different >= (rows[(name + 1) * ROW + START] as number); name += 1) {
        if (rows[name * ROW + SEEN_IN] === line) return -1;
        rows[name * ROW + SEEN_IN] = line;
        rows[name * ROW + VALUE] = (rows[name * ROW + KNOWN_VALUE] as number) + shift;
      }
      if (different < (rows[name * ROW + KNOWN_VALUE] as number)) {
        at = (rows[name * ROW + START] as number) + shift;
        name = this.nameAt(scanned, at, name - 1);
        if (name < 0) return -1;
        shift = at - (rows[name * ROW + START] as number);
      }
      // Of two values of one name the parser has the last, where the first stood.
      if (rows[name * ROW + SEEN_IN] === line) return -1;
      const value = (rows[name * ROW + KNOWN_VALUE] as number) + shift;
      rows[name * ROW + SEEN_IN] = line;
      rows[name * ROW + VALUE] = value;
      const end = stringEnd(scanned, value);
      if (end < 0) return -1;
      if (name === this.open) this.keepValue(bytes, value, end);
      if (bytes[end + 1] !== COMMA || bytes[end + 2] !== QUOTE) return bytes[end + 1] === CLOSE_BRACE ? end + 2 : -1;
      at = end + BEHIND.length;
      previous = name;
      this.steps += 1;
    }
  }

  /** The name of a header that the line at hand has; undefined if it has none such. */
  find(text: Bytes): number | undefined {
    const name = this.byText.get(text);
    return name !== undefined && this.isInLine(name) ? name : undefined;
  }

  /** Where a header's value begins. */
  valueStart(name: number): number {
    return this.rows[name * ROW + VALUE] as number;
  }

  /** The headers of the line whose names, in lower case, are or begin like a text, in order. */
  findLike(text: string, how: Likeness): readonly Bytes[] {
    let found: number[] | undefined;
    for (const name of this.namesLike(text, how)) if (this.isInLine(name)) (found ??= []).push(name);
    if (found === undefined) return NONE;
    return found
      .sort((one, other) => this.valueStart(one) - this.valueStart(other))
      .map((name) => this.texts[name] as Bytes);
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

  private isInLine(name: number): boolean {
    return this.rows[name * ROW + SEEN_IN] === this.line;
  }

  private beginLine(): number {
    this.line += 1;
    if (this.line % LINES_BETWEEN_LOOKS === 0) this.lookBack();
    return this.line;
  }

  private lookBack(): void {
    const { steps } = this;
    this.looks += 1;
    this.isOutdated = this.looks % LOOKS_BEFORE_TRYING === 1 || steps > this.fewestSteps * TOLERATED;
    this.fewestSteps = Math.min(steps, Math.ceil(this.fewestSteps * RISING));
    this.steps = 0;
  }

  /** The name that stands there, which is another than the one that is known to come behind the previous one. */
  private nameAt(scanned: ScannedBytes, at: number, previous: number): number {
    const followers = this.followers[previous] as number[];
    const follower = followers.find((name) => this.isNameAt(name, scanned, at));
    if (follower !== undefined) return follower;
    const name = this.readName(scanned, at, previous);
    if (name >= 0 && followers.length < MOST_FOLLOWERS) followers.push(name);
    return name;
  }

  private isNameAt(name: number, { view }: ScannedBytes, at: number): boolean {
    const start = this.rows[name * ROW + START] as number;
    const value = this.rows[name * ROW + KNOWN_VALUE] as number;
    return start + firstDifference(this.known, start, view, at) >= value;
  }

  private readName(scanned: ScannedBytes, at: number, previous: number): number {
    const end = stringEnd(scanned, at);
    if (end <= at || end - at > LONGEST_NAME) return -1;
    const text = scanned.bytes.toString('latin1', at, end);
    if (UNUSUAL_NAME.test(text) || scanned.bytes.toString('latin1', end, end + BETWEEN.length) !== BETWEEN) return -1;
    return this.byText.get(text) ?? (this.isFull ? -1 : this.add(text, previous));
  }

  private add(text: Bytes, previous: number): number {
    const name = this.texts.length;
    this.texts.push(text);
    this.followers.push([]);
    this.byText.set(text, name);
    for (const likes of Object.values(this.likes)) for (const like of likes.values()) noteIfAlike(like, name, text);
    const start = previous === name - 1 ? this.used : this.used + BARRIER.length;
    const value = start + this.bytes.write(text + BETWEEN, start, 'latin1');
    this.rows[name * ROW + START] = start;
    this.rows[name * ROW + KNOWN_VALUE] = value;
    BARRIER.copy(this.bytes, value);
    this.endAt(value + BARRIER.length);
    this.open = name;
    return name;
  }

  /** With the last name, whose first it is. */
  private keepValue(bytes: Buffer, start: number, end: number): void {
    const value = this.rows[this.open * ROW + KNOWN_VALUE] as number;
    this.open = NO_NAME;
    if (end - start > LONGEST_VALUE) return;
    bytes.copy(this.bytes, value, start, end);
    this.endAt(value + end - start + BEHIND.copy(this.bytes, value + end - start));
  }

  private endAt(used: number): void {
    this.used = used;
    BARRIER.copy(this.bytes, used);
    const { length: none } = this.texts;
    this.rows[none * ROW + START] = used;
    this.rows[none * ROW + KNOWN_VALUE] = NOWHERE;
    this.rows[(none + 1) * ROW + START] = NOWHERE;
  }
}

const NONE: readonly Bytes[] = [];

function noteIfAlike({ text, how, names }: Like, name: number, candidate: Bytes): void {
  const isAlike = how === 'is' ? lowerCase(candidate) === text : lowerCase(candidate).startsWith(text);
  if (isAlike) names.push(name);
}
