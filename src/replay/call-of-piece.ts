/** A dump's text to the call it tells of. */
import { bytesOf, type Bytes } from '../bytes.js';
import { showValue } from '../dialplan/show-value.js';
import { decodeValue } from '../esl/url-encoding.js';
import { parseHeaders } from '../esl/frame-decoder.js';
import { answersFromTexts, KNOWS_NOTHING } from './answer-source.js';
import { captureProblem, isCapture, type Capture } from './capture.js';
import type { InfoDump, JsonDump, Piece } from './dump-splitter.js';
import type { DumpFormat, RecordedCall, RecordedInline, RecordedTime } from './recorded-call.js';

type Headers = ReadonlyMap<string, Bytes>;

/** A call without its place; a problem in words; undefined for what tells of no call, such as a heartbeat. */
export type CallOrProblem = Omit<RecordedCall, 'location'> | { readonly kind: 'problem'; readonly message: string };

const UNIQUE_ID = 'Unique-ID';
const EVENT_NAME = 'Event-Name';
/** What FreeSWITCH writes where a value is empty. */
const EMPTY_VALUE = '_undef_';
const ARRAY = 'ARRAY::';
const XML_HEADER = /<([^\s/<>]+)>([^<]*)<\/\1>/g;
const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#(\d+)|#x([0-9a-f]+));/gi;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const CONNECT_FUNCTION = 'parse_command';
const MICROSECONDS_PER_MS = 1000;
const MS_PER_HOUR = 3_600_000;
const LONGEST_SHOWN = 40;

export function callOfPiece(piece: Exclude<Piece, { kind: 'stray' }>): CallOrProblem | undefined {
  switch (piece.kind) {
    case 'json':
      return callOfJson(piece);
    case 'xml':
      return callOfHeaders(xmlHeaders(piece.text), 'xml event');
    case 'plain': {
      const headers = decodeAll(parseHeaders(piece.text));
      if (!headers.has(UNIQUE_ID) && piece.amongOthers) return undefined;
      return callOfHeaders(headers, plainFormat(headers));
    }
    case 'info':
      return callOfInfo(piece);
  }
}

function callOfJson({ value, toBytes }: JsonDump): CallOrProblem | undefined {
  if (typeof value !== 'object' || value === null) return problem('expected a JSON object');
  if (isCapture(value)) {
    const message = captureProblem(value);
    return message === undefined ? recordedCallOf(value as Capture, toBytes) : problem(message);
  }
  const headers = new Map<string, Bytes>();
  for (const [name, header] of Object.entries(value)) {
    if (name === '_body') continue;
    const texts = Array.isArray(header) ? (header as unknown[]) : [header];
    if (!texts.every(isScalar))
      return problem(`expected a text or a list of texts in ${showValue(name, LONGEST_SHOWN)}`);
    const text = Array.isArray(header) ? `${ARRAY}${texts.map(String).join('|:')}` : String(header);
    headers.set(toBytes(name), toBytes(text));
  }
  return callOfHeaders(headers, 'json event');
}

/** @param toBytes of the capture's texts */
export function recordedCallOf(capture: Capture, toBytes: (text: string) => Bytes): Omit<RecordedCall, 'location'> {
  const data = new Map<string, Bytes>();
  for (const name in capture.data) data.set(toBytes(name), toBytes(String(capture.data[name])));
  return {
    kind: 'call',
    format: 'capture',
    data,
    answers: capture.answers === undefined ? KNOWS_NOTHING : answersFromTexts(capture.answers),
    ...inlineOf(capture),
    time: { epochMs: capture.arrivedAt, from: 'capture' },
    timezone: capture.timezone,
    capture,
    notes: [],
  };
}

/** The applications are told with the decision, what they changed with the answers. */
function inlineOf({ decision, answers }: Capture): { readonly inline?: readonly RecordedInline[] } {
  const afterInline = answers?.afterInline ?? [];
  const executed = decision?.inline ?? [];
  // Those FreeSWITCH refused are told with the decision alone: which is which cannot be said then.
  if (executed.length === 0 || afterInline.length !== executed.length) return {};
  return {
    inline: executed.map(({ application, data }, index) => {
      const { data: changed = {}, ...texts } = afterInline[index] ?? {};
      return {
        application: bytesOf(application),
        data: bytesOf(data),
        changed: new Map(
          Object.entries(changed).map(([name, value]) => [bytesOf(name), value === null ? null : bytesOf(value)]),
        ),
        answers: answersFromTexts(texts),
      };
    }),
  };
}

function callOfInfo({ headers, isFromLog, notes }: InfoDump): CallOrProblem | undefined {
  const data = new Map([...headers].filter(([, value]) => value !== ''));
  const call = callOfHeaders(data, isFromLog ? "info application's log" : 'uuid_dump');
  return call?.kind === 'call' ? { ...call, notes } : call;
}

function callOfHeaders(data: Headers, format: DumpFormat): CallOrProblem | undefined {
  if (isOtherEvent(data)) return undefined;
  if (!data.has(UNIQUE_ID)) {
    const [first] = data.keys();
    return problem(
      `expected a channel's data (uuid_dump, the reply to connect, an event, the output of info) with a header ` +
        `"${UNIQUE_ID}", found ${first === undefined ? 'no header at all' : `"${first}" first`}`,
    );
  }
  return {
    kind: 'call',
    format,
    data,
    answers: KNOWS_NOTHING,
    time: timeOf(data),
    timezone: zoneOf(data),
    capture: undefined,
    notes: [],
  };
}

/** Events of no channel, without its caller profile, and of called legs, for which no dialplan is hunted. */
function isOtherEvent(data: Headers): boolean {
  const event = data.get(EVENT_NAME);
  if (event === undefined || event === 'CHANNEL_DATA') return false;
  const isCalledLeg = data.get('Call-Direction') === 'outbound' && data.get('Channel-HIT-Dialplan') === 'false';
  return !event.startsWith('CHANNEL_') || !data.has('Caller-Profile-Index') || isCalledLeg;
}

/** A connection asks for the data when it is to hunt; any other dump comes later, and the profile is as old as the hunt. */
function timeOf(data: Headers): RecordedTime | undefined {
  const dumped = milliseconds(data.get('Event-Date-Timestamp'));
  const created = milliseconds(data.get('Caller-Profile-Created-Time'));
  const asDumped: RecordedTime | undefined =
    dumped === undefined ? undefined : { epochMs: dumped, from: 'Event-Date-Timestamp' };
  if (data.get('Event-Calling-Function') === CONNECT_FUNCTION && asDumped !== undefined) return asDumped;
  return created === undefined ? asDumped : { epochMs: created, from: 'Caller-Profile-Created-Time' };
}

function milliseconds(microseconds: Bytes | undefined): number | undefined {
  const value = Number(microseconds);
  return value > 0 ? Math.floor(value / MICROSECONDS_PER_MS) : undefined;
}

/** The offset of `Event-Date-Local`, as the zone of that offset; undefined for one that is not in whole hours. */
function zoneOf(data: Headers): string | undefined {
  const local = data.get('Event-Date-Local');
  const dumped = milliseconds(data.get('Event-Date-Timestamp'));
  if (local === undefined || dumped === undefined) return undefined;
  const hours = (Date.parse(`${local.replace(' ', 'T')}Z`) - Math.floor(dumped / 1000) * 1000) / MS_PER_HOUR;
  if (!Number.isInteger(hours) || hours < -12 || hours > 14) return undefined;
  // POSIX counts to the west.
  return hours === 0 ? 'Etc/UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

function plainFormat(headers: Headers): DumpFormat {
  if (headers.get('Event-Calling-Function') === CONNECT_FUNCTION) return 'reply to connect';
  return headers.get('Event-Calling-Function') === 'uuid_dump_function' ? 'uuid_dump' : 'plain event';
}

function decodeAll(headers: Headers): Map<string, Bytes> {
  const decoded = new Map<string, Bytes>();
  for (const [name, value] of headers) if (value !== EMPTY_VALUE) decoded.set(name, decodeValue(value));
  return decoded;
}

/** Values are encoded as in a plain event; an array is an element for each of its values. */
function xmlHeaders(text: Bytes): Headers {
  const headers = new Map<string, Bytes>();
  for (const [, name = '', value = ''] of text.matchAll(XML_HEADER)) {
    const before = headers.get(name);
    const decoded = decodeValue(unescapeXml(value));
    if (value === EMPTY_VALUE) continue;
    if (before === undefined) headers.set(name, decoded);
    else headers.set(name, `${before.startsWith(ARRAY) ? '' : ARRAY}${before}|:${decoded}`);
  }
  return headers;
}

function unescapeXml(text: Bytes): Bytes {
  return text.replace(ENTITY, (entity, name?: string, decimal?: string, hexadecimal?: string) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? entity;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    return code < 0x100 ? String.fromCharCode(code) : entity;
  });
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

function problem(message: string): CallOrProblem {
  return { kind: 'problem', message };
}
