import { expect, test } from '@jest/globals';
import { callApi } from '../../src/simulator/api-functions.js';
import { compileScript } from '../../src/simulator/compile-script.js';
import { FreeSwitch } from '../../src/simulator/free-switch.js';
import { simulateCall } from '../../src/simulator/simulate-call.js';
import { answeredChannel } from './dump.js';
import { ManualClock } from './manual-clock.js';

/** 1 March 2024, a Friday, five past one in the afternoon, UTC. */
const AFTERNOON = Date.UTC(2024, 2, 1, 13, 5, 9);

/** A call that waits for its controller: nobody takes the connection up, and nobody refuses it. */
function callBeingDialled(): { freeSwitch: FreeSwitch; uuid: string } {
  const freeSwitch = new FreeSwitch(
    new ManualClock(),
    compileScript({ globals: { Domain: 'example.com' }, api: [{ function: 'curl', arguments: '^http', answer: 'x' }] }),
    AFTERNOON,
  );
  const activity = { await: () => undefined, forget: () => undefined, raise: () => undefined };
  const { uuid } = simulateCall(freeSwitch, {
    channel: answeredChannel(),
    target: 'nobody:1',
    asynchronous: true,
    full: true,
    dial: () => ({ connection: undefined, activity: activity as never }),
  });
  return { freeSwitch, uuid };
}

test.each([
  ['strftime', '', '2024-03-01 13:05:09'],
  ['strftime', '%Y-%m-%d %H:%M:%S %p %I %y %j %e', '2024-03-01 13:05:09 PM 01 24 061  1'],
  [
    'strftime',
    '%A %a %B %b %u %w %F %T %Z %z %s 100%% %Q',
    'Friday Fri March Mar 5 5 2024-03-01 13:05:09 UTC +0000 1709298309 100% %Q',
  ],
  // FreeSWITCH 1.11 passes over one character behind the bar.
  ['strftime', '0| %F %I %p', '1970-01-01 12 AM'],
  ['toupper', 'straße', 'STRAßE'],
  ['tolower', 'ABC', 'abc'],
  ['echo', 'as it is', 'as it is'],
  ['ECHO', 'any case', 'any case'],
  ['global_getvar', 'domain', 'example.com'],
  ['global_getvar', '', 'Domain=example.com\n'],
  ['global_getvar', 'nothing', ''],
  ['uuid_exists', 'nobody', 'false'],
  ['uuid_getvar', 'nobody x', '-ERR No such channel!\n'],
  ['uuid_getvar', '', '-USAGE: <uuid> <var>\n'],
  ['uuid_kill', 'nobody', '-ERR No such channel!\n'],
  ['uuid_dump', 'nobody', '-ERR No such channel!\n'],
  ['curl', 'http://x', 'x'],
  ['curl', 'ftp://x', undefined],
  ['toString', '', undefined],
])('%s %j answers %j', (name, args, answer) => {
  expect(callApi(callBeingDialled().freeSwitch, name, args)).toBe(answer);
});

test('global variables are set, changed and deleted, whatever their case', () => {
  const { freeSwitch } = callBeingDialled();
  expect(callApi(freeSwitch, 'global_setvar', 'domain=other.example')).toBe('+OK');
  expect(callApi(freeSwitch, 'global_getvar', 'DOMAIN')).toBe('other.example');
  callApi(freeSwitch, 'global_setvar', 'domain=');
  expect(callApi(freeSwitch, 'global_getvar', 'domain')).toBe('');
  expect(callApi(freeSwitch, 'global_setvar', '')).toBe('-USAGE: <var>=<value> [=<value2>]\n');
});

test('a channel’s variables are set and read, arrays by their elements', () => {
  const { freeSwitch, uuid } = callBeingDialled();
  expect(callApi(freeSwitch, 'uuid_exists', uuid)).toBe('true');
  expect(callApi(freeSwitch, 'uuid_setvar', `${uuid} colour deep blue`)).toBe('+OK\n');
  expect(callApi(freeSwitch, 'uuid_getvar', `${uuid} colour`)).toBe('deep blue');
  callApi(freeSwitch, 'uuid_setvar', `${uuid} colour`);
  expect(callApi(freeSwitch, 'uuid_getvar', `${uuid} colour`)).toBe('_undef_');
  expect(callApi(freeSwitch, 'uuid_getvar', `${uuid} domain`)).toBe('example.com');
  expect(callApi(freeSwitch, 'uuid_getvar', `${uuid} route_history[1]`)).toBe('two: with a colon');
  expect(callApi(freeSwitch, 'eval', `uuid:${uuid} \${Unique-ID} \${toupper(x)} $\${domain}`)).toBe(
    `${uuid} X example.com`,
  );
  expect(callApi(freeSwitch, 'uuid_dump', uuid)).toMatch(
    /^Event-Name: CHANNEL_DATA\n[^]*variable_socket_host: nobody\n\n$/,
  );
});

test('a channel is hung up, and then is not found any more', () => {
  const { freeSwitch, uuid } = callBeingDialled();
  expect(callApi(freeSwitch, 'uuid_kill', `${uuid} USER_BUSY`)).toBe('+OK\n');
  expect(callApi(freeSwitch, 'uuid_exists', uuid)).toBe('false');
});
