import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { bytesOf, textOf } from '../../src/bytes.js';
import { Anonymiser } from '../../src/replay/anonymise.js';
import { readDump } from '../../src/replay/read-dump.js';
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
