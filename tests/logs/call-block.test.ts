import { describe, expect, test } from '@jest/globals';
import { callBlock } from '../../src/logs/call-block.js';
import { isWanted, type CallFilter } from '../../src/logs/call-filter.js';
import { CallFolder } from '../../src/logs/fold-calls.js';
import { parseLogEntry } from '../../src/logs/log-entry.js';
import type { LoggedCall } from '../../src/logs/logged-call.js';
import { PLAIN, styleFor } from '../../src/report/style.js';
import { callLines, logLine } from './log-lines.js';

function callOf(lines: readonly string[]): LoggedCall {
  const folder = new CallFolder();
  const ended = lines.flatMap((line) => {
    const entry = parseLogEntry(line);
    return entry === undefined ? [] : folder.take(entry, line.length);
  });
  const [call = folder.unfinished()[0]] = ended;
  if (call === undefined) throw new Error('no call');
  return call;
}

describe('a call of the log as a block', () => {
  test('from its arrival to its end', () => {
    const [header, ...rest] = callBlock(callOf(callLines('3f2a91c0')), PLAIN, false);
    expect(header).toMatch(/^2026-11-2\d \d\d:\d\d:00\.000 {2}1001 "Alice" → 13800138000 {2}3f2a91c0$/);
    expect(rest).toEqual([
      '  from        extension 1001 on internal',
      '  context     default of example.com: context default by profile internal',
      '  matched     local',
      '      +1.0 s  bridge user/1002  2.0 s: USER_BUSY',
      '      +4.0 s  hung up USER_BUSY after 4.0 s; decided in 1.3 ms',
    ]);
  });

  test('not ended yet, and the end not known', () => {
    const call = callOf(callLines('a').slice(0, 2));
    expect(callBlock(call, PLAIN, false).slice(-2)).toEqual([
      '      +1.0 s  bridge user/1002  still running',
      '      +1.0 s  not ended yet',
    ]);
    expect(callBlock({ ...call, state: 'lost' }, PLAIN, false).slice(-2)).toEqual([
      '      +1.0 s  bridge user/1002  not ended',
      '      +1.0 s  how it ended is not in the log',
    ]);
  });

  test('why it failed, troubles line by line, and the trace where it is wanted', () => {
    const lines = [
      ...callLines('a').slice(0, 1),
      logLine('a', 'trace', 0, { trace: ['extension local: failed'] }),
      logLine('a', 'fault', 0, { level: 'error', message: 'a fault\n    at here' }),
      logLine('a', 'ended', 0, { outcome: 'failed', error: 'no such application' }),
    ];
    const block = callBlock(callOf(lines), PLAIN, true).slice(3);
    expect(block).toEqual([
      '       +0 ms  ! a fault',
      '              !     at here',
      '      extension local: failed',
      '       +0 ms  failed: no such application; not decided',
    ]);
  });

  test('whatever a caller put into it, nothing reaches the terminal but text', () => {
    const evil = '\x1b]0;owned\x07\x1b[2J\r\n\u202eevil\u009b31m';
    const fields = Object.fromEntries(
      ['caller', 'callerName', 'destination', 'origin', 'domain', 'context', 'why'].map((name) => [name, evil]),
    );
    const lines = [
      logLine(evil, 'arrived', 0, fields),
      logLine(evil, 'trace', 0, { trace: [evil] }),
      logLine(evil, 'started', 0, { application: evil, data: evil }),
      logLine(evil, 'completed', 0, { application: evil, durationMs: 1, response: evil }),
      logLine(evil, 'fault', 0, { level: 'error', message: evil }),
      logLine(evil, 'ended', 0, { outcome: evil, hangupCause: evil, error: evil, matched: [evil] }),
    ];
    const text = callBlock(callOf(lines), PLAIN, true).join('');
    expect(text).toContain('owned');
    expect(text).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
  });

  test('failures are red on a terminal only', () => {
    const style = styleFor({ isTTY: true }, {});
    const failed = callOf(callLines('a', { outcome: 'failed' }));
    expect(callBlock(failed, style, false).at(-1)).toContain(
      style.bad('failed USER_BUSY after 4.0 s; decided in 1.3 ms'),
    );
    expect(callBlock(callOf(callLines('a')), style, false).at(-1)).toContain('\x1b[33m');
  });
});

describe('which calls are wanted', () => {
  const call = callOf(callLines('3f2a91c0'));
  const at = (second: number): number => Date.UTC(2026, 10, 25, 10, 0, second);

  test.each<[CallFilter, boolean]>([
    [{}, true],
    [{ call: '3f2a' }, true],
    [{ call: '2a91' }, false],
    [{ number: '1001' }, true],
    [{ number: '1380013' }, true],
    [{ number: '1002' }, false],
    [{ context: 'default' }, true],
    [{ context: 'defau' }, false],
    [{ domain: 'example.com' }, true],
    [{ domain: 'other' }, false],
    [{ failed: true }, false],
    [{ since: at(4) }, true],
    [{ since: at(5) }, false],
    [{ until: at(0) }, true],
    [{ until: at(-1) }, false],
    [{ number: '1001', context: 'other' }, false],
  ])('%j: %s', (filter, wanted) => {
    expect(isWanted(call, filter)).toBe(wanted);
  });

  test('failed: no route, a failure, a warning, an end nobody saw', () => {
    const failed = { failed: true };
    expect(isWanted({ ...call, outcome: 'noRoute' }, failed)).toBe(true);
    expect(isWanted({ ...call, outcome: 'failed' }, failed)).toBe(true);
    expect(isWanted({ ...call, state: 'lost' }, failed)).toBe(true);
    expect(isWanted({ ...call, troubles: [{ at: 0, level: 'warn', message: '' }] }, failed)).toBe(true);
  });

  test('a masked number is known by its length and its last digits', () => {
    const masked = { ...call, caller: '*******8000', destination: '' };
    expect(isWanted(masked, { number: '13800138000' })).toBe(true);
    expect(isWanted(masked, { number: '8000' })).toBe(true);
    expect(isWanted(masked, { number: '3800138000' })).toBe(false);
    expect(isWanted(masked, { number: '13800138001' })).toBe(false);
  });
});
