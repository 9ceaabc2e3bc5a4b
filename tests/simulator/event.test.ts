import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Event } from '../../src/simulator/event.js';
import { ALL_EVENTS, eventByName } from '../../src/simulator/event-names.js';
import { EventSubscription } from '../../src/simulator/event-subscription.js';
import { causeOf, q850Code } from '../../src/simulator/hangup-causes.js';
import { serializeBracketed, serializeEvent } from '../../src/simulator/serialize-event.js';
import { urlEncode } from '../../src/simulator/url-encode.js';

function capture(name: string): string {
  return readFileSync(new URL(`../captures/${name}`, import.meta.url), 'latin1');
}

/** The event that a JSON dump shows. */
function dumped(): Event {
  const event = new Event('CHANNEL_DATA');
  for (const [, name, value] of capture('uuid_dump.json.txt').matchAll(
    /"((?:[^"\\]|\\.)*)":("(?:[^"\\]|\\.)*"|\[[^\]]*\])/g,
  )) {
    const parsed = JSON.parse(value as string) as string | string[];
    event.add(name as string, Array.isArray(parsed) ? `ARRAY::${parsed.join('|:')}` : parsed);
  }
  return event;
}

describe('an event', () => {
  test('is written as FreeSWITCH wrote the same channel: plain, JSON, XML', () => {
    const volatile = /^.*(Event-Date-|Event-Sequence).*\n/gm;
    const event = dumped();
    expect(serializeEvent(event, 'json')).toBe(capture('uuid_dump.json.txt').trimEnd());
    const plain = capture('uuid_dump.plain.txt');
    expect(serializeEvent(event, 'plain').replace(volatile, '').trimEnd()).toBe(plain.replace(volatile, '').trimEnd());
    const xml = capture('uuid_dump.xml.txt');
    expect(serializeEvent(event, 'xml').replace(volatile, '').trimEnd()).toBe(xml.replace(volatile, '').trimEnd());
  });

  test('has its body behind its headers', () => {
    const event = new Event('BACKGROUND_JOB').add('Event-Name', 'BACKGROUND_JOB');
    event.body = '+OK "done"\n';
    expect(serializeEvent(event, 'plain')).toBe('Event-Name: BACKGROUND_JOB\nContent-Length: 11\n\n+OK "done"\n');
    expect(serializeEvent(event, 'json')).toBe(
      '{"Event-Name":"BACKGROUND_JOB","Content-Length":"11","_body":"+OK \\"done\\"\\n"}',
    );
    expect(serializeEvent(event, 'xml')).toContain('<body>+OK &quot;done&quot;\n</body>');
  });

  test('keeps a name that comes twice, control characters and stray bytes in JSON', () => {
    const event = new Event('X').add('a', '1').add('a', '\x01\t\xe9');
    expect(serializeEvent(event, 'json')).toBe('{"a":"1","a":"\\u0001\\t\xe9"}');
  });

  test('leaves out what is empty', () => {
    expect(serializeBracketed(new Event('X').add('a', '').add('b', undefined).add('c', ' '))).toBe('c: [ ]\n\n');
  });
});

test.each([
  ['100%', '100%25'],
  ['100%25', '100%25'],
  ['%zz %aF %AF', '%25zz%20%25aF%20%AF'],
  ["a+b:c/d,e!f$g'h(i)j*k-l.m_n~o", "a%2Bb%3Ac/d,e!f$g'h(i)j*k-l.m_n~o"],
  ['\xe9\x00\x7f\r\n"', '%E9%00%7F%0D%0A%22'],
])('%j is encoded as %j', (value, encoded) => {
  expect(urlEncode(value)).toBe(encoded);
});

describe('a subscription', () => {
  const event = (name: string, headers: Record<string, string> = {}): Event =>
    new Event(name).addAll(Object.entries(headers));

  test('to all leaves out what is nixed, until it is asked for again', () => {
    const subscription = new EventSubscription();
    subscription.enabled = true;
    subscription.add(ALL_EVENTS);
    subscription.remove('DTMF');
    expect(['DTMF', 'TALK'].map((name) => subscription.wants(name))).toEqual([false, true]);
    subscription.add('DTMF');
    expect(subscription.wants('DTMF')).toBe(true);
    subscription.remove(ALL_EVENTS);
    expect(['DTMF', 'TALK'].map((name) => subscription.wants(name))).toEqual([false, false]);
  });

  test('to CUSTOM goes by the subclass', () => {
    const subscription = new EventSubscription();
    subscription.addSubclass('conference::maintenance');
    expect(subscription.passes(event('CUSTOM', { 'Event-Subclass': 'conference::maintenance' }), 'u')).toBe(true);
    expect(subscription.passes(event('CUSTOM', { 'Event-Subclass': 'other' }), 'u')).toBe(false);
  });

  test('of myevents passes the session’s own events and jobs', () => {
    const subscription = new EventSubscription();
    subscription.addMyEvents();
    expect(subscription.passes(event('DTMF', { 'Unique-ID': 'u' }), 'u')).toBe(true);
    expect(subscription.passes(event('DTMF', { 'Unique-ID': 'v' }), 'u')).toBe(false);
    expect(subscription.passes(event('BACKGROUND_JOB', { 'Job-Owner-UUID': 'u' }), 'u')).toBe(true);
  });

  test.each([
    [[['a', '1']], true],
    [[['A', '1']], true],
    [[['a', '2']], false],
    [[['b', 'x']], false],
    [[['a', '/^[0-9]$/']], true],
    [
      [
        ['a', '1'],
        ['c', '-Q'],
      ],
      false,
    ],
    [
      [
        ['a', '2'],
        ['c', 'q'],
      ],
      true,
    ],
  ] as const)('with the filters %j passes a=1, c=q: %s', (filters, passes) => {
    const subscription = new EventSubscription();
    for (const [header, value] of filters) subscription.addFilter(header, value);
    expect(subscription.passes(event('X', { a: '1', c: 'q' }), 'u')).toBe(passes);
    subscription.clearFilters();
    expect(subscription.passes(event('X'), 'u')).toBe(true);
  });
});

test('events are known by their names in any case, and with FreeSWITCH’s prefix', () => {
  expect(['dtmf', 'SWITCH_EVENT_CHANNEL_ANSWER', 'ALL', 'all_', ''].map(eventByName)).toEqual([
    'DTMF',
    'CHANNEL_ANSWER',
    'ALL',
    undefined,
    undefined,
  ]);
});

test('hang-up causes are known by name and by number; what is unknown is a normal clearing', () => {
  expect(['user_busy', '17', '487', '999', 'nonsense', ''].map(causeOf)).toEqual([
    'USER_BUSY',
    'USER_BUSY',
    'ORIGINATOR_CANCEL',
    'NORMAL_CLEARING',
    'NORMAL_CLEARING',
    'NORMAL_CLEARING',
  ]);
  expect(q850Code('USER_BUSY')).toBe(17);
  expect(q850Code('ORIGINATOR_CANCEL')).toBe(16);
});
