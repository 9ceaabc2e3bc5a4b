import { describe, expect, test } from '@jest/globals';
import type { ConditionDocument, ExtensionDocument } from '../../src/dialplan/extension-document.js';
import { answersFromTexts, KNOWS_NOTHING, type AnswerSource } from '../../src/replay/answer-source.js';
import { CallReader } from '../../src/replay/read-calls.js';
import { replay, type ReplayedCall, type Replayed, type ReplayOptions } from '../../src/replay/replay.js';
import { DialplanStore } from '../../src/routes/store.js';

const OPTIONS: ReplayOptions = {
  neutraliseCaptures: true,
  sources: [],
  moment: { epochMs: Date.UTC(2026, 10, 25, 12), serverZone: 'UTC' },
};

function replayIn(
  extension: ExtensionDocument,
  call: AnswerSource | Pick<ReplayedCall, 'answers' | 'inline'> = KNOWS_NOTHING,
  options: Partial<ReplayOptions> = {},
): Replayed {
  const store = new DialplanStore();
  store.update(
    new Map([
      ['a', { domain: 'd', kind: 'extension', name: 'a', text: JSON.stringify(extension) }],
      ['c', { domain: 'd', kind: 'contexts', name: 'contexts', text: '{ "default": ["a"], "other": [] }' }],
    ]),
  );
  const data = new Map([
    ['Unique-ID', '1'],
    ['Caller-Destination-Number', '1002'],
  ]);
  const recorded = 'answers' in call ? call : { answers: call };
  return replay({ ...recorded, data }, store.snapshot, { ...OPTIONS, ...options });
}

const ASKING: ExtensionDocument = {
  condition: {
    field: '${hash(select/vip/${destination_number})}',
    expression: '^gold$',
    action: { application: 'answer' },
  },
};

describe('replay', () => {
  test('picks the context, hunts it and answers from the recording first', () => {
    const recorded = answersFromTexts({ api: { '${hash(select/vip/1002)}': 'gold' } });
    const other = answersFromTexts({ api: { '${hash(select/vip/${destination_number})}': 'silver' } });
    const { selected, hunted, certain } = replayIn(ASKING, recorded, { sources: [other] });
    expect(selected).toMatchObject({ name: 'default', domain: 'd' });
    expect(hunted.applications).toEqual([{ application: 'answer', data: '' }]);
    expect(certain).toBe(true);
    expect(replayIn(ASKING, KNOWS_NOTHING, { sources: [other] }).hunted.route).toBe(false);
  });

  test('says what nobody knew, and from where on the trace is not certain', () => {
    const { unknown, certain, hunted } = replayIn(ASKING);
    expect(unknown).toEqual([{ kind: 'api', text: '${hash(select/vip/1002)}', traceLength: 1, assumed: false }]);
    expect(certain).toBe(false);
    expect(hunted.trace).toHaveLength(2);
  });

  test('takes a value known to be missing as an answer', () => {
    expect(replayIn(ASKING, answersFromTexts({ api: { '${hash(select/vip/1002)}': null } })).certain).toBe(true);
  });

  test('takes a global variable nobody knows as unset, and says so', () => {
    const { unknown, certain } = replayIn({ condition: { hour: '12', action: { application: 'answer' } } });
    expect(unknown.map(({ text, assumed }) => [text, assumed])).toEqual([
      ['tod_tz_offset', true],
      ['timezone', true],
    ]);
    expect(certain).toBe(true);
  });

  test('takes what an inline application did from the recording, as long as the same is executed', () => {
    const extension: ExtensionDocument = {
      condition: [
        { action: { application: 'set', data: 'who=${hash(select/a/b)}', inline: true } },
        { field: '${who}', expression: '^gold$', action: { application: 'answer' } },
      ],
    };
    const capture = {
      capture: 1,
      call: '1',
      arrivedAt: 1,
      timezone: 'UTC',
      data: { 'Unique-ID': '1' },
      answers: {
        globals: {},
        api: {},
        afterInline: [{ data: { variable_who: 'gold' }, globals: {}, api: {} }],
      },
      decision: {
        route: true,
        matched: ['a'],
        actions: [],
        inline: [{ application: 'set', data: 'who=${hash(select/a/b)}' }],
      },
    };
    const [recorded] = new CallReader('file').push(Buffer.from(`${JSON.stringify(capture)}\n`));
    if (recorded?.kind !== 'call') throw new Error('no call');
    const alike = replayIn(extension, recorded);
    expect(alike.hunted.applications).toEqual([{ application: 'answer', data: '' }]);
    expect(alike.unknown).toEqual([]);
    const [set, ...others] = extension.condition as [ConditionDocument, ...ConditionDocument[]];
    const otherwise = { ...set, action: { application: 'set', data: 'who=${hash(select/a/c)}', inline: true } };
    expect(replayIn({ condition: [otherwise, ...others] }, recorded).certain).toBe(false);
  });

  test('uses another context when told to', () => {
    const { selected } = replayIn(ASKING, KNOWS_NOTHING, { context: 'Other' });
    expect(selected.context?.name).toBe('other');
    expect(selected.why).toContain('context Other as asked for');
  });
});
