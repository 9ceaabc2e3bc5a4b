import { readdir, readFile, rm, truncate, writeFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { captureCalls, type Capture, type CaptureOptions } from '../../src/capture/capture-calls.js';
import { CaptureFiles } from '../../src/capture/capture-files.js';
import type { CapturedCall } from '../../src/capture/captured-call.js';
import { maskCapturedCall } from '../../src/capture/mask-captured-call.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { TestDaemon } from '../support/test-daemon.js';

const fresh = temporaryDirectory();
const EXTENSIONS = {
  out: {
    condition: {
      field: 'destination_number',
      expression: '^(1\\d{10})$',
      action: [
        { application: 'set', data: 'effective_caller_id_name=${caller_id_name}' },
        { application: 'bridge', data: 'sofia/gateway/trunk/$1' },
      ],
    },
  },
};
const HEADERS = {
  'Caller-Destination-Number': '13800138000',
  'Caller-Caller-ID-Name': 'Alice Zhang',
  variable_sip_full_from: '"Alice Zhang" <sip:02087654321@example.com>;tag=1',
};

async function readCaptures(directory: string): Promise<CapturedCall[]> {
  const names = (await readdir(directory)).sort();
  const texts = await Promise.all(
    names.map(async (name) => gunzipSync(await readFile(path.join(directory, name))).toString()),
  );
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CapturedCall);
}

async function capturedBy(settings: Readonly<Record<string, unknown>>, calls = 1): Promise<CapturedCall[]> {
  const dir = fresh('captures');
  const daemon = await TestDaemon.start({ extensions: EXTENSIONS, settings: { 'capture.dir': dir, ...settings } });
  await daemon.play({ calls, headers: HEADERS });
  await daemon.stop();
  return readCaptures(dir);
}

describe('capturing calls', () => {
  test('every call is in the files when Parkway has stopped', async () => {
    const captured = await capturedBy({}, 12);
    expect(new Set(captured.map(({ call }) => call)).size).toBe(12);
    expect(captured[0]).toMatchObject({ timezone: 'Asia/Shanghai', masked: false, outcome: { kind: 'finished' } });
    expect(captured[0]?.applications[1]?.data).toBe('sofia/gateway/trunk/13800138000');
  });

  test('of a sample of 0 none is kept, and no directory is needed for nothing', async () => {
    expect(await capturedBy({ 'capture.sample': 0 })).toEqual([]);
  });

  test('masked: numbers and names are hidden wherever they stand, uuids and times are not', async () => {
    const [captured] = await capturedBy({ 'capture.mask': true });
    const text = JSON.stringify(captured);
    expect(text).not.toMatch(/13800138000|02087654321|Alice|Zhang/);
    expect(captured).toMatchObject({
      masked: true,
      data: {
        'Caller-Destination-Number': '13800000000'.replace(/..$/, '00'),
        'Caller-Caller-ID-Name': 'xxxxx xxxxx',
        variable_sip_full_from: '"xxxxx xxxxx" <sip:02000000021@example.com>;tag=1',
      },
      decision: { matched: ['out'] },
    });
    expect(captured?.call).toMatch(/^[0-9a-f-]{36}$/);
    expect(captured?.data['Caller-Channel-Created-Time']).toMatch(/^[1-9]\d{15}$/);
    expect(captured?.data['Caller-Channel-Created-Time']).not.toMatch(/0{11}/);
  });

  test('a directory that cannot be is said at the start', async () => {
    const dir = fresh('file');
    await mkdir(path.dirname(dir));
    await writeFile(dir, '');
    const settings = { 'capture.dir': dir };
    await expect(TestDaemon.start({ extensions: EXTENSIONS, settings })).rejects.toThrow(
      `${dir}: expected a directory, found a file`,
    );
  });
});

describe('masking', () => {
  test('answers of FreeSWITCH, keys included; a name of two letters is too short to look for', async () => {
    const [captured] = await capturedBy({});
    const masked = maskCapturedCall({
      ...(captured as CapturedCall),
      data: { 'Caller-Caller-ID-Name': 'xy', variable_sip_full_from: 'xy proxy' },
      answers: { globals: {}, api: { '${db(select/13800138000)}': '8613800138000' }, afterInline: [] },
    });
    expect(masked.answers.api).toEqual({ '${db(select/13800000000)}': '8610000000000'.replace(/..$/, '00') });
    expect(masked.data['variable_sip_full_from']).toBe('xy proxy');
  });
});

describe('capture files', () => {
  const retention = { maxBytes: 1_000_000, days: 1 };

  test('a file that was cut off by a crash is readable up to its last whole block', async () => {
    const directory = fresh('captures');
    const files = new CaptureFiles(directory, retention, () => undefined);
    await files.write(Buffer.from('first\n'));
    await files.write(Buffer.from('second\n'));
    await files.close();
    const [name = ''] = await readdir(directory);
    const file = path.join(directory, name);
    const bytes = await readFile(file);
    await truncate(file, bytes.length - 3);
    expect(() => gunzipSync(bytes.subarray(0, -3))).toThrow(/unexpected end/);
    const members = bytes.indexOf(Buffer.from([0x1f, 0x8b, 8]), 3);
    expect(gunzipSync(bytes.subarray(0, members)).toString()).toBe('first\n');
  });

  test('begin anew when one is full, and the oldest go', async () => {
    const directory = fresh('captures');
    const files = new CaptureFiles(directory, { maxBytes: 20_000, days: 1 }, () => undefined);
    const block = (): Buffer => Buffer.from(Array.from({ length: 1_500 }, () => Math.floor(Math.random() * 256)));
    for (let count = 0; count < 40; count += 1) await files.write(block());
    await files.close();
    const sizes = await Promise.all(
      (await readdir(directory)).map(async (name) => (await readFile(path.join(directory, name))).length),
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000);
    expect(sizes.reduce((one, other) => one + other)).toBeLessThanOrEqual(20_000);
    expect(sizes.length).toBeGreaterThan(8);
  });
});

describe('a capture that cannot write', () => {
  function start(options: Partial<CaptureOptions>): {
    capture: Capture;
    trouble: Promise<string>;
    lost: Promise<number>;
  } {
    let onTrouble!: (reason: string) => void;
    let onRecovered!: (lost: number) => void;
    const trouble = new Promise<string>((resolve) => (onTrouble = resolve));
    const lost = new Promise<number>((resolve) => (onRecovered = resolve));
    const all = { dir: '', sample: 1, mask: false, maxBytes: 1_000_000, days: 1, ...options };
    const capture = captureCalls(all, { timezone: 'UTC', neutraliseCaptures: true }, { onTrouble, onRecovered });
    return { capture, trouble, lost };
  }

  test('says so, and goes on when it can again', async () => {
    const daemon = await TestDaemon.start({ extensions: EXTENSIONS });
    await daemon.play({ headers: HEADERS });
    await daemon.stop();
    const dir = fresh('captures');
    await mkdir(path.dirname(dir));
    await writeFile(dir, 'in the way');
    const { capture, trouble, lost } = start({ dir });
    for (const call of daemon.ended) capture.ended(call);
    expect(await trouble).toMatch(/EEXIST|ENOTDIR/);
    await rm(dir);
    expect(await lost).toBe(0);
    expect(await capture.close(10_000)).toBe(true);
    expect(await readCaptures(dir)).toHaveLength(1);
  });
});
