import { expect, test } from '@jest/globals';
import { freshChannel } from '../../src/simulator/fresh-channel.js';

const dump = new Map([
  ['Event-Name', 'CHANNEL_DATA'],
  ['Unique-ID', 'old'],
  ['Channel-Call-UUID', 'old'],
  ['Caller-Channel-Created-Time', '1000000'],
  ['Caller-Channel-Answered-Time', '3500000'],
  ['Caller-Channel-Hangup-Time', '0'],
  ['variable_uuid', 'old'],
  ['variable_recording', '/rec/old.wav'],
  ['variable_sip_call_id', 'kept'],
]);

test('a dump becomes a channel created now, with a uuid of its own wherever the old one was', () => {
  expect([...freshChannel(dump, 'new', 5000)]).toEqual([
    ['Event-Name', 'CHANNEL_DATA'],
    ['Unique-ID', 'new'],
    ['Channel-Call-UUID', 'new'],
    ['Caller-Channel-Created-Time', '5000000'],
    ['Caller-Channel-Answered-Time', '7500000'],
    ['Caller-Channel-Hangup-Time', '0'],
    ['variable_uuid', 'new'],
    ['variable_recording', '/rec/new.wav'],
    ['variable_sip_call_id', 'kept'],
  ]);
  expect(dump.get('Unique-ID')).toBe('old');
});

test('a dump without a uuid and without times gets the uuid alone', () => {
  expect([...freshChannel(new Map([['variable_a', '1']]), 'new', 5000)]).toEqual([
    ['variable_a', '1'],
    ['Unique-ID', 'new'],
    ['variable_uuid', 'new'],
  ]);
});
