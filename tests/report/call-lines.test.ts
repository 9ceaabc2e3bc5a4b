import { describe, expect, test } from '@jest/globals';
import { bytesOf } from '../../src/bytes.js';
import type { Call } from '../../src/calls/call.js';
import { arrivalLine, endLine, shortId, startLine, summaryLine } from '../../src/report/call-lines.js';
import { callTimeline } from '../../src/report/call-timeline.js';

const ARRIVED = 1_000_000;

function callOf(changes: Partial<Call> = {}): Call {
  return {
    id: '5b8f3c1e-0000-4000-8000-000000000001',
    arrivedAt: ARRIVED,
    callerNumber: '1001',
    callerName: 'Alice',
    destination: '13800138000',
    mode: 'async',
    data: new Map(),
    selected: {
      domain: 'example.com',
      name: 'default',
      context: undefined,
      origin: { kind: 'extension', name: '1001', profile: 'internal' },
      choice: { context: { by: 'default', of: undefined }, domain: { variable: undefined, unknown: undefined } },
      why: 'context default by profile internal; domain example.com by domain_name',
    },
    trace: [],
    answers: [],
    hunted: undefined,
    matched: ['record', 'call trunk'],
    decisionMs: 1.23,
    applications: [],
    outcome: 'finished',
    hangupCause: 'NORMAL_CLEARING',
    isAnswered: true,
    talkMs: 9_800,
    endedAt: ARRIVED + 12_300,
    error: undefined,
    ...changes,
  };
}

const bridge = {
  application: 'bridge',
  data: 'sofia/gateway/default/13800138000',
  startedAt: ARRIVED + 2,
  endedAt: ARRIVED + 5_202,
  response: undefined,
};

describe('the line of a call that arrives', () => {
  test('says who calls whom, from where, and which context and why', () => {
    expect(arrivalLine(callOf())).toBe(
      '1001 "Alice" → 13800138000 from extension 1001 on internal: ' +
        'context default by profile internal; domain example.com by domain_name',
    );
  });

  test('shows a party nobody knows, and a name a terminal would act on', () => {
    const selected = {
      ...callOf().selected,
      origin: { kind: 'unknown', name: undefined, profile: undefined } as const,
    };
    const line = arrivalLine(callOf({ selected, callerNumber: '', callerName: bytesOf('\x1b[2J\u202e王\r') + '\xff' }));
    expect(line).toMatch(/^anonymous "\\x1b\[2J\\u202e王\\x0d\\xff" → 13800138000 from an unknown party: /);
  });
});

test('the lines of an application', () => {
  expect(startLine(bridge)).toBe('bridge sofia/gateway/default/13800138000');
  expect(startLine({ ...bridge, data: '' })).toBe('bridge');
  expect(endLine(bridge)).toBe('bridge ended after 5.2 s');
  expect(endLine({ ...bridge, application: 'playback', endedAt: ARRIVED + 42, response: 'FILE PLAYED' })).toBe(
    'playback ended after 40 ms: FILE PLAYED',
  );
});

describe('the summary', () => {
  test('says how the call ended, how long it took and talked, what matched and how fast that was decided', () => {
    expect(summaryLine(callOf())).toBe(
      'finished NORMAL_CLEARING after 12.3 s, talked 9.8 s; matched record, call trunk; decided in 1.2 ms',
    );
  });

  test.each<[Partial<Call>, string]>([
    [
      { outcome: 'hungUp', hangupCause: undefined, talkMs: undefined },
      'hung up after 12.3 s, answered; matched record',
    ],
    [{ outcome: 'noRoute', isAnswered: false, talkMs: undefined, matched: [] }, ', not answered; matched nothing; '],
    [{ outcome: 'noRoute', hangupCause: 'NO_ROUTE_DESTINATION' }, 'no route NO_ROUTE_DESTINATION after'],
    [{ outcome: 'transferred' }, 'transferred NORMAL_CLEARING'],
    [{ outcome: 'handedBack' }, "handed back to FreeSWITCH's dialplan"],
    [{ outcome: 'closed' }, 'socket closed by FreeSWITCH'],
    [{ outcome: 'failed', error: new Error('a\nbug'), decisionMs: undefined }, 'failed: a\\x0abug'],
    [{ outcome: 'failed', decisionMs: undefined }, '; not decided'],
  ])('of %j', (changes, text) => {
    expect(summaryLine(callOf(changes))).toContain(text);
  });
});

test('the short id is enough of the uuid to tell calls apart, and safe to print', () => {
  expect(shortId('5b8f3c1e-0000-4000-8000-000000000001')).toBe('5b8f3c1e');
  expect(shortId('\x1b[31mred')).toBe('\\x1b[31mred');
});

test('a timeline has every moment in order, then the trace', () => {
  const regex = { kind: 'parsing', context: 'default', extension: 'record', continue: 'true' } as const;
  const problem = { kind: 'problem', message: 'Recursion LIMIT!' } as const;
  expect(callTimeline(callOf({ applications: [bridge], trace: [regex, problem] }))).toEqual([
    expect.stringMatching(/^5b8f3c1e {2}1001 "Alice" → 13800138000 from extension 1001 on internal: /),
    '    0 ms  arrived',
    '    1 ms  decided: record, call trunk',
    '    2 ms  bridge sofia/gateway/default/13800138000',
    ' 5202 ms    bridge ended after 5.2 s',
    '12300 ms  finished NORMAL_CLEARING after 12.3 s, talked 9.8 s; matched record, call trunk; decided in 1.2 ms',
    '  why:',
    '    parsing [default->record] continue=true',
    '    ! Recursion LIMIT!',
  ]);
});
