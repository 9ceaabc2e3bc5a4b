import { expect, test } from '@jest/globals';
import type { CallResult, ExecutedApplication } from '../../src/simulator/call-result.js';
import type { ScriptedAction, Script } from '../../src/simulator/script.js';
import { compileScript } from '../../src/simulator/compile-script.js';
import { FreeSwitch } from '../../src/simulator/free-switch.js';
import { simulateCall } from '../../src/simulator/simulate-call.js';
import { Signal } from '../../src/simulator/thread.js';
import { answeredChannel } from './dump.js';
import { ManualClock } from './manual-clock.js';

/** A call whose controller does not answer, so that the dialplan's own actions run. */
async function callOn(actions: ScriptedAction[], script: Script = {}): Promise<CallResult> {
  const clock = new ManualClock();
  const freeSwitch = new FreeSwitch(clock, compileScript({ ...script, afterSocket: actions }));
  const { result } = simulateCall(freeSwitch, {
    channel: answeredChannel(),
    target: 'nobody:1',
    asynchronous: true,
    full: true,
    dial: () => ({ connection: null, activity: new Signal() }),
  });
  clock.advanceTo(1_000_000);
  return result;
}

function lasted({ startedAt, endedAt = NaN }: ExecutedApplication): number {
  return endedAt - startedAt;
}

test.each([
  ['playback', 'welcome.wav', 2000, 'FILE PLAYED'],
  ['playback', '', 0, 'PLAYBACK ERROR'],
  ['playback', 'missing.wav', 0, 'FILE NOT FOUND'],
  ['playback', 'silence_stream://700', 700, 'FILE PLAYED'],
  ['playback', 'tone_stream://%(200,100,440);%(50,50,350,440);loops=3', 1200, 'FILE PLAYED'],
  ['loop_playback', '+3 beep.wav', 900, 'FILE PLAYED'],
  ['loop_playback', 'beep.wav', 300, 'FILE PLAYED'],
  ['loop_playback', '+2 missing.wav', 0, 'FILE NOT FOUND'],
  ['endless_playback', 'missing.wav', 0, 'FILE NOT FOUND'],
  ['playback', 'menu.wav', 400, 'FILE PLAYED'],
  ['sleep', '1500', 1500, '_none_'],
  ['sleep', '-1', 0, '_none_'],
  ['say', 'en number iterated 5', 2000, '_none_'],
  ['info', '', 0, '_none_'],
])('%s %s lasts %d ms: %s', async (application, data, length, response) => {
  const { applications } = await callOn([{ application, data }], {
    applications: [
      { application: 'playback', data: 'missing', response: 'FILE NOT FOUND' },
      { application: 'playback', data: 'beep', lasts: 300 },
      { application: 'playback', data: 'menu', presses: { after: 390, digits: '1*2' } },
    ],
  });
  const executed = applications.at(-1) as ExecutedApplication;
  expect(executed).toMatchObject({ application, response });
  expect(Math.abs(lasted(executed) - length)).toBeLessThanOrEqual(20);
});

test('an extension is executed on the spot, and the call goes on where it was', async () => {
  const { applications, hangupCause } = await callOn(
    [
      { application: 'execute_extension', data: 'hours XML day' },
      { application: 'hangup', data: 'USER_BUSY' },
    ],
    {
      extensions: [
        {
          destination: '^hours$',
          context: 'day',
          actions: [
            { application: 'set', data: 'open=true' },
            { application: 'log', data: '${open}' },
          ],
        },
      ],
    },
  );
  expect(applications.slice(1).map(({ application, data }) => `${application} ${data}`)).toEqual([
    'execute_extension hours XML day',
    'set open=true',
    'log true',
    'hangup USER_BUSY',
  ]);
  expect(hangupCause).toBe('USER_BUSY');
});

test('a hang-up may be scheduled', async () => {
  const { applications, hangupCause, hungUpBy, timings } = await callOn([
    { application: 'sched_hangup', data: '+3' },
    { application: 'endless_playback', data: 'music.wav' },
  ]);
  expect({ hangupCause, hungUpBy }).toEqual({ hangupCause: 'ALLOTTED_TIMEOUT', hungUpBy: 'sched_hangup' });
  expect(timings.hungUp).toBeGreaterThanOrEqual(3000);
  expect(timings.hungUp).toBeLessThan(3100);
  expect(applications.at(-1)).toMatchObject({ response: 'PLAYBACK ERROR' });
});

test.each([
  ['read', '2 4 prompt.wav got 3000 #', { after: 2500, digits: '1234' }, '1234'],
  ['read', '2 4 prompt.wav got 3000 #', { after: 100, digits: '12#' }, '12'],
  ['read', '2 4 prompt.wav got 3000 #', { after: 100, digits: '1' }, '1'],
  ['play_and_get_digits', '1 2 2 2000 # prompt.wav bad.wav got ^4', { after: 100, digits: '51' }, ''],
  ['play_and_get_digits', '1 2 2 2000 # prompt.wav bad.wav got ^4', { after: 100, digits: '41' }, '41'],
])('%s %s with %j gets %j', async (application, data, presses, digits) => {
  const { applications } = await callOn(
    [
      { application, data },
      { application: 'log', data: '${got}' },
    ],
    { applications: [{ application, presses }] },
  );
  expect(applications.at(-1)).toMatchObject({ application: 'log', data: digits });
});
