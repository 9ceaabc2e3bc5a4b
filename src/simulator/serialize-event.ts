/** Events as they go over the socket: `switch_event_serialize`, `_serialize_json` (cJSON) and `switch_event_xmlize`. */
import type { Bytes } from '../bytes.js';
import type { Event, Header } from './event.js';
import { urlEncode } from './url-encode.js';

export type EventFormat = 'plain' | 'json' | 'xml';

const ARRAY_PREFIX = 'ARRAY::';
const ARRAY_SEPARATOR = '|:';
const UNDEFINED = '_undef_';
/** What cJSON escapes, which is what JavaScript does, in the same way. */
const JSON_UNSAFE = /["\\\x00-\x1f]/;
const XML_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function serializeEvent(event: Event, format: EventFormat): Bytes {
  switch (format) {
    case 'plain':
      return serializePlain(event);
    case 'json':
      return serializeJson(event);
    case 'xml':
      return serializeXml(event);
  }
}

function serializePlain(event: Event): Bytes {
  let text = '';
  for (const [name, value] of event.headers) text += `${name}: ${urlEncode(value) || UNDEFINED}\n`;
  return text + (event.body ? `Content-Length: ${event.body.length}\n\n${event.body}` : '\n');
}

/** `uuid_dump <uuid> plain`: not encoded at all, every value in brackets. */
export function serializeBracketed(event: Event): Bytes {
  return `${event.headers.map(([name, value]) => `${name}: [${value}]\n`).join('')}\n`;
}

/** A name that comes twice stays twice; bytes above 0x7f go out raw, whatever JSON says of them. */
function serializeJson(event: Event): Bytes {
  let text = '';
  for (const [name, value] of event.headers) text += `,${quote(name)}:${jsonValue(value)}`;
  if (event.body !== undefined) text += `,"Content-Length":"${event.body.length}","_body":${quote(event.body)}`;
  return `{${text.slice(1)}}`;
}

function jsonValue(value: Bytes): Bytes {
  const elements = elementsOf(value);
  return elements === undefined ? quote(value) : `[${elements.map(quote).join(',')}]`;
}

/** Undefined of a value that is no array. */
function elementsOf(value: Bytes): Bytes[] | undefined {
  return value.startsWith(ARRAY_PREFIX) ? value.slice(ARRAY_PREFIX.length).split(ARRAY_SEPARATOR) : undefined;
}

function quote(text: Bytes): Bytes {
  return JSON_UNSAFE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** An array's header comes once for every element. */
function serializeXml(event: Event): Bytes {
  const headers = event.headers
    .flatMap(([name, value]) => (elementsOf(value) ?? [value]).map((element): Header => [name, element]))
    .map(([name, value]) => `    <${name}>${urlEncode(value)}</${name}>\n`)
    .join('');
  const body =
    event.body === undefined || event.body === ''
      ? ''
      : `  <Content-Length>${event.body.length}</Content-Length>\n  <body>${escapeXml(event.body)}</body>\n`;
  return `<event>\n  <headers>\n${headers}  </headers>\n${body}</event>`;
}

function escapeXml(text: Bytes): Bytes {
  return text.replace(/[&<>"]/g, (byte) => XML_ESCAPES[byte] ?? byte);
}
