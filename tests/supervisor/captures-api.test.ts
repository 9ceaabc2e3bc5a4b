import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CallPage } from '../../src/supervisor/schemas/calls.js';
import type { CaptureDetails, CapturePage } from '../../src/supervisor/schemas/captures.js';
import type { ApiError } from '../../src/supervisor/schemas/readers.js';
import { captureLines } from '../support/capture-lines.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import type { TestDaemon } from '../support/test-daemon.js';
import { startDaemon } from './started-daemon.js';

const TOKEN = 'supervisors-token-0123';
const ADMINISTRATOR = 'administrators-token-0123';
const NUMBER = '13800138000';

const directory = temporaryDirectory()('captures');
let daemon: TestDaemon;

/** Calls of a run before this one, which remembers none of them. */
beforeAll(async () => {
  const before = await startDaemon({ settings: { 'capture.dir': directory } });
  await before.play({ headers: { 'Caller-Caller-ID-Name': `Ann ${NUMBER}`, 'Caller-Caller-ID-Number': NUMBER } });
  await before.play({ headers: { 'Caller-Destination-Number': '4242' } });
  await before.stop();
  expect(await readdir(directory)).toHaveLength(1);
  daemon = await startDaemon({
    settings: {
      'capture.dir': directory,
      'supervisor.token': TOKEN,
      'supervisor.administratorToken': ADMINISTRATOR,
      'supervisor.maskNumbers': true,
    },
  });
});

afterAll(async () => {
  await daemon.stop();
});

function ask(what: string, token = ADMINISTRATOR): Promise<Response> {
  return fetch(`${daemon.origin}/api/v1/${what}`, { headers: { authorization: `Bearer ${token}` } });
}

async function get<Answer>(what: string, token = ADMINISTRATOR): Promise<Answer> {
  const response = await ask(what, token);
  expect([what, response.status]).toEqual([what, 200]);
  return (await response.json()) as Answer;
}

async function refusal(response: Response): Promise<[number, string]> {
  return [response.status, ((await response.json()) as ApiError).error];
}

describe('calls of an earlier run', () => {
  test('are found in the files, not among those that are remembered', async () => {
    expect(await get<CallPage>('calls')).toMatchObject({ remembered: 0, hasFiles: true });
    const page = await get<CapturePage>('captures');
    expect(page).toMatchObject({ next: null, searched: 2, brokenLines: 0, unreadable: 0 });
    expect(page.found.map(({ call }) => [call.destination, call.outcome, call.matched])).toEqual([
      ['4242', 'noRoute', []],
      ['1002', 'hungUp', ['record', 'colleague']],
    ]);
  });

  test.each([
    ['outcome=noRoute', ['4242']],
    [`number=${NUMBER}`, ['1002']],
    ['extension=colleague&cause=normal%20clearing', ['1002']],
    ['text=ann%20sleep', ['1002']],
    ['until=1', []],
  ])('by %s', async (query, destinations) => {
    const { found } = await get<CapturePage>(`captures?${query}`);
    expect(found.map(({ call }) => call.destination)).toEqual(destinations);
  });

  test('one after the other', async () => {
    const first = await get<CapturePage>(`captures?limit=1`);
    expect(first.found.map(({ call }) => call.destination)).toEqual(['4242']);
    const second = await get<CapturePage>(`captures?from=${first.next ?? ''}`);
    expect(second.found.map(({ call }) => call.destination)).toEqual(['1002']);
  });

  test('one is told whole, and given for replay', async () => {
    const { found } = await get<CapturePage>(`captures?number=1002`);
    const place = found[0]?.place ?? '';
    const details = await get<CaptureDetails>(`captures/${place}`);
    expect(details).toMatchObject({ call: found[0]?.call, mode: 'async', isMasked: false, hidesNumbers: false });
    expect(details.today).toMatchObject({ isSame: true, context: 'default', matched: ['record', 'colleague'] });
    expect(details.today?.actions).toEqual(details.decision?.actions);
    expect(details.today?.log).toContain(
      'Regex (PASS) [colleague] destination_number(1002) =~ /^(10\\d\\d)$/ break=on-false',
    );
    expect(details.decision?.actions.map(({ name }) => name)).toEqual(['set', 'answer', 'sleep', 'hangup']);
    expect(details.applications.map(({ name, data }) => [name, data])).toContainEqual(['sleep', '1000']);
    expect(details.data).toContainEqual({ name: 'Caller-Caller-ID-Name', value: `Ann ${NUMBER}` });
    const dump = await ask(`captures/${place}/dump`);
    expect(dump.headers.get('content-disposition')).toMatch(/^attachment; filename="parkway-[\w-]+\.ndjson"$/);
    expect(await dump.json()).toMatchObject({ capture: 1, call: found[0]?.call.key });
  });

  test('a masked reader sees no number anywhere, searches by what is seen, and gets no dump', async () => {
    const page = await get<CapturePage>(`captures?number=8000`, TOKEN);
    const place = page.found[0]?.place ?? '';
    const details = await get<CaptureDetails>(`captures/${place}`, TOKEN);
    expect(details).toMatchObject({ call: { caller: '*******8000', callerName: 'Ann *******8000' }, isMasked: true });
    expect(JSON.stringify([page, details])).not.toContain(NUMBER);
    expect((await get<CapturePage>(`captures?number=1380`, TOKEN)).found).toEqual([]);
    expect(await refusal(await ask(`captures/${place}/dump`, TOKEN))).toEqual([403, 'masked']);
  });
});

test('what cannot be answered is said', async () => {
  expect(await refusal(await fetch(`${daemon.origin}/api/v1/captures`))).toEqual([401, 'sign_in']);
  expect(await refusal(await ask(`captures?from=../../etc/passwd`))).toEqual([400, 'no_such_place']);
  expect(await refusal(await ask(`captures/..%2f..%2fetc%2fpasswd~0~0`))).toEqual([404, 'no_such_call']);
  const { found } = await get<CapturePage>(`captures?limit=1`);
  const place = found[0]?.place.replace(/\d+$/, '99') ?? '';
  expect(await refusal(await ask(`captures/${place}`))).toEqual([404, 'no_such_call']);
  expect(await refusal(await ask(`captures/${place}/dump`))).toEqual([404, 'no_such_call']);
});

test('more than two searches at once are refused; one whose reader left makes room', async () => {
  const line = captureLines([{ destination: '1', variables: { padding: 'x'.repeat(4000) } }]);
  const old = path.join(directory, 'calls-20200101T000000000Z-1.ndjson.gz');
  await writeFile(old, gzipSync(line.repeat(6_000)));
  try {
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${ADMINISTRATOR}` };
    const url = `${daemon.origin}/api/v1/captures?text=nowhere`;
    const many = Array.from({ length: 8 }, () => fetch(url, { headers, signal: leaving.signal }));
    const first = await Promise.any(many);
    expect(await refusal(first)).toEqual([503, 'too_many_searches']);
    leaving.abort();
    await Promise.allSettled(many);
    let response = await ask('captures?limit=1');
    while (response.status === 503) response = await ask('captures?limit=1');
    expect(response.status).toBe(200);
  } finally {
    await rm(old);
  }
});

test('without capture there is nothing to search, and that is said', async () => {
  const plain = await startDaemon();
  try {
    const response = await fetch(`${plain.origin}/api/v1/captures`);
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: 'no_capture', message: 'no calls are kept in files: capture.dir is not set, see docs/capture.md' },
    ]);
    expect((await fetch(`${plain.origin}/api/v1/captures/x`)).status).toBe(404);
    expect(await (await fetch(`${plain.origin}/api/v1/calls`)).json()).toMatchObject({ hasFiles: false });
  } finally {
    await plain.stop();
  }
});
