/**
 * Commands out of a stream of bytes, as `read_packet` of mod_event_socket reads them, its oddities included: a carriage
 * return anywhere ahead ends a line rather than the line feed before it, so mixed line ends lose headers.
 */
import type { Bytes } from '../bytes.js';
import { atoi, lowerCase } from '../dialplan/c-values.js';
import type { Header } from './event.js';

const LONGEST_COMMAND = 10 * 1024 * 1024;
const LONGEST_BODY = 16 * 1024 * 1024;

export interface Command {
  /** The whole packet up to its empty line: commands look only at how it begins. */
  readonly text: Bytes;
  readonly headers: readonly Header[];
  readonly body?: Bytes;
}

/** A command whose content-length FreeSWITCH does not accept: it closes the connection. */
export interface RejectedCommand {
  readonly text: Bytes;
  readonly rejected: string;
}

/** What the reader is in the middle of. Inside a line FreeSWITCH holds back events, inside a body it does nothing else. */
export type ReadingState = 'between' | 'line' | 'body';

export class CommandReader {
  private received = '';
  /** Where reading goes on: everything before it was looked at. */
  private at = 0;
  private lineFeeds = 0;
  private head: Head | undefined;

  push(bytes: Bytes): void {
    this.received += bytes;
  }

  /** Whether bytes wait that were not looked at yet. */
  get hasInput(): boolean {
    return this.at < this.received.length;
  }

  get state(): ReadingState {
    if (this.head !== undefined) return 'body';
    return this.at > 0 ? 'line' : 'between';
  }

  /** The next command, if all of it is there. */
  next(): Command | RejectedCommand | undefined {
    this.head ??= this.readHead();
    if (this.head === undefined) return undefined;
    const { text, headers, bodies, rejected } = this.head;
    if (rejected !== undefined) return { text, rejected };
    if (this.received.length < bodies.reduce((sum, length) => sum + length, 0)) {
      this.at = this.received.length;
      return undefined;
    }
    this.head = undefined;
    let body: Bytes | undefined;
    for (const length of bodies) body = untilNul(this.take(length));
    return body === undefined ? { text, headers } : { text, headers, body };
  }

  private readHead(): Head | undefined {
    this.skipLineEnds();
    for (; this.at < this.received.length; this.at += 1) {
      const byte = this.received[this.at];
      if (byte === '\n') this.lineFeeds += 1;
      else if (byte !== '\r') this.lineFeeds = 0;
      if (this.lineFeeds === 2 || this.at + 1 >= LONGEST_COMMAND) return parseHead(untilNul(this.take(this.at + 1)));
    }
    return undefined;
  }

  private skipLineEnds(): void {
    if (this.at > 0) return;
    let start = 0;
    while (this.received[start] === '\r' || this.received[start] === '\n') start += 1;
    this.received = this.received.slice(start);
  }

  private take(length: number): Bytes {
    const taken = this.received.slice(0, length);
    this.received = this.received.slice(length);
    this.at = 0;
    this.lineFeeds = 0;
    return taken;
  }
}

/** A header's value by its name in any case: the first, if it was given twice. */
export function commandHeader(command: Command, name: string): Bytes | undefined {
  return command.headers.find(([candidate]) => lowerCase(candidate) === name)?.[1];
}

/** Text up to its first line end, as `strip_cr` cuts it: at the first carriage return, else at the first line feed. */
export function firstLine(text: Bytes): Bytes {
  const carriageReturn = text.indexOf('\r');
  const end = carriageReturn >= 0 ? carriageReturn : text.indexOf('\n');
  return end >= 0 ? text.slice(0, end) : text;
}

interface Head {
  readonly text: Bytes;
  readonly headers: readonly Header[];
  /** Lengths: each content-length announces a body, the last one counts. */
  readonly bodies: readonly number[];
  readonly rejected?: string;
}

function parseHead(text: Bytes): Head {
  let headers: Header[] = [];
  const bodies: number[] = [];
  for (const line of linesBehindFirst(text)) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ +/, '');
    // An empty value removes what was given under that name before.
    if (value === '') headers = headers.filter(([given]) => lowerCase(given) !== lowerCase(name));
    else headers.push([name, value]);
    if (lowerCase(name) !== 'content-length') continue;
    const length = atoi(value);
    if (length < 0 || length > LONGEST_BODY) return { text, headers, bodies, rejected: `content-length ${value}` };
    if (length > 0) bodies.push(length);
  }
  return { text, headers, bodies };
}

function* linesBehindFirst(text: Bytes): Generator<Bytes, void, void> {
  let at = nextLine(text, 0);
  while (at !== undefined) {
    yield firstLine(text.slice(at));
    at = nextLine(text, at);
  }
}

function nextLine(text: Bytes, at: number): number | undefined {
  const carriageReturn = text.indexOf('\r', at);
  let next = carriageReturn >= 0 ? carriageReturn : text.indexOf('\n', at);
  if (next < 0) return undefined;
  while (text[next] === '\r' || text[next] === '\n') next += 1;
  return next;
}

function untilNul(bytes: Bytes): Bytes {
  const nul = bytes.indexOf('\0');
  return nul < 0 ? bytes : bytes.slice(0, nul);
}
