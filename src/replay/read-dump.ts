/** A channel's data from a dump as people have it: detected by its content. */
import type { Bytes } from '../bytes.js';
import { jsonEvent, plainEvent } from '../esl/event.js';
import { parseHeaders } from '../esl/frame-decoder.js';

export type ChannelDump = ReadonlyMap<string, Bytes>;

/** What is missing from a file that is no dump. */
export class NotADumpError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotADumpError';
  }
}

const IDENTIFYING_HEADER = 'Unique-ID';
/** Says how long an event's text is, in front of it on the socket. */
const FRAME_HEADERS = /^Content-Length: \d+\nContent-Type: text\/event-(?:json|plain)\n\n/;

/**
 * Reads the reply to `connect`, `uuid_dump` (plain or JSON), or an event as it comes over the socket (plain or JSON).
 * @throws {@link NotADumpError}
 */
export function readDump(bytes: Buffer): ChannelDump {
  const text = bytes.toString('latin1').replaceAll('\r\n', '\n').trimStart().replace(FRAME_HEADERS, '');
  const data = text.startsWith('{') ? readJson(text) : plainEvent(text).values;
  if (data.has(IDENTIFYING_HEADER)) return data;
  const first = [...parseHeaders(text).keys()][0];
  throw new NotADumpError(
    `expected a channel's data (uuid_dump, the reply to connect, or an event) with a header "${IDENTIFYING_HEADER}", ` +
      `found ${text === '' ? 'nothing' : first === undefined ? JSON.stringify(text.slice(0, 40)) : `"${first}" first`}`,
  );
}

function readJson(text: Bytes): ChannelDump {
  try {
    return jsonEvent(text).values;
  } catch (error) {
    throw new NotADumpError((error as Error).message);
  }
}
