/** Frames to events: what the content type says the headers and the body mean. */
import modesl from 'modesl';
import type { Bytes } from '../bytes.js';
import { ProtocolError } from './errors.js';
import { parseHeaders, type Frame } from './frame-decoder.js';
import { decodeValue } from './url-encoding.js';

/** What FreeSWITCH writes in a plain event where a value is empty. */
const EMPTY_VALUE = '_undef_';

/** modesl's Event with headers in a map: theirs looks through all of them for each one it adds. */
export class EslEvent extends modesl.Event {
  constructor(
    readonly values: Map<string, Bytes>,
    body: Bytes = '',
  ) {
    super({}, body);
    this.type = values.get('Event-Name');
  }

  override getHeader(name: string): string | null {
    return this.values.get(name) ?? null;
  }

  override addHeader(name: string, value: string): string {
    this.values.set(name, value);
    return value;
  }
}

/** The event a frame carries, or the reply or response it is. @throws {@link ProtocolError} for JSON that is none. */
export function eventOfFrame({ headers, body }: Frame): EslEvent {
  switch (headers.get('Content-Type')) {
    case 'text/event-json':
      return jsonEvent(body ?? '');
    case 'text/event-plain':
      return plainEvent(body ?? '');
    case 'command/reply':
      // The reply to `connect` is the channel's data, encoded; every other reply is plain text, whatever it holds.
      return new EslEvent(headers.get('Event-Name') === 'CHANNEL_DATA' ? decodeAll(headers) : new Map(headers), body);
    default:
      return new EslEvent(new Map(headers), body);
  }
}

/** An event's plain form: encoded headers, and perhaps a body of its own. */
export function plainEvent(text: Bytes): EslEvent {
  const end = text.indexOf('\n\n');
  const headers = parseHeaders(end < 0 ? text : text.slice(0, end));
  const length = Number(headers.get('Content-Length') ?? 0);
  const body = end < 0 ? '' : text.slice(end + 2, length > 0 ? end + 2 + length : end + 2);
  return new EslEvent(decodeAll(headers), body);
}

/** An event's JSON form. Its bytes are raw, not necessarily UTF-8; an array is a JSON list. */
export function jsonEvent(text: Bytes): EslEvent {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError(`an event that is no JSON: ${JSON.stringify(text.slice(0, 60))}`, { cause });
  }
  if (typeof parsed !== 'object' || parsed === null) throw new ProtocolError('an event that is no JSON object');
  const headers = new Map<string, Bytes>();
  let body: Bytes = '';
  for (const [name, value] of Object.entries(parsed)) {
    const text = Array.isArray(value) ? `ARRAY::${value.map(String).join('|:')}` : String(value);
    if (name === '_body') body = text;
    else headers.set(name, text);
  }
  return new EslEvent(headers, body);
}

function decodeAll(headers: ReadonlyMap<string, Bytes>): Map<string, Bytes> {
  const decoded = new Map<string, Bytes>();
  for (const [name, value] of headers) if (value !== EMPTY_VALUE) decoded.set(name, decodeValue(value));
  return decoded;
}
