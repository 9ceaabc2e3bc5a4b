/**
 * A dump without the people in it: numbers, names, addresses and SIP URIs become tokens, in the headers that are made of them
 * and wherever they stand in other values. Times, uuids, codecs, counters stay, so that the call is hunted as before.
 */
import { bytesOf, textOf, type Bytes } from '../bytes.js';
import type { ChannelData } from '../dialplan/caller-profile.js';
import type { Tokens } from './tokens.js';

const PROFILE = '(?:Caller|Channel|Other-Leg)-';
const NUMBER_HEADER = new RegExp(
  `^${PROFILE}(?:Username|ANI|RDNIS|(?:Orig-)?Caller-ID-Number|Callee-ID-Number|Destination-Number)$`,
);
const NAME_HEADER = new RegExp(`^${PROFILE}(?:Orig-)?(?:Caller|Callee)-ID-Name$`);
const NUMBER_VARIABLE =
  /^variable_(?:.*_)?(?:user|username|user_name|number|ani|rdnis|dnis|did|dialed_extension|accountcode|mailbox|destination|phone|msisdn)$/;
const NAME_VARIABLE = /^variable_(?:.*_)?(?:cid_name|id_name|caller_name|callee_name|display|display_name|full_name)$/;
/** The machine FreeSWITCH runs on. */
const HOST_HEADER = /^FreeSWITCH-(?:Hostname|Switchname)$/;
const HOST_VARIABLE = /^variable_(?:.*_)?(?:host|domain|domain_name|realm|auth_realm|presence_id_domain)$/;
/** When and where FreeSWITCH wrote the dump. */
const KEPT_HEADER = /^Event-|^Core-UUID$/;
/** Digits that count, time or number something of the machine. */
const NO_NUMBER =
  /(?:Time|Timestamp|Sequence|Rate|Index|Accum)$|epoch|stamp|_time|_(?:ms|usec|msec|sec|seconds|samples|bytes|count|pos|port|pid|seq|rate)$/i;
/** A number inside other text: as long as none but a subscriber's is, and no part of a uuid. */
const LONG_NUMBER = String.raw`(?<![\w.-])\+?\d{7,15}(?![\w-]|\.\d)`;
const IPV4 = String.raw`(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])`;
/** Eight groups, or fewer around a double colon; a time of day has three. */
const IPV6 = String.raw`(?<![\w:])(?:(?:[\da-fA-F]{1,4}:){7}[\da-fA-F]{1,4}|[\da-fA-F]{1,4}(?::[\da-fA-F]{1,4}){0,6}::(?:[\da-fA-F]{1,4}(?::[\da-fA-F]{1,4}){0,6})?)(?![\w:])`;
const ADDRESS = String.raw`(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[\w-]+`;
const SPECIAL = /[.*+?^$()[\]{}|\\/-]/g;
const SHORTEST_KNOWN = 3;
/** Hosts and addresses that say nothing of anybody. */
const NOBODYS = /^(?:127\.|0\.0\.0\.0$|localhost$|freeswitch$)/i;
/** Of a capture, what is no text of a caller's. */
const KEPT_KEYS = new Set(['call', 'timezone', 'mode', 'kind', 'hangupCause', 'response', 'application']);

export interface AnonymiseOptions {
  /** Names of hosts that stay, such as the domain the dialplan knows. */
  readonly keptHosts: ReadonlySet<string>;
}

export class Anonymiser {
  constructor(
    private readonly tokens: Tokens,
    private readonly options: AnonymiseOptions,
  ) {}

  /** A channel's data. */
  data(data: ChannelData): Map<string, Bytes> {
    const known = this.knownOf(data);
    const scan = this.scanner(known);
    return new Map([...data].map(([name, value]) => [name, this.header(name, value, scan)]));
  }

  /** A capture as it was read from JSON: its data, and the same values wherever else they stand. */
  capture(capture: Readonly<Record<string, unknown>>): object {
    const data = (capture['data'] ?? {}) as Readonly<Record<string, string>>;
    const bytes = new Map(Object.entries(data).map(([name, value]) => [bytesOf(name), bytesOf(value)]));
    const scan = this.scanner(this.knownOf(bytes));
    const texts = [...bytes].map(([name, value]) => [textOf(name), textOf(this.header(name, value, scan))]);
    return {
      ...(replaceTexts({ ...capture, data: undefined }, (text) => textOf(scan(bytesOf(text)))) as object),
      data: Object.fromEntries(texts) as object,
    };
  }

  private header(name: string, value: Bytes, scan: (value: Bytes, withNumbers?: boolean) => Bytes): Bytes {
    if (KEPT_HEADER.test(name)) return value;
    if (NUMBER_HEADER.test(name) || NUMBER_VARIABLE.test(name)) return this.identity(value, scan);
    if (NAME_HEADER.test(name) || NAME_VARIABLE.test(name)) return this.tokens.name(value);
    if (HOST_HEADER.test(name) || HOST_VARIABLE.test(name)) return this.host(value);
    return scan(value, !NO_NUMBER.test(name));
  }

  /** A user or a number; one with an address in it is scanned as any text. */
  private identity(value: Bytes, scan: (value: Bytes) => Bytes): Bytes {
    if (value.includes('@') || value.startsWith('ARRAY::')) return scan(value);
    return /\d/.test(value) && !/[A-Za-z]/.test(value) ? this.tokens.number(value) : this.tokens.name(value);
  }

  private host(value: Bytes): Bytes {
    if (this.options.keptHosts.has(value.toLowerCase()) || NOBODYS.test(value)) return value;
    return value.includes(':') && !value.includes('.') ? this.tokens.ipv6(value) : this.tokens.host(value);
  }

  /** The values that identify somebody, and their tokens: they are looked for in all others. */
  private knownOf(data: ChannelData): Map<Bytes, Bytes> {
    const known = new Map<Bytes, Bytes>();
    const noScan = (value: Bytes): Bytes => value;
    for (const [name, value] of data) {
      if (value.length < SHORTEST_KNOWN || value.startsWith('ARRAY::') || value.includes('@')) continue;
      const token = this.header(name, value, noScan);
      const identifies = [NUMBER_HEADER, NUMBER_VARIABLE, NAME_HEADER, NAME_VARIABLE, HOST_HEADER, HOST_VARIABLE];
      if (identifies.some((pattern) => pattern.test(name))) known.set(value, token);
    }
    return known;
  }

  private scanner(known: ReadonlyMap<Bytes, Bytes>): (value: Bytes, withNumbers?: boolean) => Bytes {
    const words = [...known.keys()].sort((one, other) => other.length - one.length);
    const escaped = words.map((word) => `(?<![0-9A-Za-z])${word.replace(SPECIAL, '\\$&')}(?![0-9A-Za-z])`);
    const parts = [...escaped, ADDRESS, IPV4, IPV6];
    const plain = new RegExp(parts.join('|'), 'g');
    const withLongNumbers = new RegExp([...parts, LONG_NUMBER].join('|'), 'g');
    return (value, withNumbers = true) =>
      value.replace(withNumbers ? withLongNumbers : plain, (found) => known.get(found) ?? this.found(found, known));
  }

  private found(found: Bytes, known: ReadonlyMap<Bytes, Bytes>): Bytes {
    const at = found.indexOf('@');
    if (at >= 0) {
      const user = found.slice(0, at);
      const host = found.slice(at + 1);
      const userToken = known.get(user) ?? this.identity(user, (value) => this.tokens.name(value));
      return `${userToken}@${known.get(host) ?? this.host(host)}`;
    }
    if (found.includes('.') || found.includes(':')) return this.host(found);
    return this.tokens.number(found);
  }
}

/** Every text of a value but those under {@link KEPT_KEYS}, and of answers also the keys: they hold what was asked. */
function replaceTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((item) => replaceTexts(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key.startsWith('${') ? replace(key) : key,
      KEPT_KEYS.has(key) ? item : replaceTexts(item, replace),
    ]),
  );
}
