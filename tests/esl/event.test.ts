import { describe, expect, test } from '@jest/globals';
import { eventOfFrame, jsonEvent, plainEvent } from '../../src/esl/event.js';
import { ProtocolError } from '../../src/esl/errors.js';
import { FrameDecoder, type Frame } from '../../src/esl/frame-decoder.js';
import { decodeValue } from '../../src/esl/url-encoding.js';
import { bytesOfDirection, readTranscript } from '../support/transcript.js';

function framesOf(name: string): Frame[] {
  return [...new FrameDecoder().push(bytesOfDirection(readTranscript(name), '<'))];
}

describe('values', () => {
  test.each([
    ['a%20b', 'a b'],
    ['%E5%91%BC', '\xe5\x91\xbc'],
    ['%FF', '\xff'],
    ['100%25', '100%'],
    ['%zz %', '%zz %'],
    ['%41', '%41'],
    ['%2f', '%2f'],
    ['%00', '%00'],
    ['%', '%'],
  ])('%s is %j: only what FreeSWITCH encodes is decoded', (encoded, decoded) => {
    expect(decodeValue(encoded)).toBe(decoded);
  });
});

describe('events', () => {
  test("the reply to connect is decoded, as FreeSWITCH's url-encoding asks for", () => {
    const connect = eventOfFrame(framesOf('async-full.transcript')[0] as Frame);
    expect(connect.getHeader('Event-Name')).toBe('CHANNEL_DATA');
    expect(connect.getHeader('Reply-Text')).toBe('+OK\n');
    expect(connect.getHeader('Socket-Mode')).toBe('async');
    expect(connect.getHeader('Caller-Caller-ID-Name')).toBe('Alice');
  });

  test('any other reply is taken as it is, percent signs too', () => {
    const [frame] = [
      ...new FrameDecoder().push(Buffer.from('Content-Type: command/reply\nReply-Text: 50%20 off %FF\n\n')),
    ];
    expect(eventOfFrame(frame as Frame).getHeader('Reply-Text')).toBe('50%20 off %FF');
  });

  test.each([
    ['bytes.transcript', 'one\ntwo: three\n\nfour'],
    ['bytes-json.transcript', 'one\ntwo'],
  ])('recorded events (%s): Latin-1 bytes and line breaks in values', (name, broken) => {
    const completed = framesOf(name)
      .filter(({ headers }) => headers.get('Content-Type')?.startsWith('text/event-') === true)
      .map(eventOfFrame)
      .filter(({ type }) => type === 'CHANNEL_EXECUTE_COMPLETE');
    expect(completed[0]?.getHeader('variable_latin')).toBe('M\xfcller \xff');
    expect(completed[0]?.getHeader('variable_broken')).toBe(broken);
    expect(completed[0]?.getHeader('Application-Data')).toBe(`broken=${broken}`);
  });

  test('a plain event with a body of its own', () => {
    const event = plainEvent('Event-Name: BACKGROUND_JOB\nContent-Length: 3\n\n+OKrest');
    expect(event.getHeader('Event-Name')).toBe('BACKGROUND_JOB');
    expect(event.getBody()).toBe('+OK');
  });

  test('JSON: Latin-1 bytes raw, arrays as FreeSWITCH writes them, hostile names', () => {
    const event = jsonEvent('{"Event-Name":"E","n":"Andr\xe9","a":["1","2"],"__proto__":"x","_body":"b"}');
    expect([...event.values]).toEqual([
      ['Event-Name', 'E'],
      ['n', 'Andr\xe9'],
      ['a', 'ARRAY::1|:2'],
      ['__proto__', 'x'],
    ]);
    expect(event.getBody()).toBe('b');
  });

  test.each(['', '{', 'null', '"text"', '[1'])('JSON that is none (%j) is a protocol error', (text) => {
    expect(() => jsonEvent(text)).toThrow(ProtocolError);
  });

  test('JSON that is broken in one place is a protocol error for whoever wants that, or all', () => {
    const event = jsonEvent('{"Event-Name":"E","broken":"\\q","Unique-ID":"u"}');
    expect([event.type, event.getHeader('Unique-ID'), event.getHeader('Not-There'), event.getBody()]).toEqual([
      ...['E', 'u', null, ''],
    ]);
    expect(() => event.getHeader('broken')).toThrow(ProtocolError);
    expect(() => event.values).toThrow(ProtocolError);
  });
});
