/**
 * Lines to dumps: where one begins and ends, whatever stands between them. Formats are told by how a dump begins, so one file
 * may hold several, and a log what a log holds besides.
 */
import type { Bytes } from '../bytes.js';
import { LONGEST_DUMP, type Line } from './byte-lines.js';
import { InfoBlock, startsInfo, startsMessage, stripColours } from './info-block.js';
import { JsonExtent, parseJson, type JsonValue } from './json-bytes.js';

interface Found {
  /** Where it begins. */
  readonly line: number;
}

export interface JsonDump extends Found, JsonValue {
  readonly kind: 'json';
}

/** An `<event>`, or the headers of a plain event. */
export interface TextDump extends Found {
  readonly kind: 'xml' | 'plain';
  readonly text: Bytes;
  /** Whether it stands in a log or a socket's recording, where headers need not be those of a channel. */
  readonly amongOthers: boolean;
}

export interface InfoDump extends Found {
  readonly kind: 'info';
  readonly headers: ReadonlyMap<string, Bytes>;
  readonly isFromLog: boolean;
  /** What is missing, in words. */
  readonly notes: readonly string[];
}

/** Something that is no dump where one was expected. */
export interface StrayText extends Found {
  readonly kind: 'stray';
  readonly message: string;
}

export type Piece = JsonDump | TextDump | InfoDump | StrayText;

interface OpenText {
  readonly kind: 'json' | 'xml' | 'plain';
  readonly line: number;
  readonly lines: Bytes[];
  readonly extent: JsonExtent;
  length: number;
}

interface OpenInfo {
  readonly kind: 'info';
  readonly line: number;
  readonly block: InfoBlock;
  readonly isFromLog: boolean;
}

const HEADER_LINE = /^[A-Za-z][^\s:]*: ?/;
const BRACKETED_LINE = /^[A-Za-z][^\s:[\]]*: \[/;
const XML_START = /^\s*<(?:\?xml|event\b)/;
const XML_END = '</event>';
const BYTE_ORDER_MARK = /^\xef\xbb\xbf/;
/** What a JSON list has between its objects. */
const AROUND_OBJECTS = /^[\s,[\]]+(?=\{|$)/;
const BODY_LENGTH = /^Content-Length: (\d+)\r?$/m;
const CONTENT_TYPE = /^Content-Type: /m;
const EVENT_NAME = /^Event-Name: /m;
const LONGEST_SHOWN = 60;

/** Takes lines in order; every line is looked at a bounded number of times. */
export class DumpSplitter {
  private open: OpenText | OpenInfo | undefined;
  /** Bytes of an event's own body still to be passed over. */
  private bodyLeft = 0;
  private isLog = false;
  private isSocket = false;
  private strayReported = false;

  *push(line: Line): Generator<Piece, void> {
    let left: Line | undefined = line;
    while (left !== undefined) left = yield* this.take(left);
  }

  *end(): Generator<Piece, void> {
    if (this.open?.kind === 'json')
      yield stray(this.open, 'expected the end of a JSON object, found the end of the text');
    else if (this.open?.kind === 'xml') yield stray(this.open, `expected ${XML_END}, found the end of the text`);
    else yield* this.close();
    this.open = undefined;
  }

  /** Takes a line and returns what of it is left to take. */
  private *take(line: Line): Generator<Piece, Line | undefined> {
    const { open } = this;
    if (this.bodyLeft > 0) return this.skipBody(line);
    if (open === undefined) return yield* this.begin(line);
    if (open.kind === 'info') return yield* this.addInfo(open, line);
    if (open.kind === 'plain' && (line.text === '' || line.text === '\r')) return yield* this.close();
    if (open.length + line.text.length > LONGEST_DUMP) {
      this.open = undefined;
      yield stray(open, `expected a dump of at most ${LONGEST_DUMP} bytes, found a longer one`);
      return undefined;
    }
    open.length += line.text.length + 1;
    if (open.kind === 'json') return yield* this.addJson(open, line);
    if (open.kind === 'xml') return yield* this.addXml(open, line);
    open.lines.push(line.text);
    return undefined;
  }

  private *begin({ text: original, number }: Line): Generator<Piece, Line | undefined> {
    const text = original.startsWith('{')
      ? original
      : original.replace(BYTE_ORDER_MARK, '').replace(AROUND_OBJECTS, '');
    if (text.startsWith('{')) return this.beginText('json', { text, number });
    const plain = stripColours(text).trimEnd();
    if (plain === '') return undefined;
    if (XML_START.test(plain)) return this.beginText('xml', { text, number });
    if (startsInfo(plain)) {
      this.isLog = true;
      this.open = { kind: 'info', line: number, block: new InfoBlock(), isFromLog: true };
      return undefined;
    }
    if (BRACKETED_LINE.test(plain)) {
      this.open = { kind: 'info', line: number, block: new InfoBlock(), isFromLog: this.isLog };
      return { text, number };
    }
    if (HEADER_LINE.test(plain)) return this.beginText('plain', { text, number });
    yield* this.passOver(number, plain);
    return undefined;
  }

  /** In a log and on a socket there is much besides; elsewhere it is said once what was found. */
  private *passOver(line: number, text: Bytes): Generator<Piece, void> {
    if (startsMessage(text)) this.isLog = true;
    if (this.isLog || this.isSocket || this.strayReported) return;
    this.strayReported = true;
    yield stray({ line }, `expected a dump of a channel, found ${JSON.stringify(text.slice(0, LONGEST_SHOWN))}`);
  }

  private beginText(kind: OpenText['kind'], line: Line): Line {
    this.strayReported = false;
    this.open = { kind, line: line.number, lines: [], extent: new JsonExtent(), length: 0 };
    return line;
  }

  private *addJson(open: OpenText, line: Line): Generator<Piece, Line | undefined> {
    const { text } = line;
    if (open.lines.length === 0) {
      const whole = parseWhole(text);
      if (whole !== undefined) {
        this.open = undefined;
        yield { kind: 'json', line: open.line, ...whole };
        return undefined;
      }
    } else if (text.startsWith('{')) {
      this.open = undefined;
      yield stray(open, 'expected the end of a JSON object, found the beginning of another');
      return line;
    }
    const end = open.extent.push(text);
    open.lines.push(text.slice(0, end));
    if (end === undefined && !open.extent.isBroken) return undefined;
    this.open = undefined;
    yield jsonPiece(open);
    this.strayReported = open.extent.isBroken;
    return end === undefined ? undefined : remainder(line, end);
  }

  private *addXml(open: OpenText, line: Line): Generator<Piece, Line | undefined> {
    const end = line.text.indexOf(XML_END);
    open.lines.push(end < 0 ? line.text : line.text.slice(0, end));
    if (end < 0) return undefined;
    this.open = undefined;
    yield { kind: 'xml', line: open.line, text: open.lines.join('\n'), amongOthers: false };
    return remainder(line, end + XML_END.length);
  }

  private *addInfo({ line: begun, block }: OpenInfo, line: Line): Generator<Piece, Line | undefined> {
    const { isDone, rest } = block.push(line.text);
    if (block.length > LONGEST_DUMP) {
      this.open = undefined;
      yield stray({ line: begun }, `expected a dump of at most ${LONGEST_DUMP} bytes, found a longer one`);
      return undefined;
    }
    if (isDone) yield* this.close();
    return rest === undefined ? undefined : { text: rest, number: line.number };
  }

  private *close(): Generator<Piece, undefined> {
    const { open } = this;
    this.open = undefined;
    if (open?.kind === 'info') {
      const { block, line, isFromLog } = open;
      yield { kind: 'info', line, headers: block.headers, isFromLog, notes: block.notes() };
    } else if (open !== undefined) {
      const text = open.lines.join('\n');
      if (CONTENT_TYPE.test(text)) this.isSocket = true;
      if (EVENT_NAME.test(text)) this.bodyLeft = Number(BODY_LENGTH.exec(text)?.[1] ?? 0);
      yield { kind: 'plain', line: open.line, text, amongOthers: this.isSocket || this.isLog };
    }
  }

  private skipBody(line: Line): Line | undefined {
    const left = this.bodyLeft;
    this.bodyLeft = Math.max(0, left - line.text.length - 1);
    return remainder(line, left);
  }
}

/** One object a line is the rule. */
function parseWhole(text: Bytes): JsonValue | undefined {
  if (!/\}\s*$/.test(text)) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function jsonPiece(open: OpenText): Piece {
  try {
    return { kind: 'json', line: open.line, ...parseJson(open.lines.join('\n')) };
  } catch (error) {
    return stray(open, `expected a JSON object: ${(error as Error).message}`);
  }
}

/** What stands behind a dump on its last line: on a socket the next frame follows without a line break. */
function remainder({ text, number }: Line, end: number): Line | undefined {
  const rest = text.slice(end);
  return rest.trim() === '' ? undefined : { text: rest, number };
}

function stray({ line }: Found, message: string): StrayText {
  return { kind: 'stray', line, message };
}
