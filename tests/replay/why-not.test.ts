import { describe, expect, test } from '@jest/globals';
import type { ExtensionDocument } from '../../src/dialplan/extension-document.js';
import { KNOWS_NOTHING } from '../../src/replay/answer-source.js';
import type { RecordedCall } from '../../src/replay/recorded-call.js';
import { followTransfers } from '../../src/replay/follow-transfers.js';
import { replay, type ReplayOptions } from '../../src/replay/replay.js';
import { whyNot, type WhyNot } from '../../src/replay/why-not.js';
import type { DocumentText } from '../../src/routes/document.js';
import { DialplanStore } from '../../src/routes/store.js';

const ANSWER = { application: 'answer' };
/** A Wednesday. */
const NOON = Date.UTC(2026, 10, 25, 12);

function callOf(headers: Readonly<Record<string, string>>): RecordedCall {
  return {
    kind: 'call',
    location: 'file:1',
    format: 'uuid_dump',
    data: new Map(Object.entries({ 'Unique-ID': '1', 'Caller-Destination-Number': '2001', ...headers })),
    answers: KNOWS_NOTHING,
    time: { epochMs: NOON, from: 'capture' },
    timezone: 'UTC',
    capture: undefined,
    notes: [],
  };
}

async function why(
  extensions: Readonly<Record<string, ExtensionDocument>>,
  { target = 'target', headers = {}, context = 'default' } = {},
): Promise<WhyNot> {
  const store = new DialplanStore();
  const texts = Object.entries(extensions).map(
    ([name, document]) =>
      [name, { domain: 'd', kind: 'extension' as const, name, text: JSON.stringify(document) }] as const,
  );
  const contexts = JSON.stringify({ [context]: Object.keys(extensions), other: [] });
  const routes = JSON.stringify({ profile: { internal: context, external: 'other' }, gateway: { trunk: context } });
  store.update(
    new Map<string, DocumentText>([
      ...texts,
      ['contexts', { domain: 'd', kind: 'contexts' as const, name: 'contexts', text: contexts }],
      ['routes', { domain: 'd', kind: 'routes' as const, name: 'routes', text: routes }],
    ]),
  );
  const { snapshot } = store;
  const options: ReplayOptions = {
    neutraliseCaptures: true,
    sources: [],
    moment: { epochMs: NOON, serverZone: 'UTC' },
  };
  return whyNot(callOf(headers), target, {
    snapshot,
    options,
    hunt: (call, changed) => {
      const replayed = replay(call, snapshot, changed);
      return Promise.resolve({ replayed, followed: followTransfers(call, replayed, snapshot, changed) });
    },
  });
}

function changesOf({ solutions }: WhyNot): object[][] {
  return solutions.map(({ changes }) => changes.map((change) => ({ ...change })));
}

const TO_1XXX = { field: 'destination_number', expression: '^1\\d{3}$', action: ANSWER };

describe('why not', () => {
  test('a field: the nearest value that matches', async () => {
    const answer = await why({ target: { condition: TO_1XXX } });
    expect(answer.reason).toMatchObject({ kind: 'failed', tests: [{ expression: '^1\\d{3}$', value: '2001' }] });
    expect(changesOf(answer)[0]).toEqual([
      { kind: 'field', name: 'destination_number', before: '2001', after: '1001' },
    ]);
    expect(answer.solutions[0]?.replayed.hunted.matched).toEqual(['target']);
  });

  test('an extension before it: a value that goes past it and still matches', async () => {
    const answer = await why({
      first: { condition: { field: 'destination_number', expression: '^[12]', action: ANSWER } },
      target: { condition: { field: 'destination_number', expression: '^\\d{4}$', action: ANSWER } },
    });
    expect(answer.reason).toMatchObject({ kind: 'before', extension: 'first' });
    const [[change]] = changesOf(answer) as [[{ after: string }]];
    expect(change.after).toMatch(/^[^12]001$/);
  });

  test('the time: the nearest minute at which it is tried otherwise', async () => {
    const answer = await why({ target: { condition: { 'time-of-day': '14:30-16:00', wday: '2-6', action: ANSWER } } });
    expect(changesOf(answer)).toEqual([[{ kind: 'time', before: NOON, after: Date.UTC(2026, 10, 25, 14, 30) }]]);
    const holiday = await why({ target: { condition: { mon: '12', mday: '25', action: ANSWER } } });
    expect(changesOf(holiday)).toEqual([[{ kind: 'time', before: NOON, after: Date.UTC(2026, 11, 25) }]]);
    const leapDay = await why({
      target: { condition: { mon: '2', mday: '29', 'time-of-day': '10:00:30-10:00:40', action: ANSWER } },
    });
    expect(changesOf(leapDay)).toEqual([[{ kind: 'time', before: NOON, after: Date.UTC(2028, 1, 29, 10, 0, 30) }]]);
  });

  test('a time that never comes, or a field made of several values, is told', async () => {
    const never = await why({ target: { condition: { mon: '2', mday: '30', action: ANSWER } } });
    expect(never).toMatchObject({ solutions: [], searched: { tried: 1, isExhausted: true, isTimeMissing: true } });
    const mixed = await why({
      target: { condition: { field: '${a}/${b}', expression: '^x/y$', action: ANSWER } },
    });
    expect(mixed).toMatchObject({ solutions: [], searched: { isTimeMissing: false, unchangeable: ['${a}/${b}'] } });
  });

  test('the time of a zone the dialplan itself chose', async () => {
    const answer = await why({
      zone: {
        continue: true,
        condition: { action: { application: 'set', data: 'timezone=Asia/Tokyo', inline: true } },
      },
      target: { condition: { hour: '22', action: ANSWER } },
    });
    expect(changesOf(answer)[0]).toEqual([{ kind: 'time', before: NOON, after: Date.UTC(2026, 10, 25, 13) }]);
  });

  test('an extension behind a transfer', async () => {
    const elsewhere = (expression: string): Record<string, ExtensionDocument> => ({
      first: {
        condition: {
          field: 'destination_number',
          expression: '^2',
          action: { application: 'transfer', data: '5000 XML default' },
        },
      },
      target: { condition: { field: 'destination_number', expression, action: ANSWER } },
    });
    expect((await why(elsewhere('^5000$'))).reason).toEqual({ kind: 'reached' });
    expect(await why(elsewhere('^6000$'))).toMatchObject({
      by: { application: 'transfer' },
      reason: { kind: 'failed', tests: [{ value: '5000' }] },
    });
  });

  test('two things at once, where one is not enough', async () => {
    const answer = await why({
      target: { condition: [{ 'time-of-day': '13:00-14:00', condition: TO_1XXX }] },
    });
    expect(changesOf(answer)[0]?.map((change) => ('kind' in change ? change.kind : ''))).toEqual(['field', 'time']);
    expect(answer.solutions[0]?.replayed.hunted.matched).toEqual(['target']);
  });

  test('a variable, a function’s answer', async () => {
    const answer = await why({
      target: { condition: { field: '${toll_allow}', expression: 'international', action: ANSWER } },
    });
    expect(changesOf(answer)[0]).toEqual([{ kind: 'field', name: 'toll_allow', before: '', after: 'international' }]);
    const asked = await why({
      target: { condition: { field: '${hash(select/vip/1)}', expression: '^gold$', action: ANSWER } },
    });
    expect(changesOf(asked)[0]).toEqual([
      { kind: 'answer', reference: '${hash(select/vip/1)}', before: '', after: 'gold' },
    ]);
  });

  test('another context: what the routes would choose it for', async () => {
    const answer = await why(
      { target: { condition: TO_1XXX } },
      { context: 'inside', headers: { variable_sofia_profile_name: 'external' } },
    );
    expect(answer.reason).toEqual({ kind: 'otherContext', contexts: ['inside'] });
    const names = changesOf(answer).map((changes) => changes.map((change) => ('name' in change ? change.name : '')));
    expect(names).toContainEqual(['sofia_profile_name', 'destination_number']);
    expect(names).toContainEqual(['sip_gateway', 'destination_number']);
    for (const { replayed } of answer.solutions) expect(replayed.hunted.matched).toEqual(['target']);
  });

  test('what cannot be led there has no change, and what was there needs none', async () => {
    const never = await why({
      first: { condition: { action: ANSWER } },
      target: { condition: TO_1XXX },
    });
    expect(never).toMatchObject({ reason: { kind: 'before', extension: 'first' }, solutions: [] });
    const contradiction = await why({
      target: {
        condition: [
          { field: 'destination_number', expression: '^1$' },
          { field: 'destination_number', expression: '^2$', action: ANSWER },
        ],
      },
    });
    expect(contradiction.solutions).toEqual([]);
    expect((await why({ target: { condition: { action: ANSWER } } })).reason).toEqual({ kind: 'reached' });
  });
});
