import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CallReader, readCalls } from '../../src/replay/read-calls.js';
import type { RecordedCall, UnreadableDump } from '../../src/replay/recorded-call.js';
import { bytesOfDirection, readTranscript } from '../support/transcript.js';

type Found = RecordedCall | UnreadableDump;

const CALL = '221b732e-9b72-4999-adb3-236448876109';
/** Of the call whose dumps are in every format. */
const EXPECTED = {
  'Unique-ID': CALL,
  'Caller-Destination-Number': 'x',
  'Caller-Caller-ID-Name': 'Alice',
  variable_sip_user_agent: 'Yealink SIP-T46U 108.86.0.70',
  variable_route_history: 'ARRAY::one|:two: with a colon',
  variable_effective_caller_id_name: Buffer.from('张三').toString('latin1'),
};

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'parkway-calls-'));
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function captured(name: string): string {
  return fileURLToPath(new URL(`../captures/${name}`, import.meta.url));
}

async function collect(...files: string[]): Promise<Found[]> {
  const found: Found[] = [];
  for await (const call of readCalls(files)) found.push(call);
  return found;
}

function read(text: string | Buffer, chunkLength = Infinity): Found[] {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  const reader = new CallReader('file');
  const found: Found[] = [];
  for (let at = 0; at < bytes.length; at += chunkLength)
    found.push(...reader.push(bytes.subarray(at, at + chunkLength)));
  return [...found, ...reader.end()];
}

function calls(found: readonly Found[]): RecordedCall[] {
  return found.flatMap((call) => (call.kind === 'call' ? [call] : []));
}

function problems(found: readonly Found[]): string[] {
  return found.flatMap((call) => (call.kind === 'unreadable' ? [`${call.location}: ${call.message}`] : []));
}

function infoOutput(): string {
  return readFileSync(captured('info.log.txt'), 'latin1');
}

/** What mod_logfile makes of a message where it writes the uuid: its lines up to the 99th one by one, then 2047 bytes. */
function asLogfileWrites(message: string): string {
  const lines = message.replace(/\n+$/, '').split('\n');
  const last = lines.slice(99).join('\n');
  return [...lines.slice(0, 99), last].map((line) => `${CALL} ${line}\n`.slice(0, 2047)).join('');
}

describe('one call in every format FreeSWITCH writes it', () => {
  test.each([
    ['uuid_dump.plain.txt', 'uuid_dump'],
    ['uuid_dump.json.txt', 'json event'],
    ['uuid_dump.xml.txt', 'xml event'],
    ['info.log.txt', "info application's log"],
    ['CHANNEL_EXECUTE_COMPLETE.plain.txt', 'plain event'],
    ['CHANNEL_EXECUTE_COMPLETE.json.txt', 'json event'],
  ])('%s is a %s', async (file, format) => {
    const [call, ...others] = await collect(captured(file));
    expect(others).toEqual([]);
    expect(call).toMatchObject({ kind: 'call', format, notes: [] });
    expect(Object.fromEntries(calls([call as Found])[0]?.data ?? [])).toMatchObject(EXPECTED);
  });

  test('and so is the reply to connect, which says when the call was hunted and by which clock', async () => {
    const file = path.join(directory, 'connect');
    writeFileSync(file, bytesOfDirection(readTranscript('bytes.transcript'), '<').subarray(0, 3818));
    const [call] = calls(await collect(file));
    expect(call).toMatchObject({
      format: 'reply to connect',
      time: { epochMs: 1795350053323, from: 'Event-Date-Timestamp' },
      timezone: 'Etc/UTC',
    });
  });

  test('whatever chunks it comes in', () => {
    const files = ['uuid_dump.plain.txt', 'uuid_dump.json.txt', 'uuid_dump.xml.txt', 'info.log.txt'];
    const text = Buffer.concat(files.flatMap((file) => [readFileSync(captured(file)), Buffer.from('\n')]));
    const whole = read(text);
    expect(calls(whole)).toHaveLength(4);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (length) => {
        expect(JSON.stringify(read(text, length))).toBe(JSON.stringify(whole));
      }),
      { numRuns: 20 },
    );
  });
});

describe('a whole socket', () => {
  test('is one call, and another after a transfer', async () => {
    const file = path.join(directory, 'socket');
    writeFileSync(file, bytesOfDirection(readTranscript('sessions/async-24-transfer.transcript'), '<'));
    const found = await collect(file);
    expect(problems(found)).toEqual([]);
    expect(calls(found).map(({ data }) => data.get('Caller-Destination-Number'))).toEqual(['1234', '1000']);
  });

  test('of JSON events is read frame by frame, none of which ends with a line break', async () => {
    const file = path.join(directory, 'json-socket');
    writeFileSync(file, bytesOfDirection(readTranscript('bytes-json.transcript'), '<'));
    const found = await collect(file);
    expect(problems(found)).toEqual([]);
    expect(calls(found).map(({ format }) => format)).toContain('reply to connect');
  });
});

describe('events of one channel', () => {
  const event = (name: string, uuid: string, more = ''): string =>
    `Event-Name: ${name}\nUnique-ID: ${uuid}\nCall-Direction: inbound\nCaller-Profile-Index: 1\n` +
    `Caller-Destination-Number: ${uuid}-1001\n${more}\n`;
  const read = (text: string): RecordedCall[] => {
    const reader = new CallReader('file');
    return calls([...reader.push(Buffer.from(text)), ...reader.end()]);
  };

  test('are the call as the first says that has its variables: FreeSWITCH leaves them out of CHANNEL_STATE', () => {
    const found = read(
      event('CHANNEL_STATE', 'a') +
        event('CHANNEL_CREATE', 'a', 'variable_sofia_profile_name: external\n') +
        event('CHANNEL_STATE', 'b') +
        event('CHANNEL_EXECUTE', 'a', 'variable_sofia_profile_name: other\n'),
    );
    expect(
      found.map(({ location, data, notes }) => [location, data.get('variable_sofia_profile_name'), notes]),
    ).toEqual([
      ['file:7', 'external', []],
      ['file:14', undefined, ['none of its events holds variables (CHANNEL_CREATE or CHANNEL_EXECUTE would)']],
    ]);
  });

  test('that hold no variables are told one by one when there are too many to keep', () => {
    const many = Array.from({ length: 10_002 }, (_, index) => event('CHANNEL_STATE', String(index)));
    const found = read([...many, event('CHANNEL_STATE', '0')].join(''));
    expect(found.map(({ data }) => data.get('Unique-ID'))).toEqual(
      Array.from({ length: 10_002 }, (_, index) => String(index)),
    );
  });
});

describe('a log', () => {
  const before =
    '2026-11-22 12:10:04.500000 19.63% [NOTICE] switch_channel.c:1142 New Channel null/x\nsome text: [x]\n';

  test('holds many calls among other lines', () => {
    const other = infoOutput().replaceAll(CALL, '00000000-9b72-4999-adb3-236448876109');
    const found = read(`${before}${infoOutput()}${before}${other}${before}`);
    expect(problems(found)).toEqual([]);
    expect(calls(found).map(({ location }) => location)).toEqual(['file:3', 'file:97']);
  });

  test('may have colours, a syslog header, carriage returns', () => {
    const coloured = `\x1b[32m${infoOutput().trimEnd()}\n\x1b[0m`;
    const syslog = infoOutput().replace(/^(?=.)/gm, 'Nov 22 12:10:04 pbx freeswitch[123]: ');
    const windows = infoOutput().replaceAll('\n', '\r\n');
    for (const text of [coloured, syslog, windows]) {
      const [call, ...others] = read(text + before);
      expect(call).toMatchObject({ notes: [] });
      expect(others).toEqual([]);
      expect(Object.fromEntries(calls([call as Found])[0]?.data ?? [])).toMatchObject(EXPECTED);
    }
  });

  test('with the uuid on each line is told to be cut off where mod_logfile cut it off', () => {
    const [short] = read(asLogfileWrites(infoOutput()));
    expect(short).toMatchObject({ kind: 'call', notes: [] });
    const more = Array.from({ length: 90 }, (_, index) => `variable_more_${index}: [${'y'.repeat(40)}]\n`).join('');
    const long = infoOutput().trimEnd() + '\n' + more;
    const found = read(`${asLogfileWrites(long)}${CALL} 2026-11-22 12:10:05.000000 98.00% [INFO] mod.c:1 next: [x]\n`);
    expect(problems(found)).toEqual([]);
    expect(calls(found)).toHaveLength(1);
    expect(calls(found)[0]?.notes).toEqual([expect.stringContaining('cuts the dump off')]);
    const { data } = calls(found)[0] as RecordedCall;
    expect(data.get('variable_more_20')).toBe('y'.repeat(40));
    expect(data.has('variable_more_80')).toBe(false);
  });

  test.each([
    ['in a value', 'variable_c: [yyy'],
    ['in a name', 'variable_'],
    ['behind a name', 'variable_c:'],
    ['behind a value', 'variable_c: [y]'],
  ])('cut off %s is told to be', (_where, end) => {
    const [call] = read(
      `2026-11-22 12:10:04.500000 [INFO] mod_dptools.c:1884 CHANNEL_DATA:\nUnique-ID: [1]\n${end}${CALL} ${before}`,
    );
    expect(call).toMatchObject({ kind: 'call', notes: [expect.stringContaining('cuts the dump off')] });
  });

  test('shows values with line breaks as they are', () => {
    const [call] = calls(
      read('2026-11-22 12:10:04.5 [INFO] CHANNEL_DATA:\nUnique-ID: [1]\nvariable_a: [b\n\nc: d]\nx: [y]\n'),
    );
    expect(call?.data.get('variable_a')).toBe('b\n\nc: d');
    expect(call?.data.get('x')).toBe('y');
  });
});

describe('captures', () => {
  const capture = {
    capture: 1,
    call: CALL,
    arrivedAt: 1795349400555,
    timezone: 'Asia/Shanghai',
    data: { 'Unique-ID': CALL, 'Caller-Caller-ID-Name': '张\udcff', 'Caller-Destination-Number': '1002' },
    answers: { globals: { Timezone: null }, api: { '${hash(select/a/b)}': 'gold' } },
  };

  const lines = Buffer.from(`${JSON.stringify(capture)}\n`.repeat(500));
  /** The same, by the zstd command. */
  const zstd = Buffer.from(
    'KLUv/QRoLAcAAg8yIZDPAf9/+v+7yyoHG2xITZEL0tg0nFG3YIaZDQGIsaw7AQDLsr/1sPv87JAVujC13XcpeKX21oCLvZ+g1XUW9u7X/CW50xLUT7CPGMbx+cmdfSeFwZCbGuRmuSWO07YTa9338+9PU1iaMLl715E04X2OHLx+za9NvT3xXHsdqL2q0LyEPv8GQ3V/3HxiWRbDUB4lWZ7myG9C20Y5Seon/jEOpnEcRWESBCfZpvHzPApGmuzBG0ma7ECQz9+71p448m/yNEWt/RoIAPP6E610OxkrXXQzeu3SyqOgVblbcIaCFE0AAAABAPHy5v+ugYSOzqw=',
    'base64',
  );

  test.each([
    ['plain', lines],
    ['gzip', gzipSync(lines)],
    ['zstd', zstd],
    ['zstd in two frames', Buffer.concat([zstd, zstd])],
  ])('as %s', async (name, bytes) => {
    const file = path.join(directory, name);
    writeFileSync(file, bytes);
    const found = calls(await collect(file));
    expect(found).toHaveLength(name === 'zstd in two frames' ? 1000 : 500);
    const call = found[499] as RecordedCall;
    expect(call).toMatchObject({
      location: `${file}:500`,
      format: 'capture',
      time: { epochMs: 1795349400555, from: 'capture' },
      timezone: 'Asia/Shanghai',
    });
    expect(call.data.get('Caller-Caller-ID-Name')).toBe(`${Buffer.from('张').toString('latin1')}\xff`);
    expect(call.answers.global('TIMEZONE')).toBeNull();
    expect(call.answers.global('other')).toBeUndefined();
  });

  test('that are broken are reported, and the others read', () => {
    const good = JSON.stringify({ ...capture, data: { 'Unique-ID': CALL } });
    const lines = [
      good,
      good.slice(0, 70),
      good,
      good.slice(0, -20),
      good,
      '{"capture":2}',
      '{"capture":1,"arrivedAt":1}',
      '{"a":tru}',
      'nonsense',
      good,
    ];
    const found = read(lines.join('\n'));
    expect(calls(found).map(({ location }) => location)).toEqual(['file:1', 'file:3', 'file:5', 'file:10']);
    expect(problems(found)).toEqual([
      'file:2: expected the end of a JSON object, found the beginning of another',
      expect.stringMatching(/^file:4: expected a JSON object: Unterminated/),
      'file:6: expected a capture of version 1, found version 2',
      'file:7: expected the channel\'s headers in "data", found nothing',
      expect.stringMatching(/^file:8: expected a JSON object: /),
      'file:9: expected a dump of a channel, found "nonsense"',
    ]);
  });

  test.each([
    [{ answers: null }, '/answers: expected an object, found null'],
    [{ answers: { globals: null } }, '/answers/globals: expected an object, found null'],
    [{ answers: { api: ['x'] } }, '/answers/api: expected an object, found ["x"]'],
    [{ decision: 5 }, '/decision: expected an object, found 5'],
    [{ decision: { matched: [] } }, '/decision: expected a key "route", found none'],
    [{ outcome: null }, '/outcome: expected an object, found null'],
  ])('that hold something else than they should are reported: %j', (other, problem) => {
    const found = read([{ ...capture, ...other }, capture].map((each) => JSON.stringify(each)).join('\n'));
    expect(problems(found)).toEqual([`file:1: ${problem}`]);
    expect(calls(found)).toHaveLength(1);
  });

  test('that are nested deeper than a stack has room for, or hold what is no text, are reported, and the others read', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const found = read(
      [
        `{"capture":1,"arrivedAt":1,"data":{"a":${deep}}}`,
        `{"capture":1,"arrivedAt":${deep},"data":{}}`,
        `{"Unique-ID":"${CALL}","deep":${deep}}`,
        `{"Unique-ID":"${CALL}","variable_a":{"toString":1}}`,
        JSON.stringify(capture),
      ].join('\n'),
    );
    expect(problems(found)).toEqual([
      'file:1: /data/a: expected a text, found something nested too deep to be shown',
      'file:2: expected epoch milliseconds in "arrivedAt", found something nested too deep to be shown',
      'file:3: expected a text or a list of texts in "deep"',
      'file:4: expected a text or a list of texts in "variable_a"',
    ]);
    expect(calls(found)).toHaveLength(1);
  });

  test('may be spread over lines, or in a list', () => {
    const pretty = JSON.stringify([capture, capture], undefined, 2);
    expect(calls(read(Buffer.from(pretty, 'utf8')))).toHaveLength(2);
    expect(calls(read(`[${JSON.stringify(capture)},\n${JSON.stringify(capture)}]`))).toHaveLength(2);
  });
});

describe('what is no dump', () => {
  test('is said to be', async () => {
    expect(problems(read(''))).toEqual([expect.stringContaining('file: expected dumps of channels')]);
    expect(problems(read('-ERR No such channel!\n'))).toEqual([
      'file:1: expected a dump of a channel, found "-ERR No such channel!"',
    ]);
    expect(problems(read('Answer-State: ringing\n\n'))).toEqual([
      expect.stringContaining('found "Answer-State" first'),
    ]);
    expect(problems(await collect(path.join(directory, 'none')))).toEqual([
      `${path.join(directory, 'none')}: there is no such file`,
    ]);
  });

  test('never holds the reader up, whatever it looks like', () => {
    const parts = fc.constantFrom(
      '\n',
      ' ',
      ': [',
      ']',
      '[',
      '{',
      '}',
      '"',
      'a',
      'Name',
      ': ',
      `${CALL} `,
      'CHANNEL_DATA:',
      '\x1b[0m',
      '<event>',
      '</event>',
      '2026-11-22 12:10:05.000000 98.00% [INFO] ',
      'Content-Length: 5\n',
      'Event-Name: X\n',
      'Unique-ID: ',
      ',',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 60 }), (junk) => {
        const found = read(junk.join(''));
        expect(found.length).toBeLessThanOrEqual(junk.length + 1);
      }),
      { numRuns: 2000 },
    );
  });

  test('never keeps the next one from being read', () => {
    const dump = readFileSync(captured('uuid_dump.json.txt'), 'latin1');
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 200 }), (junk) => {
        const isUnfinished = /[<[]|CHANNEL_DATA:|Content-Length/.test(junk);
        if (!isUnfinished) expect(calls(read(`${junk}\n\n${dump}`))).toHaveLength(1);
      }),
    );
  });
});
