/** Holds what the simulator sent against what FreeSWITCH sent, header for header. Volatile things are normalised. */
import type { Bytes } from '../../src/bytes.js';
import { decode, type Frame } from './recording.js';

export type Headers = readonly (readonly [name: string, value: Bytes])[];

export interface ComparedFrame {
  readonly at: number;
  /** Content-Type, reply text or event name: what it is, in one line. */
  readonly title: string;
  readonly lines: readonly string[];
}

export interface ComparisonOptions {
  /** Headers this recording cannot be held to. */
  readonly ignore?: RegExp;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Change with every run. */
const VOLATILE = /^Event-(Date-|Sequence$)/;
/** What a media engine, SIP, or the other leg's own dialplan makes. */
const NOT_SIMULATED =
  /^variable_(rtp_|sip_|switch_|remote_|local_media|advertised_|\w+_media_flow$|dtmf_type|original_|proto_specific|last_bridge_proto|is_loopback|(read|write)_(codec|rate))|^Other-Leg-|^Caller-Callee-ID-|^variable_(bridge_channel|last_sent_callee_id_\w+|originated_legs)$/;
/** Times and lengths that depend on when things happened: only whether there are any is compared. */
const MEASURED =
  /-(Time|Hold|Accum)$|^variable_(\w*(epoch|stamp|sec|duration)|playback_\w+|record_(file_size|samples|seconds|ms))$/;

export function comparable(
  frames: readonly Frame[],
  ownUuid: string,
  { ignore }: ComparisonOptions = {},
): ComparedFrame[] {
  return frames.map(({ at, head, body }) => {
    const headers = headersOf(head);
    const type = headers.find(([name]) => name === 'Content-Type')?.[1] ?? '';
    const normal = (all: Headers): string[] =>
      all
        .filter(([name]) => !VOLATILE.test(name) && !NOT_SIMULATED.test(name) && ignore?.test(name) !== true)
        .map(([name, value]) => `${name}: ${normalise(name, value, ownUuid)}`);
    if (type === 'text/event-plain' || type === 'text/event-json') {
      const event = type === 'text/event-json' ? jsonHeaders(body) : headersOf(body);
      const name = event.find(([header]) => header === 'Event-Name')?.[1] ?? '';
      const application = event.find(([header]) => header === 'Application')?.[1];
      return {
        at,
        title: application === undefined ? name : `${name} ${application}`,
        lines: [type, ...normal(event)],
      };
    }
    if (headers.some(([name]) => name === 'Event-Name')) {
      return { at, title: 'connect reply', lines: normal(headers) };
    }
    if (type === 'api/response' && body.includes('CHANNEL_DATA')) {
      return { at, title: 'dump', lines: normal(body.startsWith('{') ? jsonHeaders(body) : headersOf(body)) };
    }
    const text = `${head}${body}`.replace(UUID, (uuid) => (uuid === ownUuid ? uuid : '<uuid>'));
    return { at, title: text.slice(0, 80).replaceAll('\n', ' | '), lines: text.split('\n') };
  });
}

function headersOf(text: Bytes): Headers {
  return text
    .split('\n')
    .filter((line) => line.includes(': '))
    .map((line) => [line.slice(0, line.indexOf(': ')), decode(line.slice(line.indexOf(': ') + 2))] as const);
}

/** In order, and twice where a name comes twice, which `JSON.parse` would hide. */
function jsonHeaders(body: Bytes): Headers {
  const headers: [string, Bytes][] = [];
  for (const [, name, value] of body.matchAll(/"((?:[^"\\]|\\.)*)":("(?:[^"\\]|\\.)*"|\[[^\]]*\])/gs)) {
    headers.push([
      name as string,
      (value as string).startsWith('[')
        ? (value as string)
        : (JSON.parse((value as string).replace(/[\x00-\x1f]/g, '')) as string),
    ]);
  }
  return headers;
}

function normalise(name: string, value: Bytes, ownUuid: string): string {
  if (MEASURED.test(name)) return value === '0' && !name.startsWith('variable_playback') ? '0' : 'measured';
  return value
    .replace(UUID, (uuid) => (uuid === ownUuid ? uuid : '<uuid>'))
    .replace(/127\.0\.0\.1:\d{4,5}(?= |$)/, '127.0.0.1:<port>')
    .replace(/^\d{10}(?=:<uuid>:bl_xfer)/, '<seconds>');
}
