/**
 * The names of headers that lines have had, each with those that came behind it: FreeSWITCH writes a channel's headers in the same
 * order again and again, so the next name is seldom looked up, but compared with the one that stood there before.
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
const MOST_LIKENESSES = 1_000;
/** What stands between a name and its value. */
const BETWEEN = '":"';
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
  /** All names one behind the other, each with what stands between it and its value. */
  private readonly bytes = new Uint8Array(MOST_NAMES * 64);
  private readonly view = new DataView(this.bytes.buffer);
  private readonly starts = new Int32Array(MOST_NAMES);
  private readonly lengths = new Int32Array(MOST_NAMES);
  private used = 0;
  private readonly usualFollowers = new Int32Array(MOST_NAMES);
  private readonly followers: number[][] = [[]];
  private readonly likes: Readonly<Record<Likeness, Map<string, Like>>> = { is: new Map(), begins: new Map() };

  get isFull(): boolean {
    return this.spellings.length >= MOST_NAMES - 1 || this.used + LONGEST_NAME > this.bytes.length;
  }

  /** The name that stands there, of a header whose value is a string; negative if there is none. @param at behind its quote */
  nameAt(scanned: ScannedBytes, at: number, previous: number): number {
    const usual = this.usualFollowers[previous] as number;
    return usual !== NO_NAME && this.stands(usual, scanned.view, at) ? usual : this.otherAt(scanned, at, previous);
  }

  /** How many bytes there are from the beginning of a name to that of its value. */
  lengthOf(name: number): number {
    return this.lengths[name] as number;
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

  private stands(name: number, view: DataView, at: number): boolean {
    const start = this.starts[name] as number;
    const last = (this.lengths[name] as number) - 4;
    // A line feed ends what is compared: no name has one.
    for (let offset = 0; offset < last; offset += 4) {
      if (view.getInt32(at + offset, true) !== this.view.getInt32(start + offset, true)) return false;
    }
    return view.getInt32(at + last, true) === this.view.getInt32(start + last, true);
  }

  private otherAt(scanned: ScannedBytes, at: number, previous: number): number {
    const followers = this.followers[previous] as number[];
    const known = followers.find((name) => this.stands(name, scanned.view, at));
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
    this.bytes.set(Buffer.from(text + BETWEEN, 'latin1'), this.used);
    this.used += text.length + BETWEEN.length;
    for (const likes of Object.values(this.likes)) for (const like of likes.values()) noteIfAlike(like, name, text);
    return name;
  }
}

function noteIfAlike({ text, how, names }: Like, name: number, candidate: Bytes): void {
  const isAlike = how === 'is' ? lowerCase(candidate) === text : lowerCase(candidate).startsWith(text);
  if (isAlike) names.push(name);
}
