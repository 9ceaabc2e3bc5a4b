import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FrameDecoder } from '../../src/esl/frame-decoder.js';
import { scanEvent, SCANNED_HEADERS } from '../../src/esl/scan-event.js';
import { bytesOfDirection, readTranscript } from '../support/transcript.js';

/** What an object made of the text has of the scanned headers; undefined for what is no object, or has a list among them. */
function parsed(text: string): Map<string, unknown> | undefined {
  try {
    const members = JSON.parse(text) as Record<string, unknown> | null;
    if (typeof members !== 'object' || members === null || Array.isArray(members)) return undefined;
    return new Map(
      [...SCANNED_HEADERS].filter((name) => Object.hasOwn(members, name)).map((name) => [name, members[name]]),
    );
  } catch {
    return undefined;
  }
}

function sorted(found: ReadonlyMap<string, unknown> | undefined): unknown[] | undefined {
  return found === undefined ? undefined : [...found].sort();
}

describe('headers scanned from an event', () => {
  test.each(['async-full', 'bytes-json', 'hangup-during-application', 'sessions/async-20-myevents-json'])(
    'recorded events (%s) are all read so, and as JSON.parse reads them',
    (name) => {
      const frames = [...new FrameDecoder().push(bytesOfDirection(readTranscript(`${name}.transcript`), '<'))];
      const events = frames.filter(({ headers }) => headers.get('Content-Type') === 'text/event-json');
      expect(events.length).toBeGreaterThan(0);
      for (const { body = '' } of events) {
        expect(scanEvent(body)).toBeDefined();
        expect(sorted(scanEvent(body))).toEqual(sorted(parsed(body)));
      }
    },
  );

  const name = fc.oneof(
    fc.constantFrom(...SCANNED_HEADERS, 'variable_x', 'Event-Nam\\u0065', '__proto__', ''),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(text)),
    fc.constantFrom('"\\\\"', '"\\""', '"\\u00e9\\n"', '["a","b\\""]', '[]', '"a,\\"Application\\":\\"b"'),
    // What FreeSWITCH does not write, and what is no JSON.
    fc.constantFrom('1', 'null', '{}', '[1]', '"\\q"', '"\n"', '"', '["a",]', '"a" ', '"\\u12"'),
  );
  const text = fc
    .array(fc.tuple(name, value), { minLength: 1, maxLength: 6 })
    .map((members) => `{${members.map(([key, each]) => `"${key}":${each}`).join(',')}}`);

  test('whatever is read so is what JSON.parse reads', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 3 }), (whole, cut) => {
        const each = whole.slice(0, whole.length - cut);
        const found = scanEvent(each);
        if (found !== undefined) expect(sorted(found)).toEqual(sorted(parsed(each)));
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    '',
    '{',
    '{}x',
    '{"Event-Name":"E"',
    '{"Event-Name":"E",}',
    '{"Event-Name":"E"} ',
    '{"Unique-ID":["a"]}',
    '[]',
  ])('%j is left to JSON.parse', (each) => {
    expect(scanEvent(each)).toBeUndefined();
  });
});
