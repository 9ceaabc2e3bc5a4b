/** Lines as Parkway logs them: what `createCallLog` writes of a call, with times of the test's own. */
import type { LogEntry } from '../../src/logs/log-entry.js';
import { parseLogEntry } from '../../src/logs/log-entry.js';

/** @param second since 2026-11-25T10:00Z */
export function logLine(call: string | undefined, event: string, second: number, fields: object = {}): string {
  const timestamp = new Date(Date.UTC(2026, 10, 25, 10, 0, second)).toISOString();
  return JSON.stringify({ level: 'info', message: event, timestamp, call, event, ...fields });
}

export function logEntry(...args: Parameters<typeof logLine>): LogEntry {
  const entry = parseLogEntry(logLine(...args));
  if (entry === undefined) throw new Error('no log entry');
  return entry;
}

export const IDENTITY = {
  caller: '1001',
  callerName: 'Alice',
  destination: '13800138000',
  origin: 'extension 1001 on internal',
  domain: 'example.com',
  context: 'default',
  why: 'context default by profile internal',
};

/** All lines of a call: one application, then it is hung up. */
export function callLines(call: string, fields: object = {}): string[] {
  return [
    logLine(call, 'arrived', 0, { ...IDENTITY, ...fields }),
    logLine(call, 'started', 1, { application: 'bridge', data: 'user/1002' }),
    logLine(call, 'completed', 3, { application: 'bridge', durationMs: 2_000, response: 'USER_BUSY' }),
    logLine(call, 'ended', 4, {
      ...IDENTITY,
      outcome: 'hungUp',
      hangupCause: 'USER_BUSY',
      matched: ['local'],
      durationMs: 4_000,
      decisionMs: 1.25,
      ...fields,
    }),
  ];
}
