import { expect, test } from '@jest/globals';
import type { ExtensionDocument } from '../../src/dialplan/extension-document.js';
import { DialplanStore } from '../../src/routes/store.js';
import type { CaptureRead } from '../../src/supervisor/call-of-capture.js';
import { decisionToday } from '../../src/supervisor/decision-today.js';
import type { DecisionToday } from '../../src/supervisor/schemas/captures.js';
import { dialplanDocuments } from '../support/dialplan-documents.js';

/** Office hours, an answer of FreeSWITCH's API, one of its inline applications and a number decide. */
const THEN: Readonly<Record<string, ExtensionDocument>> = {
  marks: { continue: true, condition: { action: { application: 'lookup', data: 'x', inline: true } } },
  day: {
    condition: [
      { 'time-of-day': '08:00-12:00' },
      { field: '${db(select/vip/1001)}${tier}', expression: '^yesgold$' },
      {
        field: 'destination_number',
        expression: '^(1\\d+)$',
        action: [{ application: 'answer' }, { application: 'bridge', data: 'user/$1' }],
      },
    ],
  },
};

const DECISION = {
  route: true,
  matched: ['marks', 'day'],
  actions: [
    { application: 'answer', data: '' },
    { application: 'bridge', data: 'user/1002' },
  ],
  inline: [{ application: 'lookup', data: 'x' }],
  decisionMs: 1,
};

const UNDECIDED: CaptureRead = {
  capture: 1,
  call: 'the-call',
  arrivedAt: Date.UTC(2026, 10, 25, 10, 30),
  timezone: 'UTC',
  neutraliseCaptures: true,
  mode: 'async',
  domain: 'd.example',
  context: 'default',
  data: { 'Unique-ID': 'the-call', 'Caller-Destination-Number': '1002' },
  answers: {
    globals: {},
    api: { '${db(select/vip/1001)}': 'yes' },
    afterInline: [{ data: { variable_tier: 'gold' }, globals: {}, api: {} }],
  },
  outcome: { kind: 'finished', answered: true, endedAt: Date.UTC(2026, 10, 25, 11) },
};

const CALL: CaptureRead = { ...UNDECIDED, decision: DECISION };

function today(
  extensions: Readonly<Record<string, ExtensionDocument>> = THEN,
  call: CaptureRead = CALL,
): DecisionToday | null {
  const store = new DialplanStore();
  store.update(dialplanDocuments({ 'd.example': { contexts: { default: Object.keys(extensions) }, extensions } }));
  return decisionToday(call, store.snapshot, { domain: undefined, neutraliseCaptures: true });
}

test('by the same dialplan a call is decided as it was, at its own time, with the answers there were then', () => {
  expect(today()).toMatchObject({ version: 1, isSame: true, matched: ['marks', 'day'], unknown: [] });
  expect(today()?.trace).toContainEqual(
    expect.objectContaining({
      kind: 'time',
      compared: [{ attribute: 'time-of-day', expected: '08:00-12:00', actual: '10:30:00', holds: true }],
    }),
  );
  expect(today()?.log).toContain(
    'Regex (PASS) [day] ${db(select/vip/1001)}${tier}(yesgold) =~ /^yesgold$/ break=on-false',
  );
});

const BRIDGED_ELSEWHERE = DECISION.actions.map(({ application, data }) => ({
  application,
  data: data.replace('2', '3'),
}));

test.each<[string, Partial<CaptureRead>]>([
  ['in another context', { context: 'public' }],
  ['in another domain', { domain: 'other.example' }],
  ['by other extensions', { decision: { ...DECISION, matched: ['day'] } }],
  ['to fewer applications', { decision: { ...DECISION, actions: DECISION.actions.slice(0, 1) } }],
  ['to an application with other data', { decision: { ...DECISION, actions: BRIDGED_ELSEWHERE } }],
  ['with no inline application', { decision: { ...DECISION, inline: [] } }],
  ['to no route', { decision: { ...DECISION, route: false } }],
])('a call that was decided %s is not decided the same', (_how, change) => {
  expect(today(THEN, { ...CALL, ...change })).toMatchObject({ isSame: false });
});

test('nor is one that ended before it was decided', () => {
  expect(today(THEN, UNDECIDED)).toMatchObject({ isSame: false, matched: ['marks'] });
});

test('what today’s dialplan asks and nobody asked then is told', () => {
  const asks = { ...THEN, day: { condition: { field: '${hash(select/a/b)}', expression: '^$', action: [] } } };
  expect(today(asks)).toMatchObject({ isSame: false, unknown: ['${hash(select/a/b)}'] });
});

test('as long as there is no dialplan nothing is decided', () => {
  const store = new DialplanStore();
  expect(decisionToday(CALL, store.snapshot, { domain: undefined, neutraliseCaptures: true })).toBeNull();
});
