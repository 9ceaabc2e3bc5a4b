import { describe, expect, test } from '@jest/globals';
import { ProtocolError } from '../../src/esl/errors.js';
import { FrameDecoder, type Frame } from '../../src/esl/frame-decoder.js';
import { bytesOfDirection, readTranscript } from '../support/transcript.js';

function decode(...chunks: readonly (Buffer | string)[]): Frame[] {
  const decoder = new FrameDecoder();
  return chunks.flatMap((chunk) => [...decoder.push(Buffer.from(chunk as string, 'latin1'))]);
}

const reply = 'Content-Type: command/reply\nReply-Text: +OK\n\n';
const event = `Content-Length: 12\nContent-Type: text/event-plain\n\nA: 1\nB: \xe5\x91\n\n`;

describe('frames', () => {
  test('headers, and a body of exactly its length', () => {
    expect(decode(reply + event + reply)).toEqual([
      {
        headers: new Map([
          ['Content-Type', 'command/reply'],
          ['Reply-Text', '+OK'],
        ]),
        body: undefined,
      },
      {
        headers: new Map([
          ['Content-Length', '12'],
          ['Content-Type', 'text/event-plain'],
        ]),
        body: 'A: 1\nB: \xe5\x91\n\n',
      },
      {
        headers: new Map([
          ['Content-Type', 'command/reply'],
          ['Reply-Text', '+OK'],
        ]),
        body: undefined,
      },
    ]);
  });

  test('are the same at every split point, and byte by byte', () => {
    const bytes = Buffer.from(reply + event + event + reply, 'latin1');
    const whole = decode(bytes);
    expect(whole).toHaveLength(4);
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(decode(bytes.subarray(0, at), bytes.subarray(at))).toEqual(whole);
    }
    expect(decode(...[...bytes].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  test.each(['async-full.transcript', 'sync-full.transcript', 'bytes.transcript', 'bytes-json.transcript'])(
    'recorded bytes (%s) in pieces of any size',
    (name) => {
      const bytes = bytesOfDirection(readTranscript(name), '<');
      const whole = decode(bytes);
      expect(whole.length).toBeGreaterThan(10);
      for (const size of [1, 7, 100, 1448, 4096]) {
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
        expect(decode(...pieces)).toEqual(whole);
      }
    },
  );

  test('a value may hold a colon and a space; of two headers the first counts', () => {
    const [frame] = decode('Name: a: b\nName: second\nno colon here\nEmpty:\n\n');
    expect([...(frame?.headers ?? [])]).toEqual([
      ['Name', 'a: b'],
      ['Empty', ''],
    ]);
  });

  test('a line ends with a line feed, or a carriage return before it; one without a name is passed over', () => {
    const [frame] = decode('One: 1\r\nTwo:\r\n: none\nno colon\n::\nThree:  3 \nFour:4\rfour\nFive: ::\n\n');
    expect([...(frame?.headers ?? [])]).toEqual([
      ['One', '1'],
      ['Two', ''],
      ['Three', ' 3 '],
      ['Four', '4\rfour'],
      ['Five', '::'],
    ]);
  });

  test('millions of lines without a colon are gone through once', () => {
    const [frame] = decode(`${'x\n'.repeat(7_000_000)}Name: value\n\n`);
    expect([...(frame?.headers ?? [])]).toEqual([['Name', 'value']]);
  });

  test('Content-Length 0 is no body; empty lines between frames are passed over', () => {
    expect(decode(`\n\nContent-Length: 0\n\n\n${reply}`)).toHaveLength(2);
  });

  test.each(['-5', 'NaN', '', '1e9', '16777217', '99999999999999999999', '0x10'])(
    'Content-Length %j is an error',
    (length) => {
      expect(() => decode(`Content-Length: ${length}\n\n`)).toThrow(ProtocolError);
    },
  );

  test('a body of the most that is allowed', () => {
    const size = 16 * 1024 * 1024;
    const [frame] = decode(`Content-Length: ${size}\n\n`, Buffer.alloc(size / 2, 0x61), Buffer.alloc(size / 2, 0x61));
    expect(frame?.body).toHaveLength(size);
  });

  test('headers without an end are an error when there is too much of them', () => {
    const decoder = new FrameDecoder(1_000);
    expect(() => [...decoder.push(Buffer.alloc(1_001, 0x61))]).toThrow(ProtocolError);
  });

  test('many small chunks cost no more than few large ones', () => {
    const decoder = new FrameDecoder();
    const length = 4 * 1024 * 1024;
    let frames = [...decoder.push(Buffer.from(`Content-Length: ${length}\n\n`))].length;
    const chunk = Buffer.alloc(64, 0x0a);
    for (let sent = 0; sent < length; sent += chunk.length) frames += [...decoder.push(chunk)].length;
    expect(frames).toBe(1);
  });
});
