import { describe, expect, test } from '@jest/globals';
import type { ExtensionDocument } from '../../src/dialplan/extension-document.js';
import { answersFromTexts, KNOWS_NOTHING, type AnswerSource } from '../../src/replay/answer-source.js';
import { replay, type Replayed, type ReplayOptions } from '../../src/replay/replay.js';
import { DialplanStore } from '../../src/routes/store.js';

const OPTIONS: ReplayOptions = {
  neutraliseCaptures: true,
  sources: [],
  moment: { epochMs: Date.UTC(2026, 10, 25, 12), serverZone: 'UTC' },
};

function replayIn(
  extension: ExtensionDocument,
  answers: AnswerSource = KNOWS_NOTHING,
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
  return replay({ data, answers }, store.snapshot, { ...OPTIONS, ...options });
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

  test('uses another context when told to', () => {
    const { selected } = replayIn(ASKING, KNOWS_NOTHING, { context: 'Other' });
    expect(selected.context?.name).toBe('other');
    expect(selected.why).toContain('context Other as asked for');
  });
});
