/**
 * A line of a capture file as Parkway writes it, read where it lies: one walk over it tells where each header's value is, and that a
 * JSON parser would take the line; text is made only of what is asked for. A line of any other form is refused, and left to a real
 * JSON parser.
 */
import type { Bytes } from '../bytes.js';
import type { ChannelHeaders, Likeness } from '../dialplan/caller-profile.js';
import { answersFromTexts, type AnswerSource, type AnswerTexts } from '../replay/answer-source.js';
import { isLookedAt, isMember, type Capture } from '../replay/capture.js';
import { parseJson } from '../replay/json-bytes.js';
import { HeaderTable } from './header-table.js';
import { PassedMembers } from './passed-members.js';
import { digitsEnd, stringEnd, valueEnd, type ScannedBytes } from './scan-json.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const ZERO = 0x30;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;

/** What is read of a line stands in this order, between members that are passed over. */
const START = Buffer.from('{"capture":1,"call":"');
const ARRIVED_AT = Buffer.from(',"arrivedAt":');
const TIMEZONE = Buffer.from(',"timezone":"');
const DATA = Buffer.from(',"data":{"');
const ANSWERS = Buffer.from(',"answers":');
const END = Buffer.from('}');
/** Another member of such a name would count instead of the one that was read. */
const READ = ['capture', 'call', 'arrivedAt', 'timezone', 'data', 'answers'].map((key) => Buffer.from(key));

/** Digits of a number that is just what they say. */
const MOST_DIGITS = 15;
const MOST_ANSWERS = 500;
const LONGEST_ANSWERS = 4_000;
const BEYOND_ASCII = /[^\x00-\x7f]/;

interface ParsedCapture {
  readonly headers: ReadonlyMap<string, Bytes>;
  readonly answers: AnswerTexts;
}

interface KnownAnswers {
  readonly bytes: Buffer;
  readonly source: AnswerSource;
}

/** One line at a time: what was read of a line counts until the next one is taken. */
export class CaptureLine implements ChannelHeaders {
  private lines: ScannedBytes = { bytes: Buffer.alloc(0), view: new DataView(new ArrayBuffer(0)) };
  private from = 0;
  private to = 0;
  /** How far the line was walked over. */
  private at = 0;
  private number = 0;
  private readonly headers = new HeaderTable();
  private readonly membersBefore = new PassedMembers();
  private readonly membersBehind = new PassedMembers();
  /** By header: the text that was made of its value last, and in which line. */
  private values: { value: Bytes; line: number }[] = [];
  private parsed: ParsedCapture | undefined;
  private lastAnswers: KnownAnswers | undefined;
  private readonly answersByText = new Map<Bytes, AnswerSource>();
  /** Undefined where what they are depends on the whole of the line. */
  private answersHere: AnswerSource | undefined;
  arrivedAt = 0;
  timezone: Bytes | undefined;

  /** Takes the line between two offsets, at whose end is a line feed; false if it is not of the form Parkway writes. */
  take(lines: ScannedBytes, from: number, to: number): boolean {
    this.lines = lines;
    this.from = from;
    this.to = to;
    this.at = from;
    this.number += 1;
    this.parsed = undefined;
    if (this.headers.isWorn) this.forgetHeaders();
    return (
      this.pass(START) &&
      this.passString() &&
      this.pass(ARRIVED_AT) &&
      this.takeArrivedAt() &&
      this.takeTimezone() &&
      this.passOthers(this.membersBefore, DATA) &&
      this.takeHeaders() &&
      this.pass(ANSWERS) &&
      this.takeAnswers() &&
      this.passOthers(this.membersBehind, END) &&
      this.at === to
    );
  }

  get(header: string): Bytes | undefined {
    const name = this.headers.find(header);
    if (name === undefined) return undefined;
    const last = this.values[name];
    if (last === undefined) {
      const value = this.valueOf(header, this.headers.valueStart(name), undefined);
      this.values[name] = { value, line: this.number };
      return value;
    }
    if (last.line !== this.number) {
      last.value = this.valueOf(header, this.headers.valueStart(name), last.value);
      last.line = this.number;
    }
    return last.value;
  }

  keys(): Iterable<string> {
    return this.keysLike('', 'begins');
  }

  /** In the order they stand in. */
  keysLike(text: string, how: Likeness): readonly string[] {
    return this.headers.findLike(text, how);
  }

  /** What FreeSWITCH answered while the call was hunted. */
  get answers(): AnswerSource {
    return (this.answersHere ??= answersFromTexts(this.parse().answers));
  }

  private pass(text: Buffer): boolean {
    if (!isThere(this.lines.bytes, this.at, text)) return false;
    this.at += text.length;
    return true;
  }

  /** The rest of a string, its quote included. */
  private passString(): boolean {
    this.at = stringEnd(this.lines, this.at) + 1;
    return this.at > 0;
  }

  private takeArrivedAt(): boolean {
    const { bytes } = this.lines;
    const start = this.at;
    const end = digitsEnd(bytes, start);
    if (end < 0 || end - start > MOST_DIGITS || (bytes[start] === ZERO && end - start > 1)) return false;
    this.arrivedAt = 0;
    for (let at = start; at < end; at += 1) this.arrivedAt = this.arrivedAt * 10 + (bytes[at] as number) - ZERO;
    this.at = end;
    return true;
  }

  /** There may be none; one that a parser would have to read is left to it. */
  private takeTimezone(): boolean {
    const last = this.timezone;
    this.timezone = undefined;
    if (!this.pass(TIMEZONE)) return true;
    const start = this.at;
    if (!this.passString()) return false;
    const { bytes } = this.lines;
    const zone = isText(bytes, start, last) ? last : bytes.toString('latin1', start, this.at - 1);
    if (zone !== last && (BEYOND_ASCII.test(zone) || zone.includes('\\'))) return false;
    this.timezone = zone;
    return true;
  }

  /** Members of which nothing is read, up to and with what follows them. */
  private passOthers(known: PassedMembers, last: Buffer): boolean {
    const start = this.at;
    this.at = known.pass(this.lines, start);
    if (this.at >= 0) return true;
    this.at = start;
    while (!this.pass(last)) if (!this.passOther()) return false;
    known.learn(this.lines, start, this.at);
    return true;
  }

  private passOther(): boolean {
    const { bytes } = this.lines;
    const key = this.at + 2;
    const keyEnd = lettersEnd(bytes, key);
    const start = keyEnd + 2;
    if (bytes[this.at] !== COMMA || bytes[key - 1] !== QUOTE || bytes[keyEnd] !== QUOTE || bytes[keyEnd + 1] !== COLON)
      return false;
    if (isRead(bytes, key, keyEnd)) return false;
    this.at = valueEnd(this.lines, start);
    if (this.at < 0) return false;
    const name = bytes.toString('latin1', key, keyEnd);
    // What a character beyond ASCII is makes no difference.
    return !isLookedAt(name) || isMember(name, JSON.parse(bytes.toString('latin1', start, this.at)));
  }

  private takeHeaders(): boolean {
    this.at = this.headers.readAll(this.lines, this.at);
    return this.at > 0;
  }

  private takeAnswers(): boolean {
    const { bytes } = this.lines;
    const { at: start, lastAnswers: last } = this;
    if (last !== undefined && isThere(bytes, start, last.bytes)) {
      this.at = start + last.bytes.length;
      this.answersHere = last.source;
      return true;
    }
    this.at = valueEnd(this.lines, start);
    return this.at >= 0 && bytes[start] === OPEN_BRACE && this.readAnswers(bytes.toString('latin1', start, this.at));
  }

  private valueOf(header: string, start: number, last: Bytes | undefined): Bytes {
    const { bytes } = this.lines;
    if (isText(bytes, start, last)) return last;
    const raw = bytes.toString('latin1', start, stringEnd(this.lines, start));
    if (!raw.includes('\\')) return raw;
    // What an escaped character is in bytes depends on the other characters of the line.
    if (!raw.includes('\\u')) return JSON.parse(`"${raw}"`) as Bytes;
    return this.parse().headers.get(header) ?? '';
  }

  /** False where they are none. */
  private readAnswers(text: Bytes): boolean {
    this.answersHere = this.answersByText.get(text);
    if (this.answersHere === undefined) {
      const answers: unknown = JSON.parse(text);
      if (!isMember('answers', answers)) return false;
      // What a character beyond ASCII is in bytes depends on the others of the line.
      if (BEYOND_ASCII.test(text)) return true;
      this.answersHere = answersFromTexts(answers as AnswerTexts);
    }
    this.rememberAnswers(text, this.answersHere);
    return true;
  }

  private rememberAnswers(text: Bytes, source: AnswerSource): void {
    if (text.length > LONGEST_ANSWERS) return;
    this.lastAnswers = { bytes: Buffer.from(text), source };
    if (this.answersByText.size >= MOST_ANSWERS) this.answersByText.clear();
    this.answersByText.set(text, source);
  }

  private parse(): ParsedCapture {
    return (this.parsed ??= parseCapture(this.lines.bytes.toString('latin1', this.from, this.to)));
  }

  private forgetHeaders(): void {
    this.headers.forget();
    this.values = [];
  }
}

function isThere(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index += 1) if (bytes[at + index] !== text[index]) return false;
  return true;
}

function isRead(bytes: Buffer, from: number, to: number): boolean {
  for (const key of READ) if (key.length === to - from && isThere(bytes, from, key)) return true;
  return false;
}

/** Whether a string is a text as it is, without escapes. */
function isText(bytes: Buffer, start: number, text: Bytes | undefined): text is Bytes {
  if (text === undefined || bytes[start + text.length] !== QUOTE) return false;
  for (let index = 0; index < text.length; index += 1) {
    const byte = bytes[start + index];
    if (byte !== text.charCodeAt(index) || byte === BACKSLASH || byte === QUOTE) return false;
  }
  return true;
}

function lettersEnd(bytes: Buffer, from: number): number {
  let at = from;
  while (isLetter(bytes[at])) at += 1;
  return at;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a));
}

function parseCapture(text: Bytes): ParsedCapture {
  const { value, toBytes } = parseJson(text);
  const { data, answers = {} } = value as Capture;
  const headers = new Map(Object.entries(data).map(([name, header]) => [toBytes(name), toBytes(header)]));
  return { headers, answers };
}
