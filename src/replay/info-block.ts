/**
 * What the `info` application writes to the log, and `uuid_dump <uuid> plain`: lines `Name: [value]`, nothing encoded, so that a
 * value may hold line breaks. A log puts things in front of the lines: colours, the channel's uuid (mod_logfile), a syslog
 * header.
 */
import type { Bytes } from '../bytes.js';

const COLOURS = /\x1b\[[0-9;]*[A-Za-z]/g;
const INFO_START = /(?:^|\s)CHANNEL_DATA:$/;
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const UUID_PREFIX = new RegExp(`^${UUID}(?: |$)`);
const MESSAGE_START = new RegExp(
  `(?:${UUID} )?\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6} (?:\\d+\\.\\d+% )?\\[[A-Z]+\\d*\\] `,
);
const NAME = /^(?:.*?\s)??([A-Za-z][^\s:[\]]*): \[/;
/** What may be left of a line whose end was cut off, with the next message behind it. */
const CUT_NAME = /^[A-Za-z][^\s:[\]]*:? ?$/;
const LINE_END = /[\r ]+$/;
const CUT_OFF =
  'the log cuts the dump off: mod_logfile, where it writes the uuid, writes 2 kB of all after the 99th line';

export function stripColours(text: Bytes): Bytes {
  return text.includes('\x1b') ? text.replace(COLOURS, '') : text;
}

/** Whether a line, without colours, is the first of what `info` writes. */
export function startsInfo(line: Bytes): boolean {
  return INFO_START.test(line);
}

/** Whether a line begins a message of FreeSWITCH's log. */
export function startsMessage(line: Bytes): boolean {
  return MESSAGE_START.exec(line)?.index === 0;
}

export interface BlockStep {
  readonly isDone: boolean;
  /** What of the line does not belong to the block. */
  readonly rest: Bytes | undefined;
}

export class InfoBlock {
  readonly headers = new Map<string, Bytes>();
  /** Bytes taken so far. */
  length = 0;
  private name: string | undefined;
  private value = '';
  private isCutOff = false;

  push(raw: Bytes): BlockStep {
    this.length += raw.length;
    const line = stripColours(raw).replace(UUID_PREFIX, '').replace(LINE_END, '');
    if (this.name !== undefined) return this.addValue(`\n${line}`);
    const message = MESSAGE_START.exec(line);
    const [beginning, name] = NAME.exec(line) ?? [];
    if (message !== null && (beginning === undefined || message.index < beginning.length)) {
      this.isCutOff = CUT_NAME.test(line.slice(0, message.index));
      return { isDone: true, rest: this.isCutOff ? line.slice(message.index) : raw };
    }
    if (beginning === undefined) return { isDone: true, rest: line === '' ? undefined : raw };
    this.name = name;
    return this.addValue(line.slice(beginning.length));
  }

  /** What is missing, in words. */
  notes(): string[] {
    return this.isCutOff || this.name !== undefined ? [CUT_OFF] : [];
  }

  /** Cut off, a value has not even a line break behind it: the next message follows at once. */
  private addValue(text: Bytes): BlockStep {
    const message = MESSAGE_START.exec(text);
    const value = message === null ? text : text.slice(0, message.index);
    this.value += value;
    if (value.endsWith(']')) this.finishValue();
    if (message === null) return { isDone: false, rest: undefined };
    this.isCutOff = true;
    return { isDone: true, rest: text.slice(message.index) };
  }

  private finishValue(): void {
    if (this.name !== undefined && !this.headers.has(this.name)) this.headers.set(this.name, this.value.slice(0, -1));
    this.name = undefined;
    this.value = '';
  }
}
