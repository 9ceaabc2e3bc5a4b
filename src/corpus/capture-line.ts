/**
 * A line of a capture file as Parkway writes it, of which only what is asked for is read: parsing all of its 150 headers would
 * take longer than deciding the call. A line of any other form is refused, and left to a real JSON parser.
 */
import type { Bytes } from '../bytes.js';
import { filterKeys, type ChannelHeaders, type Likeness } from '../dialplan/caller-profile.js';
import { lowerCase } from '../dialplan/c-values.js';
import { compileExpression } from '../dialplan/expression.js';
import { Pattern } from '../dialplan/pcre2.js';
import { answersFromTexts, type AnswerSource, type AnswerTexts } from '../replay/answer-source.js';
import { parseJson } from '../replay/json-bytes.js';

const START = '{"capture":1,"call":"';
const ARRIVED_AT = ',"arrivedAt":';
const TIMEZONE = ',"timezone":"';
/** In a string of JSON a quote has a backslash in front of it, so none of these is found within one. */
const DATA = ',"data":{"';
const DATA_END = '"},"answers":{';
const ANSWERS_END = '},"decision":{';
/** How much earlier than in the line before a header may stand and still be found at once. */
const EARLIER = 96;
const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;
const MOST_RARITIES = 200;

interface Sought {
  readonly needle: string;
  /** Where it stood last. */
  hint: number;
  /** The line that `value` is of. */
  line: number;
  value: Bytes | undefined;
  /** Finds it where it is rare. */
  rare: Pattern | undefined;
}

/** One line at a time: what was read of a line counts until the next one is taken. */
export class CaptureLine implements ChannelHeaders {
  private text: Bytes = '';
  private number = 0;
  private dataText: Bytes = '';
  private dataEnd = 0;
  private answersHere: AnswerSource | undefined;
  private whole: ReadonlyMap<string, Bytes> | undefined;
  private readonly sought = new Map<string, Sought>();
  /** What lines seldom have, each with a pattern that finds it; most often one look tells that a line has none of it. */
  private readonly rarities = new Map<string, Pattern>();
  private readonly sources: string[] = [];
  private anyRarity: Pattern | undefined;
  private rarityLine = 0;
  private nothingRare = false;
  arrivedAt = 0;
  timezone: string | undefined;

  /** Takes a line; false if it is not of the form Parkway writes. */
  take(text: Bytes): boolean {
    if (!text.startsWith(START) || !text.endsWith('}')) return false;
    const data = text.indexOf(DATA);
    const end = data < 0 ? -1 : text.indexOf(DATA_END, data);
    if (end < 0) return false;
    const head = text.slice(0, data);
    const arrivedAt = Number.parseInt(head.slice(head.indexOf(ARRIVED_AT) + ARRIVED_AT.length), 10);
    if (!head.includes(ARRIVED_AT) || Number.isNaN(arrivedAt)) return false;
    this.text = text;
    this.number += 1;
    this.dataText = text.slice(data + DATA.length - 1, end + 1);
    this.dataEnd = end;
    this.answersHere = undefined;
    this.whole = undefined;
    this.arrivedAt = arrivedAt;
    const zone = head.indexOf(TIMEZONE);
    this.timezone =
      zone < 0 ? undefined : head.slice(zone + TIMEZONE.length, head.indexOf('"', zone + TIMEZONE.length));
    return true;
  }

  get(header: string): Bytes | undefined {
    const sought = this.sought.get(header) ?? this.seek(header);
    if (sought.line !== this.number) {
      sought.line = this.number;
      sought.value = this.find(header, sought);
    }
    return sought.value;
  }

  keys(): Iterable<string> {
    return this.all().keys();
  }

  keysLike(text: string, how: Likeness): Iterable<string> {
    const rare = this.rarities.get(`${how} ${text}`);
    if (rare !== undefined && (this.hasNothingRare() || !rare.test(this.dataText))) return [];
    const found = filterKeys(this.keys(), text, how);
    if (found.length === 0 && rare === undefined) this.expectRare(text, how);
    return found;
  }

  /** What FreeSWITCH answered while the call was hunted. */
  get answers(): AnswerSource {
    this.answersHere ??= answersFromTexts(this.readAnswers());
    return this.answersHere;
  }

  private seek(header: string): Sought {
    const sought = { needle: `${JSON.stringify(header)}:"`, hint: 0, line: 0, value: undefined, rare: undefined };
    this.sought.set(header, sought);
    return sought;
  }

  private find(header: string, sought: Sought): Bytes | undefined {
    const { needle, hint, rare } = sought;
    const { dataText } = this;
    if (rare !== undefined && this.hasNothingRare()) return undefined;
    let at = hint > EARLIER ? dataText.indexOf(needle, hint - EARLIER) : -1;
    if (at < 0) at = dataText.indexOf(needle);
    if (at < 0) {
      sought.rare ??= this.expectRare(lowerCase(header), 'is');
      return undefined;
    }
    sought.hint = at;
    const start = at + needle.length;
    const end = dataText.indexOf('"', start);
    const value = dataText.slice(start, end);
    // An escape may be one of a quote: then, and then only, all of the line is parsed.
    return value.includes('\\') ? this.all().get(header) : value;
  }

  private expectRare(text: string, how: Likeness): Pattern | undefined {
    const key = `${how} ${text}`;
    const known = this.rarities.get(key);
    if (known !== undefined || this.rarities.size >= MOST_RARITIES) return known;
    const source = text.replace(SPECIAL, '\\$&') + (how === 'is' ? '":' : '');
    const pattern = compile(source);
    if (pattern === undefined) return undefined;
    this.rarities.set(key, pattern);
    this.sources.push(source);
    this.anyRarity = compile(this.sources.join('|'));
    this.rarityLine = 0;
    return pattern;
  }

  /** Whether the line has none of the headers that lines seldom have. */
  private hasNothingRare(): boolean {
    if (this.rarityLine !== this.number) {
      this.rarityLine = this.number;
      this.nothingRare = this.anyRarity?.test(this.dataText) === false;
    }
    return this.nothingRare;
  }

  private all(): ReadonlyMap<string, Bytes> {
    if (this.whole === undefined) {
      const { value, toBytes } = parseJson(`{${this.dataText}}`);
      this.whole = new Map(
        Object.entries(value as Record<string, string>).map(([name, text]) => [toBytes(name), toBytes(text)]),
      );
    }
    return this.whole;
  }

  private readAnswers(): AnswerTexts {
    const start = this.dataEnd + DATA_END.length - 1;
    const end = this.text.indexOf(ANSWERS_END, start);
    if (end >= 0) return parseJson(this.text.slice(start, end + 1)).value as AnswerTexts;
    return (parseJson(this.text).value as { readonly answers: AnswerTexts }).answers;
  }
}

/** Header names have no case where a variable is looked up. */
function compile(source: string): Pattern | undefined {
  const compiled = compileExpression(`/"(?:${source})/i`);
  return compiled instanceof Pattern ? compiled : undefined;
}
