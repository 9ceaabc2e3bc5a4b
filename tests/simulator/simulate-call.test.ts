import { afterEach, describe, expect, test } from '@jest/globals';
import type { CallResult } from '../../src/simulator/call-result.js';
import type { Script } from '../../src/simulator/script.js';
import { simulateCall, type CallOptions, type SimulatedCall } from '../../src/simulator/simulate-call.js';
import { startFreeSwitch } from '../../src/simulator/start-free-switch.js';
import { Controller, type ControlledCall } from './controller.js';
import { answeredChannel, ringingChannel } from './dump.js';

const SPEED = 50;
let controller: Controller | undefined;

afterEach(async () => {
  await controller?.stop();
  controller = undefined;
});

/** One call with a controller of its own; whatever the controller leaves open is closed by the call's end. */
async function call(
  handle: (call: ControlledCall) => Promise<void> | void,
  script: Script = {},
  options: Partial<CallOptions> = {},
  targetOf: (controller: string) => string = (target) => target,
): Promise<CallResult> {
  controller = await Controller.start(handle);
  const freeSwitch = startFreeSwitch({ script, speed: SPEED });
  const target = targetOf(controller.target);
  const result = await simulateCall(freeSwitch, {
    channel: ringingChannel(),
    target,
    asynchronous: true,
    full: true,
    ...options,
  }).result;
  expect(freeSwitch.liveSessions).toBe(0);
  return result;
}

describe('the result of a call', () => {
  test('has the commands, the applications with their expanded data, and the times', async () => {
    const result = await call(async (line) => {
      line.send('connect', 'linger', 'myevents');
      line.execute('set', 'number=${caller_id_number}', 'Event-UUID: one', 'event-lock: true');
      line.execute('answer', '', 'Event-UUID: two', 'event-lock: true');
      line.execute('hangup', 'USER_BUSY', 'Event-UUID: three', 'event-lock: true');
      await line.until('Event-Name: CHANNEL_HANGUP_COMPLETE');
      line.send('exit');
    });
    expect(result).toMatchObject({ fate: 'hung up', hangupCause: 'USER_BUSY', hungUpBy: 'hangup', problems: [] });
    expect(result.commands.map(({ text }) => text.split('\n')[0])).toEqual([
      'connect',
      'linger',
      'myevents',
      'sendmsg',
      'sendmsg',
      'sendmsg',
      'exit',
    ]);
    expect(result.applications).toMatchObject([
      { application: 'socket', response: '_none_' },
      { application: 'set', data: 'number=1001', uuid: 'one', response: '_none_' },
      { application: 'answer', data: '', uuid: 'two', response: '_none_' },
      { application: 'hangup', data: 'USER_BUSY', uuid: 'three', response: '_none_' },
    ]);
    const { accepted, connected, firstApplication, answered, hungUp, closed, ended } = result.timings;
    const times = [accepted, connected, firstApplication, answered, hungUp, ended, closed];
    expect(times).toEqual([...times].sort((one, other) => Number(one) - Number(other)));
    expect(times).not.toContain(undefined);
    for (const { startedAt, endedAt } of result.applications) expect(endedAt).toBeGreaterThanOrEqual(startedAt);
  });

  test('names what the controller got wrong', async () => {
    const result = await call(async (line) => {
      line.send('connect', 'nonsense', 'sendmsg\nexecute-app-name: answer', 'sendmsg\ncall-command: dance');
      line.send('sendmsg\ncall-command: execute', 'sendmsg nobody\ncall-command: execute', 'getvar x\nno colon');
      line.execute('no_such_application');
      await line.until('Content-Disposition: disconnect');
    });
    expect(result.problems.map(({ problem }) => problem).sort()).toEqual([
      'header without a colon',
      'message to a session that is not there',
      'message without call-command',
      'message without execute-app-name',
      'unknown application',
      'unknown call-command',
      'unknown command',
    ]);
    expect(result).toMatchObject({ hangupCause: 'DESTINATION_OUT_OF_ORDER', hungUpBy: 'no_such_application' });
  });

  test('says that nobody answered, and what the call went on with', async () => {
    const script = { afterSocket: [{ application: 'playback', data: 'sorry.wav' }] };
    const result = await call(
      () => undefined,
      script,
      {},
      () => '127.0.0.1:1',
    );
    expect(result).toMatchObject({ fate: 'not connected', hangupCause: 'NORMAL_CLEARING', hungUpBy: 'dialplan' });
    expect(result.applications.map(({ application }) => application)).toEqual(['socket', 'playback']);
    expect(result.timings.accepted).toBeUndefined();
  });
});

test('the next host is tried when one does not answer, and the path becomes a variable', async () => {
  const result = await call(
    async (line) => {
      line.send('connect', 'getvar socket_path');
      await line.until('Reply-Text: routes\n');
      line.send('sendmsg\ncall-command: hangup');
    },
    {},
    {},
    (target) => `127.0.0.1:1|${target}/routes`,
  );
  expect(result).toMatchObject({ fate: 'hung up', hungUpBy: 'controller', hangupCause: 'NORMAL_CLEARING' });
});

describe('the caller', () => {
  test('hangs up when it is told to, in the middle of an application', async () => {
    const result = await call(
      async (line) => {
        line.send('connect', 'linger', 'myevents');
        line.execute('playback', 'long.wav', 'Event-UUID: p');
        await line.until('Event-Name: CHANNEL_HANGUP_COMPLETE');
        line.send('exit');
      },
      { applications: [{ application: 'playback', lasts: 'forever' }] },
      { hangupAfter: 1000, hangupCause: 'ORIGINATOR_CANCEL' },
    );
    expect(result).toMatchObject({ fate: 'hung up', hangupCause: 'ORIGINATOR_CANCEL', hungUpBy: 'caller' });
    expect(result.timings.hungUp).toBeCloseTo(1000);
    expect(result.applications[1]).toMatchObject({ application: 'playback', response: 'PLAYBACK ERROR' });
  });

  test('hangs up on a synchronous controller, which holds the session until it closes', async () => {
    const result = await call(
      async (line) => {
        line.send('connect', 'linger', 'myevents');
        await line.until('Content-Disposition: linger');
        line.execute('set', 'late=1');
        await line.until('Application-Response');
        line.send('getvar late');
        await line.until('Reply-Text: 1\n');
        line.socket.end();
      },
      {},
      { asynchronous: false, hangupAfter: 200 },
    );
    expect(result).toMatchObject({ fate: 'hung up', hungUpBy: 'caller' });
    expect(Number(result.timings.ended)).toBeGreaterThanOrEqual(Number(result.timings.closed));
  });

  test('presses digits', async () => {
    const result = await call(
      async (line) => {
        line.send('connect', 'myevents');
        line.execute('play_and_get_digits', '1 4 1 3000 # prompt.wav bad.wav got \\d+', 'Event-UUID: digits');
        await line.until('Application-Response');
        line.send('getvar got');
        await line.until('Reply-Text: 42\n');
        line.send('sendmsg\ncall-command: hangup');
      },
      { applications: [{ application: 'play_and_get_digits', presses: { after: 500, digits: '42#' } }] },
    );
    const digits = result.applications.find(({ uuid }) => uuid === 'digits');
    expect(Number(digits?.endedAt) - Number(digits?.startedAt)).toBeLessThan(600);
  });

  test('goes when the call is abandoned, whatever its controller does', async () => {
    controller = await Controller.start((line) => {
      line.send('connect', 'linger');
    });
    const freeSwitch = startFreeSwitch({ speed: SPEED });
    const held = simulateCall(freeSwitch, {
      channel: answeredChannel(),
      target: controller.target,
      asynchronous: false,
      full: true,
    });
    held.hangUp();
    held.abandon();
    const result = await held.result;
    expect(result.problems).toContainEqual(expect.objectContaining({ problem: 'the controller did not let go' }));
    expect(freeSwitch.liveSessions).toBe(0);
  });
});

describe('a script', () => {
  test('says what the called party does', async () => {
    const result = await call(
      async (line) => {
        line.send('connect', 'linger', 'myevents');
        line.execute('set', 'hangup_after_bridge=true', 'event-lock: true');
        line.execute('bridge', 'sofia/gateway/carrier/4989123', 'Event-UUID: b', 'event-lock: true');
        await line.until('Event-Name: CHANNEL_HANGUP_COMPLETE');
        line.send('exit');
      },
      {
        applications: [
          {
            application: 'bridge',
            data: '4989',
            peer: {
              ringsAfter: 100,
              earlyMediaAfter: 200,
              answersAfter: 500,
              lasts: 1000,
              cause: 'NORMAL_UNSPECIFIED',
            },
          },
        ],
      },
    );
    expect(result).toMatchObject({ hangupCause: 'NORMAL_UNSPECIFIED', hungUpBy: 'bridge' });
    const bridge = result.applications.find(({ uuid }) => uuid === 'b');
    expect(Number(bridge?.endedAt) - Number(bridge?.startedAt)).toBeCloseTo(1500);
    expect(result.timings.answered).toBeCloseTo(Number(bridge?.startedAt) + 500);
  });

  test('lets the called party fail after early media', async () => {
    const result = await call(
      async (line) => {
        line.send('connect', 'linger', 'myevents');
        line.execute('bridge', 'sofia/gateway/carrier/1');
        await line.until('Event-Name: CHANNEL_HANGUP_COMPLETE');
        line.send('exit');
      },
      {
        applications: [{ application: 'bridge', peer: { earlyMediaAfter: 100, failsAfter: 400, cause: 'USER_BUSY' } }],
      },
    );
    expect(result).toMatchObject({ hangupCause: 'USER_BUSY', hungUpBy: 'bridge' });
    expect(result.timings.answered).toBeUndefined();
  });

  test('makes an application known, and says how it ends', async () => {
    const result = await call(
      async (line) => {
        line.send('connect', 'linger', 'myevents');
        line.execute('house_music', 'jazz', 'Event-UUID: h');
        await line.until('Event-Name: CHANNEL_HANGUP_COMPLETE');
        line.send('getvar mood', 'exit');
      },
      {
        applications: [
          { application: 'House_Music', lasts: 300, response: 'TIRED', set: { mood: 'grün' }, hangup: 'NO_PICKUP' },
        ],
      },
    );
    const music = result.applications.find(({ uuid }) => uuid === 'h');
    expect(music).toMatchObject({ application: 'house_music', response: 'TIRED' });
    expect(Number(music?.endedAt) - Number(music?.startedAt)).toBeCloseTo(300);
    expect(result).toMatchObject({ hangupCause: 'NO_PICKUP', hungUpBy: 'house_music' });
  });

  test('says where a transfer leads, and what API functions answer and how fast', async () => {
    const result = await call(
      async (line) => {
        line.send('connect', 'linger', 'myevents', 'api curl http://routes/1001', 'api global_getvar domain');
        await line.until('Content-Length: 5\n\nsales');
        await line.until('Content-Length: 11\n\nexample.com');
        line.execute('transfer', 'sales XML queues');
        await line.until('Event-Name: CHANNEL_HANGUP_COMPLETE');
        line.send('exit');
      },
      {
        globals: { domain: 'example.com' },
        api: [{ function: 'curl', arguments: 'routes', answer: 'sales', lasts: 400 }],
        extensions: [
          { destination: '^sales$', context: 'public', actions: [{ application: 'log', data: 'wrong' }] },
          {
            destination: '^sales$',
            context: 'queues',
            actions: [{ application: 'answer' }, { application: 'playback' }],
          },
        ],
      },
    );
    expect(result).toMatchObject({ fate: 'handed over', hangupCause: 'NORMAL_CLEARING', hungUpBy: 'dialplan' });
    expect(result.applications.map(({ application }) => application)).toEqual([
      'socket',
      'transfer',
      'answer',
      'playback',
    ]);
    expect(result.timings.firstApplication).toBeGreaterThan(400);
  });

  test('ends a call that is transferred to nowhere', async () => {
    const result = await call(async (line) => {
      line.send('connect', 'linger', 'myevents');
      line.execute('transfer', 'nowhere');
      await line.until('Event-Name: CHANNEL_HANGUP_COMPLETE');
      line.send('exit');
    });
    expect(result).toMatchObject({ fate: 'handed over', hangupCause: 'NO_ROUTE_DESTINATION' });
  });
});

describe('a SIP channel', () => {
  test('has media before it is answered, by its codec', async () => {
    let received = '';
    await call(async (line) => {
      line.send('connect', 'linger', 'myevents');
      line.execute('answer');
      await line.until('Application-Response');
      received = line.received;
      line.send('sendmsg\ncall-command: hangup', 'exit');
    });
    const names = [...received.matchAll(/^Event-Name: (.*)$/gm)].map(([, name]) => name);
    expect(names).toEqual([
      'CHANNEL_DATA',
      'CHANNEL_PARK',
      'CHANNEL_EXECUTE',
      'CHANNEL_PROGRESS_MEDIA',
      'CHANNEL_ANSWER',
      'CHANNEL_EXECUTE_COMPLETE',
    ]);
    expect(received).toContain('Channel-Read-Codec-Name: PCMU');
  });
});

test('events of every channel go to who asks for them, those of one channel to nobody else', async () => {
  const subscriptions = ['event plain CHANNEL_EXECUTE', 'myevents'];
  const lines: ControlledCall[] = [];
  let accepted: (line: ControlledCall) => void = () => undefined;
  controller = await Controller.start((line) => {
    lines.push(line);
    line.send('connect', subscriptions[lines.length - 1] ?? '');
    accepted(line);
  });
  const freeSwitch = startFreeSwitch({ speed: SPEED });
  const options = { target: controller.target, asynchronous: true, full: true };
  const dial = async (uuid: string): Promise<{ line: ControlledCall; simulated: SimulatedCall }> => {
    const arrival = new Promise<ControlledCall>((resolve) => (accepted = resolve));
    const channel = new Map([...answeredChannel(), ['Unique-ID', uuid]]);
    const simulated = simulateCall(freeSwitch, { ...options, channel });
    const line = await arrival;
    await line.until('Reply-Text: +OK ');
    return { line, simulated };
  };
  const everything = await dial('one');
  const itself = await dial('two');
  itself.line.execute('set', 'a=1', 'Event-UUID: seen-by-both');
  await everything.line.until('seen-by-both');
  await itself.line.until('seen-by-both');
  everything.line.execute('set', 'b=1', 'Event-UUID: seen-by-one');
  await everything.line.until('seen-by-one');
  itself.line.send('exit');
  await itself.simulated.result;
  expect(itself.line.received).not.toContain('seen-by-one');
  everything.simulated.abandon();
  await everything.simulated.result;
});
