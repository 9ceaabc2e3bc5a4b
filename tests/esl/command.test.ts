import { describe, expect, test } from '@jest/globals';
import { encodeCommand, encodeExecute, encodeHandOver } from '../../src/esl/command.js';
import { CommandRefused } from '../../src/esl/errors.js';

const execute = (application: string, data: string, lock = false): string =>
  encodeExecute({ application, data, uuid: 'u', lock });

describe('commands as they are written', () => {
  test('a line, headers, an empty line', () => {
    expect(encodeCommand('connect')).toBe('connect\n\n');
    expect(encodeCommand('sendmsg', { 'call-command': 'hangup', 'hangup-cause': 'USER_BUSY' })).toBe(
      'sendmsg\ncall-command: hangup\nhangup-cause: USER_BUSY\n\n',
    );
  });

  test('an execution', () => {
    expect(execute('answer', '')).toBe('sendmsg\ncall-command: execute\nexecute-app-name: answer\nEvent-UUID: u\n\n');
    expect(execute('set', 'a: b', true)).toBe(
      'sendmsg\ncall-command: execute\nexecute-app-name: set\nEvent-UUID: u\nevent-lock: true\nexecute-app-arg: a: b\n\n',
    );
  });

  test('a list that is left to FreeSWITCH', () => {
    const list = [
      { application: 'socket', data: '127.0.0.1:9 async full' },
      { application: 'answer', data: '' },
    ];
    expect(encodeHandOver(list)).toBe(
      'sendmsg\ncall-command: xferext\napplication: socket 127.0.0.1:9 async full\napplication: answer\n\n',
    );
  });

  test.each([
    ['line breaks', 'a=1\ncall-command: hangup\n\nexit'],
    ['over 1 KB', `a=${'x'.repeat(1_030)}`],
    ['a space in front', ' a=1'],
    ['words FreeSWITCH would act on', 'a=unload mod_event_socket'],
  ])('data with %s travels in the body', (_what, data) => {
    expect(execute('set', data)).toBe(
      'sendmsg\ncall-command: execute\nexecute-app-name: set\nEvent-UUID: u\n' +
        `content-type: text/plain\ncontent-length: ${data.length}\n\n${data}`,
    );
  });

  test.each([
    ['a line break in a command', () => encodeCommand('api status\n\nexit')],
    ['a line break in a value', () => encodeCommand('sendmsg', { 'hangup-cause': 'X\nevent-lock: true' })],
    ['a carriage return', () => encodeCommand('api status\rexit')],
    ['a NUL', () => encodeCommand('api a\0b')],
    ['a line break in a list', () => encodeHandOver([{ application: 'set', data: 'a=1\n\nexit' }])],
    ['a line break in an application', () => execute('set\nevent-lock: true', '')],
    ['a NUL in data', () => execute('set', `a=\0${'x'.repeat(2_000)}`)],
    ['what would unload the event socket', () => encodeCommand('api echo reload Mod_Event_Socket')],
  ])('%s is refused before it is sent', (_what, encode) => {
    expect(encode).toThrow(CommandRefused);
  });
});
