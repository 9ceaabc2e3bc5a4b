/**
 * Decodes what Redis answers to HGETALL as it arrives. Where the bytes are those of the field that is known there, nothing is made of
 * them: of ten thousand extensions one or two have changed, and twenty thousand buffers for the others would cost more than all else.
 */
import type { Entry, Fields } from './fields.js';

const LF = 0x0a;
const CR = 0x0d;
const DOLLAR = 0x24;
const STAR = 0x2a;
const PLUS = 0x2b;
const MINUS = 0x2d;
/** Digits of a length: 512 MiB is the longest Redis sends. */
const LONGEST_NUMBER = 10;
const NUMBER = new RegExp(`^\\d{1,${LONGEST_NUMBER}}$`);

/** Redis refuses the command; the message is its own. */
export class RedisRefusal extends Error {
  override readonly name = 'ReplyError';
}

export class HashDecoder {
  private readonly found: Entry[] = [];
  /** Of fields; undefined before the first line. */
  private count: number | undefined;
  /** The known field that is expected next, and how many of its bytes came. */
  private place = 0;
  private matched = 0;
  /** What came of the first line or of a field that is another, and how many bytes it takes at the least. */
  private pieces: Buffer[] = [];
  private held = 0;
  private needed = 0;

  /** @param known what the reply is compared with; it keeps its places while only values change */
  constructor(private readonly known: Fields) {}

  /**
   * Takes the next bytes.
   * @returns the fields, as soon as all are there
   * @throws RedisRefusal
   * @throws Error where it is no such reply, or bytes follow it
   */
  write(chunk: Buffer): readonly Entry[] | undefined {
    let at = this.pieces.length === 0 ? 0 : this.resume(chunk);
    while (at < chunk.length && this.pieces.length === 0) {
      if (this.found.length === this.count) throw new Error('Redis answers more than it was asked');
      at = this.count === undefined ? this.parse(chunk, at) : this.compare(chunk, at);
    }
    return this.pieces.length === 0 && this.found.length === this.count ? this.found : undefined;
  }

  /** @returns where what follows begins */
  private compare(chunk: Buffer, at: number): number {
    const field = this.known.at(this.place);
    if (field?.reply === undefined) return this.parse(chunk, at);
    const { reply } = field;
    const length = Math.min(reply.length - this.matched, chunk.length - at);
    if (chunk.compare(reply, this.matched, this.matched + length, at, at + length) !== 0) {
      const before = reply.subarray(0, this.matched);
      this.matched = 0;
      return this.parse(chunk, at, before);
    }
    this.matched += length;
    if (this.matched === reply.length) {
      this.found.push(field);
      this.place += 1;
      this.matched = 0;
    }
    return at + length;
  }

  /** Parses from there on, or keeps what there is until there is enough. @param before bytes that came earlier */
  private parse(chunk: Buffer, at: number, before?: Buffer): number {
    const rest = chunk.subarray(at);
    const bytes = before === undefined || before.length === 0 ? rest : Buffer.concat([before, rest]);
    const used = this.take(bytes);
    if (used !== undefined) return at + used - (bytes.length - rest.length);
    this.pieces = [bytes];
    this.held = bytes.length;
    return chunk.length;
  }

  /** Goes on with what is kept. */
  private resume(chunk: Buffer): number {
    this.pieces.push(chunk);
    this.held += chunk.length;
    if (this.held < this.needed) return chunk.length;
    const bytes = Buffer.concat(this.pieces);
    const used = this.take(bytes);
    if (used === undefined) {
      this.pieces = [bytes];
      return chunk.length;
    }
    this.pieces = [];
    return chunk.length - (bytes.length - used);
  }

  /** The first line, or a field. @returns how many bytes it took; undefined: not all of it is there */
  private take(bytes: Buffer): number | undefined {
    if (this.count === undefined) return this.takeFirstLine(bytes);
    const name = this.bulkIn(bytes, 0);
    if (name === undefined) return undefined;
    const value = this.bulkIn(bytes, name.end);
    if (value === undefined) return undefined;
    this.found.push(this.entryOf(name.content, value.content));
    return value.end;
  }

  /** A field that is not the one expected: another value of it, a new one, or one further on because others are gone. */
  private entryOf(name: Buffer, value: Buffer): Entry {
    const place = this.known.placeOf(name.toString());
    const field = place === undefined ? undefined : this.known.at(place);
    if (place === undefined || field?.nameBytes !== name.toString('latin1')) return [name, value];
    this.place = place + 1;
    return Buffer.isBuffer(field.value) && field.value.equals(value) ? field : [name, value];
  }

  private takeFirstLine(bytes: Buffer): number | undefined {
    const end = bytes.indexOf(LF);
    if (end === -1) {
      this.needed = bytes.length + 1;
      return undefined;
    }
    const rest = bytes.toString('latin1', 1, end - 1);
    switch (bytes[0]) {
      case MINUS:
        throw new RedisRefusal(rest);
      // The answer to PING.
      case PLUS:
        this.count = 0;
        break;
      case STAR:
        this.count = numberOf(rest) / 2;
        if (!Number.isInteger(this.count)) throw unexpected(bytes, 0);
        break;
      default:
        throw unexpected(bytes, 0);
    }
    return end + 1;
  }

  private bulkIn(bytes: Buffer, at: number): { content: Buffer; end: number } | undefined {
    if (bytes.length > at && bytes[at] !== DOLLAR) throw unexpected(bytes, at);
    const lineEnd = bytes.indexOf(LF, at);
    if (lineEnd === -1) {
      if (bytes.length - at > LONGEST_NUMBER + 2) throw unexpected(bytes, at);
      this.needed = bytes.length + 1;
      return undefined;
    }
    const start = lineEnd + 1;
    const end = start + numberOf(bytes.toString('latin1', at + 1, lineEnd - 1));
    if (bytes.length < end + 2) {
      this.needed = end + 2;
      return undefined;
    }
    if (bytes[end] !== CR || bytes[end + 1] !== LF) throw unexpected(bytes, end);
    return { content: bytes.subarray(start, end), end: end + 2 };
  }
}

function numberOf(digits: string): number {
  if (!NUMBER.test(digits)) throw new Error(`expected a length from Redis, found ${JSON.stringify(digits)}`);
  return Number(digits);
}

function unexpected(bytes: Buffer, at: number): Error {
  const found = JSON.stringify(bytes.toString('latin1', at, at + 20));
  return new Error(`expected fields from Redis, found ${found}`);
}
