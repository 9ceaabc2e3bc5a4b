/** A session over TCP, FreeSWITCH's side played by the simulator, whose conversation is held against recorded ones. */
import { describe, expect, test } from '@jest/globals';
import type { Session, SessionEnd } from '../../src/esl/session.js';
import type { CallResult } from '../../src/simulator/call-result.js';
import type { Script } from '../../src/simulator/script.js';
import { sessionCall } from '../support/session-call.js';

const MODES = [
  { mode: 'async full', asynchronous: true, full: true },
  { mode: 'full', asynchronous: false, full: true },
  { mode: 'async', asynchronous: true, full: false },
  { mode: 'neither', asynchronous: false, full: false },
] as const;

const UNOBSERVED = { started: () => undefined, completed: () => undefined };
const ENDLESS: Script = { applications: [{ application: 'playback', lasts: 'forever' }] };

/** What was executed on the channel by the session, in the order it began. */
function executed(result: CallResult): string[] {
  return result.applications
    .filter(({ application }) => application !== 'socket')
    .map(({ application, data }) => (data === '' ? application : `${application} ${data}`));
}

function firstLines(result: CallResult): string[] {
  return result.commands.map(({ text }) => text.split('\n', 1)[0] ?? '');
}

describe.each(MODES)('socket with $mode', ({ asynchronous, full }) => {
  const modes = { asynchronous, full };

  test('the session knows from the channel data which it is', async () => {
    let seen: unknown;
    await sessionCall(async (session) => {
      seen = [session.isAsync, session.isFull, session.uuid === session.data.get('Unique-ID')];
      await session.hangup('NORMAL_CLEARING');
    }, modes);
    expect(seen).toEqual([asynchronous, full, true]);
  });

  test('subscribes to this channel only, and lingers with a time', async () => {
    const result = await sessionCall((session) => session.hangup('NORMAL_CLEARING'), modes);
    const { uuid } = result;
    const subscription = firstLines(result).slice(1, 4);
    if (asynchronous && full) {
      expect(subscription).toEqual([
        `filter Unique-ID ${uuid}`,
        'event json CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE',
        'linger 5',
      ]);
    } else {
      expect(subscription[0]).toBe(full ? 'linger 5' : asynchronous ? 'myevents json' : 'sendmsg');
      expect(firstLines(result).filter((line) => line.startsWith('event'))).toEqual([]);
    }
    expect(result.problems).toEqual([]);
  });

  test('executes a list in order, each application when the one before is done', async () => {
    const turns: string[] = [];
    const result = await sessionCall(async (session) => {
      await session.executeAll(
        [
          { application: 'set', data: 'a=1' },
          { application: 'answer', data: '' },
          { application: 'playback', data: 'one.wav' },
          { application: 'set', data: 'b=2' },
          { application: 'playback', data: '${b}two.wav' },
        ],
        {
          started: (index, data) => turns.push(`started ${index} ${data ?? '?'}`),
          completed: (index, { response }) => turns.push(`completed ${index} ${response ?? '-'}`),
        },
      );
      expect((await session.refresh()).get('variable_b')).toBe('2');
      await session.hangup('NORMAL_CLEARING');
    }, modes);
    expect(executed(result)).toEqual(['set a=1', 'answer', 'playback one.wav', 'set b=2', 'playback 2two.wav']);
    const [, one, two, three, four, five] = result.applications;
    const times = [one, two, three, four, five].flatMap((each) => [each?.startedAt, each?.endedAt]);
    expect(times).toEqual([...times].sort((left, right) => Number(left) - Number(right)));
    const played = asynchronous ? 'FILE PLAYED' : '-';
    const begun = (data: string): string => (asynchronous ? data : '?');
    expect(turns).toEqual([
      `started 0 ${begun('a=1')}`,
      'completed 0 -',
      `started 1 ${begun('')}`,
      'completed 1 -',
      `started 2 ${begun('one.wav')}`,
      `completed 2 ${played}`,
      `started 3 ${begun('b=2')}`,
      'completed 3 -',
      `started 4 ${begun('2two.wav')}`,
      `completed 4 ${played}`,
    ]);
    expect(result.problems).toEqual([]);
  });

  test('hangs up with a cause', async () => {
    let end: SessionEnd | undefined;
    const result = await sessionCall(async (session) => {
      await session.hangup('CALL_REJECTED');
      end = await session.ended;
    }, modes);
    expect(result).toMatchObject({ fate: 'hung up', hangupCause: 'CALL_REJECTED', hungUpBy: 'controller' });
    // With neither, FreeSWITCH closes without a word of why.
    const hangupCause = asynchronous || full ? 'CALL_REJECTED' : undefined;
    expect(end).toMatchObject({ reason: 'hungUp', hangupCause, error: undefined });
  });

  test('rejects at once when the caller hangs up in the middle of an application', async () => {
    let end: SessionEnd | undefined;
    let rejected: unknown;
    const result = await sessionCall(
      async (session) => {
        rejected = await session
          .executeAll(
            [
              { application: 'playback', data: 'long.wav' },
              { application: 'playback', data: 'never.wav' },
            ],
            UNOBSERVED,
          )
          .catch((error: unknown) => error);
        end = await session.ended;
      },
      { ...modes, script: ENDLESS, hangupAfter: 500, hangupCause: 'ORIGINATOR_CANCEL' },
    );
    expect(rejected).toMatchObject({ code: 'CHANNEL_HUNG_UP' });
    expect(end?.reason).toBe('hungUp');
    expect(executed(result)).toEqual(['playback long.wav']);
    expect(result).toMatchObject({ fate: 'hung up', hungUpBy: 'caller', problems: [] });
    // Without `full` nothing says why: FreeSWITCH closes at once.
    if (full) expect(end?.hangupCause).toBe('ORIGINATOR_CANCEL');
  });

  test('park holds the call until the caller hangs up, though FreeSWITCH cannot park it twice', async () => {
    const started: number[] = [];
    let rejected: unknown;
    const result = await sessionCall(
      async (session) => {
        const list = [
          { application: 'set', data: 'a=1' },
          { application: 'park', data: '' },
          { application: 'playback', data: 'never.wav' },
        ];
        const observer = { started: (index: number) => started.push(index), completed: () => undefined };
        rejected = await session.executeAll(list, observer).catch((error: unknown) => error);
      },
      { ...modes, hangupAfter: 500 },
    );
    expect(rejected).toMatchObject({ code: 'CHANNEL_HUNG_UP' });
    expect(started).toEqual([0, 1]);
    expect(executed(result)).toEqual(asynchronous ? ['set a=1'] : ['set a=1', 'park']);
    expect(result).toMatchObject({ fate: 'hung up', hungUpBy: 'caller', problems: [] });
  });

  test('socket leaves the rest of the list to FreeSWITCH, which goes on with it where no other controller is', async () => {
    let rejected: unknown;
    const result = await sessionCall(async (session) => {
      const list = [
        { application: 'set', data: 'a=1' },
        { application: 'socket', data: '127.0.0.1:1 async full' },
        { application: 'set', data: 'b=${a}2' },
        { application: 'hangup', data: 'USER_BUSY' },
      ];
      rejected = await session.executeAll(list, UNOBSERVED).catch((error: unknown) => error);
    }, modes);
    expect(rejected).toMatchObject({ code: asynchronous ? 'CHANNEL_LEFT' : 'CHANNEL_HUNG_UP' });
    expect(executed(result)).toEqual(['set a=1', 'set b=12', 'hangup USER_BUSY']);
    expect(result).toMatchObject({ hangupCause: 'USER_BUSY' });
  });

  test('an application FreeSWITCH does not have ends the call, not the wait', async () => {
    let rejected: unknown;
    const result = await sessionCall(async (session) => {
      rejected = await session.execute('no_such_application', '').catch((error: unknown) => error);
    }, modes);
    expect(rejected).toMatchObject({ code: 'CHANNEL_HUNG_UP' });
    expect(result).toMatchObject({ hangupCause: 'DESTINATION_OUT_OF_ORDER' });
  });

  test.each([
    ['a line break', 'text=one\ntwo\r\nsendmsg\n\nexit'],
    ['more than a header takes', `text=${'x'.repeat(5_000)}`],
    ['leading spaces', '  text=  spaced'],
    ['bytes that are no UTF-8', 'text=\xff\xe9%41%zz: y'],
  ])('data with %s arrives as it is', async (_what, data) => {
    const result = await sessionCall(async (session) => {
      await session.execute('log', data);
      await session.hangup('NORMAL_CLEARING');
    }, modes);
    expect(executed(result)).toEqual([`log ${data}`]);
    expect(result).toMatchObject({ fate: 'hung up', problems: [] });
  });

  test('nothing in an application’s name or a cause can add a command', async () => {
    const codes: unknown[] = [];
    const codeOf = (error: unknown): number => codes.push((error as { code?: unknown }).code);
    const result = await sessionCall(async (session) => {
      await session.execute('answer\ncall-command: hangup', '').catch(codeOf);
      await session.execute('log', 'with a \0').catch(codeOf);
      await session.hangup('USER_BUSY\n\nexit').catch(codeOf);
      await session.hangup('NORMAL_CLEARING');
    }, modes);
    expect(codes).toEqual(['COMMAND_REFUSED', 'COMMAND_REFUSED', 'COMMAND_REFUSED']);
    expect(executed(result)).toEqual([]);
    expect(result).toMatchObject({ hangupCause: 'NORMAL_CLEARING', problems: [] });
  });

  test('hands the call back to the dialplan behind the socket application', async () => {
    let end: SessionEnd | undefined;
    const result = await sessionCall(
      async (session) => {
        await session.execute('set', 'a=1');
        await session.release();
        end = await session.ended;
      },
      { ...modes, script: { afterSocket: [{ application: 'hangup', data: 'USER_BUSY' }] } },
    );
    expect(end).toMatchObject({ reason: 'released' });
    expect(result).toMatchObject({ fate: 'continued', hangupCause: 'USER_BUSY', problems: [] });
    expect(firstLines(result).slice(-2)).toEqual(asynchronous ? ['resume', 'exit'] : ['connect', 'exit']);
  });

  test('a call that is transferred goes on without the session', async () => {
    let end: SessionEnd | undefined;
    let rejected: unknown;
    const actions = [
      { application: 'playback', data: 'elsewhere.wav' },
      { application: 'hangup', data: 'USER_BUSY' },
    ];
    const script = { extensions: [{ destination: '2000', actions }] };
    const result = await sessionCall(
      async (session) => {
        const list = [
          { application: 'transfer', data: '2000 XML default' },
          { application: 'playback', data: 'never.wav' },
        ];
        rejected = await session.executeAll(list, UNOBSERVED).catch((error: unknown) => error);
        end = await session.ended;
      },
      { ...modes, script },
    );
    expect(rejected).toMatchObject({ code: 'CHANNEL_LEFT' });
    expect(end).toMatchObject({ reason: 'left', error: undefined });
    expect(executed(result)).toEqual(['transfer 2000 XML default', 'playback elsewhere.wav', 'hangup USER_BUSY']);
    expect(result).toMatchObject({ fate: 'handed over', hangupCause: 'USER_BUSY' });
  });

  test('several that execute at once take turns', async () => {
    const result = await sessionCall(async (session) => {
      await Promise.all([
        session.execute('playback', 'one.wav'),
        session.execute('set', 'a=1'),
        session.execute('playback', 'two.wav'),
      ]);
      await session.hangup('NORMAL_CLEARING');
    }, modes);
    expect(executed(result)).toEqual(['playback one.wav', 'set a=1', 'playback two.wav']);
    const [, one, set, two] = result.applications;
    expect(Number(one?.endedAt)).toBeLessThanOrEqual(Number(set?.startedAt));
    expect(Number(set?.endedAt)).toBeLessThanOrEqual(Number(two?.startedAt));
  });

  test('after the hang-up every verb rejects, and none waits', async () => {
    const codes: unknown[] = [];
    await sessionCall(async (session) => {
      await session.hangup('NORMAL_CLEARING');
      const verbs = [session.execute('answer', ''), session.executeAll([{ application: 'a', data: '' }], UNOBSERVED)];
      for (const verb of verbs) await verb.catch((error: unknown) => codes.push((error as { code: unknown }).code));
      await session.hangup('USER_BUSY');
      await session.release();
    }, modes);
    expect(codes).toEqual(['CHANNEL_HUNG_UP', 'CHANNEL_HUNG_UP']);
  });
});

describe('api', () => {
  const globals = { recordings_dir: '/var/rec' };

  test.each([true, false])('asks FreeSWITCH (asynchronous: %s)', async (asynchronous) => {
    const answers: string[] = [];
    const ask = async (session: Session): Promise<void> => {
      answers.push(await session.api('global_getvar recordings_dir'), await session.api('no_such_function'));
      await session.hangup('NORMAL_CLEARING');
    };
    await sessionCall(ask, { asynchronous, script: { globals } });
    expect(answers).toEqual(['/var/rec', '-ERR no_such_function Command not found!\n']);
  });

  test('is refused without "full", and not sent', async () => {
    let rejected: unknown;
    const result = await sessionCall(
      async (session) => {
        rejected = await session.api('status').catch((error: unknown) => error);
        await session.hangup('NORMAL_CLEARING');
      },
      { full: false },
    );
    expect(rejected).toMatchObject({ code: 'COMMAND_REFUSED' });
    expect(firstLines(result)).not.toContain('api status');
  });
});

test('a batch holds its applications with event-lock, but for the last, which others may interrupt', async () => {
  const result = await sessionCall(async (session) => {
    const list = ['a=1', 'b=2', 'c=3'].map((data) => ({ application: 'set', data }));
    await session.executeAll([...list, { application: 'playback', data: 'x.wav' }], UNOBSERVED);
    await session.hangup('NORMAL_CLEARING');
  });
  const messages = result.commands.filter(({ text }) => text.includes('execute-app-name'));
  expect(messages.map(({ text }) => text.includes('event-lock: true'))).toEqual([true, true, true, false]);
});

test('park in asynchronous mode ends after park_timeout, with its cause', async () => {
  const result = await sessionCall(async (session) => {
    const list = [
      { application: 'set', data: 'park_timeout=0:ALLOTTED_TIMEOUT' },
      { application: 'park', data: '' },
    ];
    await session.executeAll(list, UNOBSERVED).catch(() => undefined);
  });
  expect(result).toMatchObject({ fate: 'hung up', hangupCause: 'ALLOTTED_TIMEOUT', problems: [] });
});
