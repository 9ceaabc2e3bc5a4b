import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf, textOf } from '../../src/bytes.js';
import { Anonymiser } from '../../src/replay/anonymise.js';
import { KNOWS_NOTHING } from '../../src/replay/answer-source.js';
import { readCalls } from '../../src/replay/read-calls.js';
import { readDump } from '../../src/replay/read-dump.js';
import type { RecordedCall } from '../../src/replay/recorded-call.js';
import { replay } from '../../src/replay/replay.js';
import { dataJson } from '../../src/report/dump-lines.js';
import type { DocumentText } from '../../src/routes/document.js';
import type { Snapshot } from '../../src/routes/snapshot.js';
import { DialplanStore } from '../../src/routes/store.js';
import { Tokens } from '../../src/replay/tokens.js';

const DATA = {
  'Unique-ID': '221b732e-9b72-4999-adb3-236448876109',
  'Event-Date-Local': '2026-11-22 12:10:00',
  'Event-Date-Timestamp': '1795349400555562',
  'Caller-Profile-Created-Time': '1795349399335541',
  'Caller-Caller-ID-Number': '+4989123456',
  'Caller-Caller-ID-Name': '张三 Zoe',
  'Caller-Destination-Number': '13800138000',
  'Caller-Network-Addr': '192.168.7.23',
  'Channel-Name': 'sofia/internal/+4989123456@pbx.acme.com',
  variable_sip_from_user: '1001',
  variable_sip_from_host: 'pbx.acme.com',
  variable_domain_name: 'example.com',
  variable_sip_full_from: '"张三 Zoe" <sip:+4989123456@pbx.acme.com;user=phone>;tag=ab12',
  variable_my_note: 'call 13800138000 back, or bob@other.org, 02079460000; 2001:db8::1',
  variable_start_epoch: '1795349399',
  variable_rtp_use_codec_rate: '8000',
};

function anonymise(data: Readonly<Record<string, string>>, key = 'k', keptDigits = 3): Record<string, string> {
  const anonymiser = new Anonymiser(new Tokens(key, keptDigits), { keptHosts: new Set(['example.com']) });
  const bytes = new Map(Object.entries(data).map(([name, value]) => [name, bytesOf(value)]));
  return Object.fromEntries([...anonymiser.data(bytes)].map(([name, value]) => [name, textOf(value)]));
}

function snapshotOf(tests: readonly { readonly field: string; readonly expression: string }[]): Snapshot {
  const store = new DialplanStore();
  const extensions = tests.map((condition, index): DocumentText => ({
    domain: 'd',
    kind: 'extension',
    name: String(index),
    text: JSON.stringify({ continue: index % 2 === 0, condition: { ...condition, action: { application: 'answer' } } }),
  }));
  const contexts = JSON.stringify({ default: tests.map((_test, index) => String(index)) });
  store.update(
    new Map([
      ...extensions.map((document) => [document.name, document] as const),
      ['contexts', { domain: 'd', kind: 'contexts', name: 'contexts', text: contexts }],
    ]),
  );
  return store.snapshot;
}

function matchedBy(snapshot: Snapshot, data: Readonly<Record<string, string>>): readonly string[] {
  const call = { data: new Map(Object.entries(data)), answers: KNOWS_NOTHING };
  const moment = { epochMs: 0, serverZone: 'UTC' };
  return replay(call, snapshot, { neutraliseCaptures: true, sources: [], moment }).hunted.matched;
}

describe('anonymise', () => {
  const shared = anonymise(DATA);

  test('leaves nobody in it, wherever they stood', () => {
    const text = JSON.stringify(shared);
    for (const secret of [
      '4989123456',
      '13800138000',
      '张三',
      'Zoe',
      'acme',
      '192.168.7.23',
      'bob',
      'other.org',
      '02079460000',
      'db8::1',
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  test('keeps length, leading digits and what the call is hunted by', () => {
    for (const [name, value] of Object.entries(DATA)) {
      expect(Buffer.from(shared[name] ?? '').length).toBe(Buffer.from(value).length);
    }
    expect(shared['Caller-Destination-Number']).toMatch(/^138\d{8}$/);
    expect(shared['Caller-Network-Addr']).toMatch(/^192\.168\.\d\.\d\d$/);
    for (const kept of [
      'Unique-ID',
      'Event-Date-Local',
      'Event-Date-Timestamp',
      'Caller-Profile-Created-Time',
    ] as const) {
      expect(shared[kept]).toBe(DATA[kept]);
    }
    expect(shared).toMatchObject({
      variable_domain_name: 'example.com',
      variable_start_epoch: '1795349399',
      variable_rtp_use_codec_rate: '8000',
    });
  });

  test('has one token for one number, inside other values too, in every dump of a run', () => {
    const number = shared['Caller-Caller-ID-Number'] ?? '';
    const host = shared['variable_sip_from_host'] ?? '';
    const name = shared['Caller-Caller-ID-Name'] ?? '';
    expect(shared['Channel-Name']).toBe(`sofia/internal/${number}@${host}`);
    expect(shared['variable_sip_full_from']).toBe(`"${name}" <sip:${number}@${host};user=phone>;tag=ab12`);
    expect(shared['variable_my_note']).toContain(`call ${shared['Caller-Destination-Number'] ?? ''} back`);
    expect(anonymise({ ...DATA, variable_other: 'x' })).toMatchObject(shared);
  });

  test('has other tokens with another key', () => {
    expect(anonymise(DATA, 'other')['Caller-Destination-Number']).not.toBe(shared['Caller-Destination-Number']);
    expect(anonymise(DATA, 'k', 7)['Caller-Destination-Number']).toMatch(/^1380013/);
  });

  test('has different tokens for different numbers, however few there can be', () => {
    const tokens = new Tokens('k', 3);
    for (const width of [1, 2, 3]) {
      const numbers = Array.from({ length: 10 ** width }, (_, number) => `100${String(number).padStart(width, '0')}`);
      const shown = new Set(numbers.map((number) => tokens.number(number)));
      expect(shown.size).toBe(numbers.length);
      for (const token of shown) expect(token).toMatch(new RegExp(`^100\\d{${width}}$`));
    }
    expect(tokens.number('+49 (89) 123-456')).toMatch(/^\+49 \(8\d\) \d{3}-\d{3}$/);
    expect(tokens.number('+49 (89) 123-456').replace(/\D/g, '')).toBe(tokens.number('4989123456'));
  });

  test('goes where the call itself goes, under expressions of beginnings and lengths', () => {
    const beginning = fc.stringMatching(/^\+?[0-9]{0,3}$/);
    const expression = fc
      .tuple(beginning, fc.integer({ min: 0, max: 12 }), fc.option(fc.integer({ min: 0, max: 12 })))
      .map(([start, least, more]) => {
        const digits = more === null ? `{${least}}` : `{${least},${least + more}}`;
        return `^(${start.replace('+', '\\+')})(\\d${digits})$`;
      });
    const extensions = fc.array(
      fc.record({ field: fc.constantFrom('destination_number', 'caller_id_number', '${sip_to_user}'), expression }),
      { minLength: 1, maxLength: 6 },
    );
    const number = fc.tuple(beginning, fc.stringMatching(/^\d{1,12}$/)).map(([start, rest]) => start + rest);
    fc.assert(
      fc.property(extensions, number, number, fc.string(), (list, called, caller, key) => {
        const snapshot = snapshotOf(list);
        const data = {
          'Unique-ID': '221b732e-9b72-4999-adb3-236448876109',
          'Caller-Destination-Number': called,
          'Caller-Caller-ID-Number': caller,
          variable_sip_to_user: called,
        };
        expect(matchedBy(snapshot, anonymise(data, key))).toEqual(matchedBy(snapshot, data));
      }),
    );
  });

  test.each([
    ['uuid_dump.plain.txt', 'uuid_dump'],
    ['uuid_dump.json.txt', 'json event'],
    ['uuid_dump.xml.txt', 'xml event'],
    ['info.log.txt', "info application's log"],
    ['CHANNEL_EXECUTE_COMPLETE.json.txt', 'json event'],
    ['CHANNEL_EXECUTE_COMPLETE.plain.txt', 'plain event'],
    ['async-full.transcript', 'reply to connect'],
  ])('of %s nobody is left, and it is read again as it was', async (name, format) => {
    const calls: RecordedCall[] = [];
    for await (const call of readCalls([fileURLToPath(new URL(`../captures/${name}`, import.meta.url))]))
      if (call.kind === 'call') calls.push(call);
    const [call] = calls;
    expect(call?.format).toBe(format);
    const taken = new Anonymiser(new Tokens('k', 3), { keptHosts: new Set() }).data(call?.data ?? new Map());
    expect([...taken.values()].join('\n')).not.toMatch(/Alice|pbx\.example|fs-conformance|[^\d]1001[^\d]/);
    const again = readDump(Buffer.from(JSON.stringify(dataJson(taken))));
    expect([...again]).toEqual([...taken]);
  });

  test('takes the people out of a capture’s answers and decision as well', () => {
    const anonymiser = new Anonymiser(new Tokens('k', 3), { keptHosts: new Set(['example.com']) });
    const capture = {
      capture: 1,
      call: DATA['Unique-ID'],
      arrivedAt: 1795349400555,
      timezone: 'Asia/Shanghai',
      data: DATA,
      answers: { globals: {}, api: { '${hash(select/vip/13800138000)}': 'gold' } },
      decision: { matched: ['out'], actions: [{ application: 'bridge', data: 'sofia/gateway/x/13800138000' }] },
    };
    const taken = anonymiser.capture(capture) as typeof capture;
    const called = shared['Caller-Destination-Number'] ?? '';
    expect(JSON.stringify(taken)).not.toContain('13800138000');
    expect(Object.keys(taken.answers.api)).toEqual([`\${hash(select/vip/${called})}`]);
    expect(taken.decision.actions).toEqual([{ application: 'bridge', data: `sofia/gateway/x/${called}` }]);
    expect(taken).toMatchObject({ capture: 1, call: DATA['Unique-ID'], arrivedAt: 1795349400555 });
  });

  test('keeps every header of a real dump', () => {
    const file = fileURLToPath(new URL('../captures/uuid_dump.plain.txt', import.meta.url));
    const dump = readDump(readFileSync(file));
    const taken = new Anonymiser(new Tokens('k', 3), { keptHosts: new Set() }).data(dump);
    expect([...taken.keys()]).toEqual([...dump.keys()]);
    expect([...taken.values()].join('\n')).not.toMatch(/Alice|pbx\.example|4989/);
  });
});
