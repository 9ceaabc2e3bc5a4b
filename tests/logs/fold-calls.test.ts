import { describe, expect, test } from '@jest/globals';
import { CallFolder } from '../../src/logs/fold-calls.js';
import { parseLogEntry } from '../../src/logs/log-entry.js';
import type { LoggedCall } from '../../src/logs/logged-call.js';
import { callLines, logEntry, logLine } from './log-lines.js';

function fold(folder: CallFolder, lines: readonly string[]): LoggedCall[] {
  return lines.flatMap((line) => {
    const entry = parseLogEntry(line);
    return entry === undefined ? [] : folder.take(entry, line.length);
  });
}

describe('lines of a log', () => {
  test('become a call when it ends', () => {
    const folder = new CallFolder();
    const [first = '', ...rest] = callLines('a');
    expect(fold(folder, [first])).toEqual([]);
    expect(folder.unfinished()).toMatchObject([{ id: 'a', state: 'unfinished', caller: '1001' }]);
    expect(fold(folder, rest)).toMatchObject([
      {
        id: 'a',
        state: 'ended',
        isBeginningKnown: true,
        callerName: 'Alice',
        destination: '13800138000',
        applications: [{ application: 'bridge', data: 'user/1002', durationMs: 2_000, response: 'USER_BUSY' }],
        outcome: 'hungUp',
        hangupCause: 'USER_BUSY',
        matched: ['local'],
        durationMs: 4_000,
      },
    ]);
    expect(folder.unfinished()).toEqual([]);
  });

  test('a call whose beginning was not read is known by its end', () => {
    const [call] = fold(new CallFolder(), callLines('a').slice(2));
    expect(call).toMatchObject({
      isBeginningKnown: false,
      caller: '1001',
      context: 'default',
      applications: [{ application: 'bridge', durationMs: 2_000, startedAt: Date.UTC(2026, 10, 25, 10, 0, 1) }],
    });
  });

  test('of two applications of a name that overlap, the first ends first', () => {
    const folder = new CallFolder();
    const set = { application: 'set' };
    folder.take(logEntry('a', 'started', 0, { ...set, data: 'x=1' }), 1);
    folder.take(logEntry('a', 'started', 1, { ...set, data: 'y=2' }), 1);
    folder.take(logEntry('a', 'completed', 2, { ...set, durationMs: 5 }), 1);
    expect(folder.unfinished()[0]?.applications).toMatchObject([
      { data: 'x=1', durationMs: 5 },
      { data: 'y=2', durationMs: undefined },
    ]);
  });

  test('what was going on when Parkway was started anew is lost', () => {
    const folder = new CallFolder();
    folder.take(logEntry('a', 'arrived', 0), 10);
    expect(folder.take(logEntry(undefined, 'listening', 5), 10)).toMatchObject([{ id: 'a', state: 'lost' }]);
    expect(folder.unfinished()).toEqual([]);
  });

  test('memory is bounded: of too much that does not end the oldest is given up', () => {
    const folder = new CallFolder(100);
    expect(folder.take(logEntry('a', 'arrived', 0), 60)).toEqual([]);
    expect(folder.take(logEntry('b', 'arrived', 1), 60)).toMatchObject([{ id: 'a', state: 'lost' }]);
    expect(folder.unfinished()).toMatchObject([{ id: 'b' }]);
    folder.take(logEntry('b', 'ended', 2), 60);
    expect(folder.take(logEntry('c', 'arrived', 3), 90)).toEqual([]);
  });

  test('a warning belongs to its call; one about a call that never was is shown at once', () => {
    const folder = new CallFolder();
    const warning = { level: 'warn', message: 'Redis is away' };
    folder.take(logEntry('a', 'arrived', 0), 1);
    expect(folder.take(logEntry('a', 'hashGet', 1, warning), 1)).toEqual([]);
    expect(folder.unfinished()).toMatchObject([{ troubles: [{ message: 'Redis is away' }] }]);
    expect(folder.take(logEntry('b', 'excess', 1, warning), 1)).toMatchObject([{ id: 'b', state: 'noted' }]);
    expect(folder.unfinished()).toHaveLength(1);
  });

  test.each([
    '',
    'no JSON',
    '12',
    'null',
    '[]',
    '{"level":"info"}',
    '{"level":1,"message":"","timestamp":"2026-11-25"}',
  ])('no log entry: %j', (line) => {
    expect(parseLogEntry(line)).toBeUndefined();
  });

  test('values of a wrong kind are as if they were not there', () => {
    const folder = new CallFolder();
    const line = logLine('a', 'ended', 0, { caller: 5, matched: 'x', durationMs: '1', outcome: null, context: {} });
    expect(fold(folder, [line])).toMatchObject([
      { caller: undefined, matched: [], durationMs: undefined, outcome: undefined, context: undefined },
    ]);
  });
});
