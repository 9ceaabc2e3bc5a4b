import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CommandReader, commandHeader, type Command } from '../../src/simulator/command-reader.js';
import { framesOf, readRecording } from './recording.js';

/** Reads a stream given in pieces; what is read of a rejected command ends it. */
function readAll(pieces: readonly string[]): unknown[] {
  const reader = new CommandReader();
  const read: unknown[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let next = reader.next(); next !== undefined; next = reader.next()) {
      read.push(next);
      if ('rejected' in next) return read;
    }
  }
  return read;
}

function readOne(text: string): Command {
  const [command, ...rest] = readAll([text]);
  expect(rest).toEqual([]);
  return command as Command;
}

const STREAM = [
  'connect\n\n',
  '\r\n\r\nmyevents json\r\n\r\n',
  'sendmsg\ncall-command: execute\nexecute-app-name: set\nexecute-app-arg: a=b\n\n',
  'sendmsg\ncontent-type: text/plain\ncontent-length: 5\ncall-command: execute\n\none\n\n',
  '\n\nexit\n\n',
].join('');

describe('a stream of commands', () => {
  const whole = readAll([STREAM]);

  test('is read command by command', () => {
    expect(whole).toEqual([
      { text: 'connect\n\n', headers: [] },
      { text: 'myevents json\r\n\r\n', headers: [] },
      {
        text: 'sendmsg\ncall-command: execute\nexecute-app-name: set\nexecute-app-arg: a=b\n\n',
        headers: [
          ['call-command', 'execute'],
          ['execute-app-name', 'set'],
          ['execute-app-arg', 'a=b'],
        ],
      },
      {
        text: 'sendmsg\ncontent-type: text/plain\ncontent-length: 5\ncall-command: execute\n\n',
        headers: [
          ['content-type', 'text/plain'],
          ['content-length', '5'],
          ['call-command', 'execute'],
        ],
        body: 'one\n\n',
      },
      { text: 'exit\n\n', headers: [] },
    ]);
  });

  test('is read the same wherever it is cut in two', () => {
    for (let at = 0; at <= STREAM.length; at += 1) {
      expect(readAll([STREAM.slice(0, at), STREAM.slice(at)])).toEqual(whole);
    }
  });

  test('is read the same byte by byte, and in any pieces', () => {
    expect(readAll(Array.from(STREAM))).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: STREAM.length })), (cuts) => {
        const places = [0, ...cuts.sort((one, other) => one - other), STREAM.length];
        const pieces = places.slice(1).map((end, index) => STREAM.slice(places[index], end));
        expect(readAll(pieces)).toEqual(whole);
      }),
    );
  });

  test('that a controller was recorded with is read the same byte by byte', () => {
    const recording = readRecording('experiments/commands-framing');
    const sent = recording.filter(({ direction }) => direction === '>').map(({ bytes }) => bytes);
    const read = readAll(sent);
    // FreeSWITCH answered each, and closed after the last.
    expect(read).toHaveLength(framesOf(recording).length);
    expect(read.at(-1)).toMatchObject({ rejected: 'content-length -1' });
    expect(readAll(Array.from(sent.join('')))).toEqual(read);
  });
});

describe('a command', () => {
  test('has headers whose names have no case and whose values keep their inner and trailing blanks', () => {
    const command = readOne('sendmsg\nExecute-App-Arg:   a=  x \n\n');
    expect(commandHeader(command, 'execute-app-arg')).toBe('a=  x ');
  });

  test('keeps a colon in a value, and the first of two values', () => {
    const command = readOne('sendmsg\na:b: c\nA: d\n\n');
    expect(commandHeader(command, 'a')).toBe('b: c');
  });

  test('loses a line without a colon, and a header that is given again without a value', () => {
    expect(readOne('sendmsg\nno colon\na: 1\na:\n\n').headers).toEqual([]);
  });

  test('loses the lines before a carriage return that comes later', () => {
    expect(readOne('sendmsg\na: 1\r\nb: 2\r\n\r\n').headers).toEqual([['b', '2']]);
    expect(readOne('sendmsg\na: 1\nb: 2\n\r\n').headers).toEqual([]);
  });

  test('ends at a NUL', () => {
    expect(readOne('getvar a\0b\nc: d\n\n').text).toBe('getvar a');
  });

  test.each(['-1', '16777217', '99999999999999999999'])('is rejected with a content-length of %s', (length) => {
    expect(readAll([`sendmsg\ncontent-length: ${length}\n\n`])).toMatchObject([
      { rejected: `content-length ${length}` },
    ]);
  });

  test('has no body with a content-length that is no number', () => {
    expect(readOne('sendmsg\ncontent-length: many\n\n')).not.toHaveProperty('body');
  });
});

test('the reader says what it is in the middle of', () => {
  const reader = new CommandReader();
  const states = ['\n', 'sendmsg\n', 'content-length: 3\n\n', 'ab', 'c'].map((piece) => {
    reader.push(piece);
    const read = reader.next() !== undefined;
    return `${reader.state}${read ? ', read' : ''}`;
  });
  expect(states).toEqual(['between', 'line', 'body', 'body', 'between, read']);
});
