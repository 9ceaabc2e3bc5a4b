import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FrameDecoder } from '../../src/esl/frame-decoder.js';
import { headerOfJson, isFlatJson, UNREADABLE } from '../../src/esl/header-of-json.js';
import { bytesOfDirection, readTranscript } from '../support/transcript.js';

const NAMES = ['Event-Name', 'Unique-ID', 'Application', 'Application-Data', 'Hangup-Cause', '_body'];

/** What a parser finds: a string as it is, anything else as what only a parser can tell. */
function expected(text: string, name: string): unknown {
  const members = JSON.parse(text) as Record<string, unknown>;
  if (!Object.hasOwn(members, name)) return undefined;
  return typeof members[name] === 'string' ? members[name] : UNREADABLE;
}

describe('one header of an event in JSON', () => {
  test.each(['async-full', 'bytes-json', 'hangup-during-application', 'sessions/async-20-myevents-json'])(
    'every header of recorded events (%s), and one that is not there, is what JSON.parse finds',
    (name) => {
      const frames = [...new FrameDecoder().push(bytesOfDirection(readTranscript(`${name}.transcript`), '<'))];
      const events = frames.filter(({ headers }) => headers.get('Content-Type') === 'text/event-json');
      expect(events.length).toBeGreaterThan(0);
      for (const { body = '' } of events) {
        expect(isFlatJson(body)).toBe(true);
        for (const header of [...Object.keys(JSON.parse(body) as object), 'Not-There']) {
          expect(headerOfJson(body, header)).toEqual(expected(body, header));
        }
      }
    },
  );

  /** What looks like a member, in a value or a name. */
  const sly = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...NAMES.map((name) => `,"${name}":"x"`),
          ...NAMES,
          '"',
          '\\',
          ',',
          ':',
          '{',
          '}',
          '\n',
          '\xe9',
        ),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
      { maxLength: 5 },
    )
    .map((parts) => parts.join(''));
  const value = fc.oneof(sly, fc.array(sly, { maxLength: 3 }));
  const members = fc.uniqueArray(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), sly), value), {
    selector: ([name]) => name,
    minLength: 1,
    maxLength: 6,
  });

  test('no value and no name can look like a member', () => {
    fc.assert(
      fc.property(members, (each) => {
        // Not by an object, which would put names that are numbers first.
        const text = `{${each.map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`).join(',')}}`;
        expect(isFlatJson(text)).toBe(true);
        for (const name of NAMES) expect(headerOfJson(text, name)).toEqual(expected(text, name));
      }),
      { numRuns: 5_000 },
    );
  });

  test('whatever else comes gives a text, nothing, or is left to the parser', () => {
    fc.assert(
      fc.property(sly, sly, (one, other) => {
        const text = `{"${one}","Unique-ID":${other}}`;
        expect(['string', 'symbol', 'undefined']).toContain(typeof headerOfJson(text, 'Unique-ID'));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['{"Unique-ID":["a"]}', UNREADABLE],
    ['{"Unique-ID":1}', UNREADABLE],
    ['{"Unique-ID":"a}', UNREADABLE],
    ['{"Unique-ID":"\\q"}', UNREADABLE],
    ['{"Unique-ID":"a\nb"}', UNREADABLE],
    ['{"Unique-ID":"a\\"b"}', 'a"b'],
    [`{"Unique-ID":"front","x":"${'y'.repeat(2000)}"}`, 'front'],
    [`{"x":"${'y'.repeat(2000)}","Unique-ID":"behind","y":"${'z'.repeat(2000)}"}`, 'behind'],
    [`{"x":"${'y'.repeat(2000)}","Unique-ID":"last"}`, 'last'],
    ['{"variable_x\\"Unique-ID":"a"}', undefined],
  ])('%j', (text, found) => {
    expect(headerOfJson(text, 'Unique-ID')).toBe(found);
  });

  test.each(['', '{', '[]', '{}', '{"a":"b"} ', ' {"a":"b"}'])('%j is left to the parser', (text) => {
    expect(isFlatJson(text)).toBe(false);
  });
});
