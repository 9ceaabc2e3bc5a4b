/** Frames to events: what the content type says the headers and the body mean. */
import modesl from 'modesl';
import type { Bytes } from '../bytes.js';
import { ProtocolError } from './errors.js';
import { parseHeaders, type Frame, type FrameHeaders } from './frame-decoder.js';
import { headerOfJson, isFlatJson, UNREADABLE } from './header-of-json.js';
import { decodeValue } from './url-encoding.js';

/** What FreeSWITCH writes in a plain event where a value is empty. */
const EMPTY_VALUE = '_undef_';
/** The name an event's body has in JSON. */
const BODY = '_body';

type Members = Readonly<Record<string, unknown>>;

/** modesl's Event without its list of headers, which is looked through for each one that is added. */
export abstract class EslEvent extends modesl.Event {
  /** All headers: name to value. */
  abstract readonly values: Map<string, Bytes>;

  constructor(eventName: string | undefined, body: Bytes) {
    super({}, body);
    this.type = eventName;
  }

  override getHeader(name: string): string | null {
    return this.values.get(name) ?? null;
  }

  override addHeader(name: string, value: string): string {
    this.values.set(name, value);
    return value;
  }
}

class EventOfHeaders extends EslEvent {
  constructor(
    readonly values: Map<string, Bytes>,
    body: Bytes = '',
  ) {
    super(values.get('Event-Name'), body);
  }
}

/** Of most events a few headers are asked for; a map of all two hundred is made when somebody wants them. */
class EventOfJson extends EslEvent {
  private map: Map<string, Bytes> | undefined;

  /** @param text of which {@link isFlatJson} holds */
  constructor(private readonly text: Bytes) {
    super(undefined, '');
    this.type = this.getHeader('Event-Name') ?? undefined;
  }

  /** @throws {@link ProtocolError} for JSON that is none */
  get values(): Map<string, Bytes> {
    this.map ??= headersOf(parseMembers(this.text));
    return this.map;
  }

  override getHeader(name: string): string | null {
    const found = this.map === undefined ? headerOfJson(this.text, name) : UNREADABLE;
    return (found === UNREADABLE ? this.values.get(name) : found) ?? null;
  }

  override getBody(): string {
    const body = headerOfJson(this.text, BODY);
    return body === UNREADABLE ? bodyOf(parseMembers(this.text)) : (body ?? '');
  }
}

/**
 * The event a frame carries, or the reply or response it is; the frame's headers become its own.
 * @throws {@link ProtocolError} for JSON that is none
 */
export function eventOfFrame({ headers, body }: Frame): EslEvent {
  switch (headers.get('Content-Type')) {
    case 'text/event-json':
      return jsonEvent(body ?? '');
    case 'text/event-plain':
      return plainEvent(body ?? '');
    case 'command/reply':
      // The reply to `connect` is the channel's data, encoded; every other reply is plain text, whatever it holds.
      return new EventOfHeaders(headers.get('Event-Name') === 'CHANNEL_DATA' ? decodeAll(headers) : headers, body);
    default:
      return new EventOfHeaders(headers, body);
  }
}

/** An event's plain form: encoded headers, and perhaps a body of its own. */
export function plainEvent(text: Bytes): EslEvent {
  const end = text.indexOf('\n\n');
  const headers = parseHeaders(end < 0 ? text : text.slice(0, end));
  const length = Number(headers.get('Content-Length') ?? 0);
  const body = end < 0 ? '' : text.slice(end + 2, length > 0 ? end + 2 + length : end + 2);
  return new EventOfHeaders(decodeAll(headers), body);
}

/**
 * An event's JSON form. Its bytes are raw, not necessarily UTF-8; an array is a JSON list.
 * @throws {@link ProtocolError} for JSON that is none; of what looks like FreeSWITCH's, not before somebody wants what is broken
 */
export function jsonEvent(text: Bytes): EslEvent {
  if (isFlatJson(text)) return new EventOfJson(text);
  const members = parseMembers(text);
  return new EventOfHeaders(headersOf(members), bodyOf(members));
}

function parseMembers(text: Bytes): Members {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError(`an event that is no JSON: ${JSON.stringify(text.slice(0, 60))}`, { cause });
  }
  if (typeof parsed !== 'object' || parsed === null) throw new ProtocolError('an event that is no JSON object');
  return parsed as Members;
}

function bodyOf(members: Members): Bytes {
  return Object.hasOwn(members, BODY) ? valueText(members[BODY]) : '';
}

function headersOf(members: Members): Map<string, Bytes> {
  const values = new Map<string, Bytes>();
  for (const name of Object.keys(members)) if (name !== BODY) values.set(name, valueText(members[name]));
  return values;
}

/** A value as FreeSWITCH writes it in its other forms. */
function valueText(value: unknown): Bytes {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? `ARRAY::${value.map(String).join('|:')}` : String(value);
}

/** The same headers, decoded; those that are empty are taken out. */
function decodeAll(headers: FrameHeaders): FrameHeaders {
  // A loop over its entries makes an array of each.
  headers.forEach((value, name) => {
    if (value === EMPTY_VALUE) headers.delete(name);
    else headers.set(name, decodeValue(value));
  });
  return headers;
}
