import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Call } from '../../src/calls/call.js';
import { capturedCall, type CapturedCall } from '../../src/capture/captured-call.js';
import { createValidator } from '../../src/dialplan/validate.js';
import { TestDaemon, type PlayOptions } from '../support/test-daemon.js';

const schema = createRequire(import.meta.url)('../../schema/capture.schema.json') as object;
const validator = createValidator<CapturedCall>(schema, { unknownKey: 'warning' });

const EXTENSIONS = {
  tier: {
    continue: true,
    condition: [
      { field: '${hash(select/tiers/${caller_id_number})}', expression: '^gold$' },
      { field: '${site}', expression: '^(.*)$', action: { application: 'set', data: 'where=$1', inline: true } },
      { field: '${hash(select/tiers/${caller_id_number})}', expression: '^silver$' },
    ],
  },
  call: {
    condition: {
      field: 'destination_number',
      expression: '^1002$',
      action: { application: 'bridge', data: 'user/1002' },
    },
  },
};

let daemon: TestDaemon;

beforeAll(async () => {
  daemon = await TestDaemon.start({ extensions: EXTENSIONS });
});
afterAll(async () => {
  await daemon.stop();
});

async function played(options: PlayOptions): Promise<{ call: Call; captured: CapturedCall }> {
  await daemon.play(options);
  const call = daemon.ended.at(-1) as Call;
  const captured = JSON.parse(
    JSON.stringify(capturedCall(call, { timezone: 'Asia/Shanghai', neutraliseCaptures: true })),
  ) as CapturedCall;
  expect(validator.validateValue(captured).problems).toEqual([]);
  return { call, captured };
}

describe('a captured call', () => {
  const script = {
    globals: { site: 'Köln' },
    api: [{ function: 'hash', answer: 'gold' }],
  };

  test('holds what FreeSWITCH told, what it answered, what was decided and what came of it', async () => {
    const { call, captured } = await played({ script });
    expect(captured).toMatchObject({
      capture: 1,
      call: call.id,
      timezone: 'Asia/Shanghai',
      neutraliseCaptures: true,
      masked: false,
      mode: 'async',
      domain: 'example.com',
      context: 'default',
      answers: {
        globals: { site: 'Köln' },
        api: { '${hash(select/tiers/1001)}': 'gold' },
        afterInline: [{ data: { variable_where: 'Köln' }, globals: {}, api: {} }],
      },
      decision: {
        route: true,
        matched: ['tier', 'call'],
        actions: [{ application: 'bridge', data: 'user/1002' }],
        inline: [{ application: 'set', data: 'where=Köln' }],
      },
      applications: [{ application: 'bridge', data: 'user/1002' }],
      outcome: { kind: 'finished', hangupCause: 'NORMAL_CLEARING', answered: true },
    });
    expect(captured.data['Caller-Destination-Number']).toBe('1002');
    expect(Object.keys(captured.data)).toHaveLength(call.data.size);
    expect(
      Object.keys(captured.answers.afterInline[0]?.data ?? {}).filter((name) => name.startsWith('Event-')),
    ).toEqual([]);
  });

  test('a variable or function FreeSWITCH does not have is null', async () => {
    const { captured } = await played({ script: { api: [{ function: 'hash', answer: '' }] } });
    expect(captured.answers.globals).toEqual({});
    expect(captured.answers.api).toEqual({ '${hash(select/tiers/1001)}': null });
  });

  test('keeps bytes that are no UTF-8, and names that objects have of their own', async () => {
    const { captured } = await played({
      script,
      headers: { variable___proto__: 'a', 'Caller-Caller-ID-Name': 'J\xfcrg \xe4\xb8\xad' },
    });
    expect(captured.data['Caller-Caller-ID-Name']).toBe('J\udcfcrg 中');
    expect(captured.data['variable___proto__']).toBe('a');
  });

  test('a call that finds no route says so', async () => {
    const { captured } = await played({ script, headers: { 'Caller-Destination-Number': '9' } });
    expect(captured.decision).toMatchObject({ route: true, matched: ['tier'] });
    expect(captured.outcome.kind).toBe('finished');
    const other = await played({
      script: { api: [{ function: 'hash', answer: 'none' }] },
      headers: { 'Caller-Destination-Number': '9' },
    });
    expect(other.captured.decision).toMatchObject({ route: false, matched: [], actions: [], inline: [] });
    expect(other.captured.outcome).toMatchObject({ kind: 'noRoute', hangupCause: 'NO_ROUTE_DESTINATION' });
  });
});
