/**
 * The names of headers that lines have had, each with those that came behind it, and with its value if that was the same again and
 * again: FreeSWITCH writes a channel's headers in the same order, and most of them alike. So the next header is seldom looked up,
 * but compared with what stood there before.
 */
import type { Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { Likeness } from '../dialplan/caller-profile.js';
import { stringEnd, type ScannedBytes } from './scan-json.js';

/** So many names there are, then it is better to begin anew. */
export const MOST_NAMES = 4_000;
/** Longer names are left to others. */
const LONGEST_NAME = 500;
/** Only so many of the names that came behind another are compared. */
const MOST_FOLLOWERS = 16;
/** So many bytes are compared at once. */
const WORD = 8;
const MOST_LIKENESSES = 1_000;
/** What stands between a name and its value, and between a value and the next name. */
const BETWEEN = '":"';
const BEHIND = Buffer.from('","');
/** Longer values are not compared. */
const LONGEST_USUAL = 64;
/** So often may a value be another one, not once the same in between: then it is compared no more. */
const MOST_CHANGES = 3;
const ROOM = LONGEST_NAME + BETWEEN.length + LONGEST_USUAL + BEHIND.length;
/** What JSON puts before all other names of an object, and what it escapes. */
const UNUSUAL = /^\d|\\/;

/** Before the first header. */
export const NO_NAME = 0;

interface Like {
  readonly text: string;
  readonly how: Likeness;
  readonly names: number[];
}

/** Names are numbers from 1 on. */
export class HeaderNames {
  private readonly numbers = new Map<Bytes, number>();
  private readonly spellings: Bytes[] = [''];
  /** All names one behind the other, each with what stands behind it, and with room for a value. */
  private readonly bytes = Buffer.alloc(MOST_NAMES * 128);
  private readonly view = new DataView(this.bytes.buffer);
  private readonly starts = new Int32Array(MOST_NAMES);
  /** Up to the value; and with the usual value, if there is one, up to the next name. */
  private readonly lengths = new Int32Array(MOST_NAMES);
  private readonly usualLengths = new Int32Array(MOST_NAMES);
  private readonly changes = new Uint8Array(MOST_NAMES);
  private used = 0;
  private readonly usualFollowers = new Int32Array(MOST_NAMES);
  private readonly followers: number[][] = [[]];
  private readonly likes: Readonly<Record<Likeness, Map<string, Like>>> = { is: new Map(), begins: new Map() };

  get isFull(): boolean {
    return this.spellings.length >= MOST_NAMES - 1 || this.used + ROOM > this.bytes.length;
  }

  /** Of the header that was read last: where its value begins, and where its end is, a quote. */
  valueStart = 0;
  valueEnd = 0;

  /** Reads the header that begins there, whose value is a string: its name; negative if there is none. @param at behind its quote */
  read(scanned: ScannedBytes, at: number, previous: number): number {
    const name = this.usualFollowers[previous] as number;
    const usualLength = this.usualLengths[name] as number;
    if (usualLength > 0 && this.stands(name, usualLength, scanned.view, at)) {
      this.changes[name] = 0;
      this.valueStart = at + (this.lengths[name] as number);
      this.valueEnd = at + usualLength - BEHIND.length;
      return name;
    }
    const isUsual = name !== NO_NAME && this.stands(name, this.lengths[name] as number, scanned.view, at);
    return this.readValue(isUsual ? name : this.otherAt(scanned, at, previous), scanned, at);
  }

  numberOf(text: Bytes): number | undefined {
    return this.numbers.get(text);
  }

  spelling(name: number): Bytes {
    return this.spellings[name] ?? '';
  }

  /** The names which, in lower case, are or begin like a text. */
  like(text: string, how: Likeness): readonly number[] {
    const known = this.likes[how].get(text);
    if (known !== undefined) return known.names;
    const like: Like = { text, how, names: [] };
    for (let name = 1; name < this.spellings.length; name += 1) noteIfAlike(like, name, this.spelling(name));
    if (this.likes[how].size >= MOST_LIKENESSES) this.likes[how].clear();
    this.likes[how].set(text, like);
    return like.names;
  }

  /** Whether what is known of a name stands there. No line feed does, so that it is compared no further. */
  private stands(name: number, length: number, view: DataView, at: number): boolean {
    const start = this.starts[name] as number;
    if (length < WORD) return this.stand(start, length, view, at);
    // As numbers two words are alike if their bytes are: text has none of the bytes that make a zero.
    const last = length - WORD;
    for (let offset = 0; offset < last; offset += WORD) {
      if (view.getFloat64(at + offset, true) !== this.view.getFloat64(start + offset, true)) return false;
    }
    return view.getFloat64(at + last, true) === this.view.getFloat64(start + last, true);
  }

  private stand(start: number, length: number, view: DataView, at: number): boolean {
    for (let offset = 0; offset < length; offset += 1) {
      if (view.getUint8(at + offset) !== this.view.getUint8(start + offset)) return false;
    }
    return true;
  }

  private readValue(name: number, scanned: ScannedBytes, at: number): number {
    if (name < 0) return name;
    this.valueStart = at + (this.lengths[name] as number);
    this.valueEnd = stringEnd(scanned, this.valueStart);
    if (this.valueEnd < 0) return -1;
    if ((this.changes[name] as number) <= MOST_CHANGES) this.noteChange(name, scanned.bytes);
    return name;
  }

  private noteChange(name: number, bytes: Buffer): void {
    const { valueStart, valueEnd } = this;
    this.changes[name] = (this.changes[name] as number) + 1;
    this.usualLengths[name] = 0;
    if (valueEnd - valueStart > LONGEST_USUAL || this.changes[name] > MOST_CHANGES) return;
    const from = (this.starts[name] as number) + (this.lengths[name] as number);
    bytes.copy(this.bytes, from, valueStart, valueEnd);
    BEHIND.copy(this.bytes, from + valueEnd - valueStart);
    this.usualLengths[name] = (this.lengths[name] as number) + valueEnd - valueStart + BEHIND.length;
  }

  private otherAt(scanned: ScannedBytes, at: number, previous: number): number {
    const followers = this.followers[previous] as number[];
    const known = followers.find((name) => this.stands(name, this.lengths[name] as number, scanned.view, at));
    if (known !== undefined) {
      this.usualFollowers[previous] = known;
      return known;
    }
    const end = stringEnd(scanned, at);
    if (end <= at || end - at > LONGEST_NAME || this.isFull) return -1;
    const { bytes } = scanned;
    const text = bytes.toString('latin1', at, end);
    if (UNUSUAL.test(text) || bytes.toString('latin1', end, end + BETWEEN.length) !== BETWEEN) return -1;
    const name = this.numbers.get(text) ?? this.add(text);
    if (followers.length < MOST_FOLLOWERS) followers.push(name);
    this.usualFollowers[previous] = name;
    return name;
  }

  private add(text: Bytes): number {
    const name = this.spellings.length;
    this.spellings.push(text);
    this.followers.push([]);
    this.numbers.set(text, name);
    this.starts[name] = this.used;
    this.lengths[name] = text.length + BETWEEN.length;
    this.bytes.write(text + BETWEEN, this.used, 'latin1');
    this.used += text.length + BETWEEN.length + LONGEST_USUAL + BEHIND.length;
    for (const likes of Object.values(this.likes)) for (const like of likes.values()) noteIfAlike(like, name, text);
    return name;
  }
}

function noteIfAlike({ text, how, names }: Like, name: number, candidate: Bytes): void {
  const isAlike = how === 'is' ? lowerCase(candidate) === text : lowerCase(candidate).startsWith(text);
  if (isAlike) names.push(name);
}
