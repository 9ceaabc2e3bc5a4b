/** Readers who are to see of longer numbers the last four digits only. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CallPage } from '../../src/supervisor/schemas/calls.js';
import type { CapturePage } from '../../src/supervisor/schemas/captures.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import type { TestDaemon } from '../support/test-daemon.js';
import { EXTENSIONS, startDaemon } from './started-daemon.js';

const SUPERVISOR = 'supervisors-token-0123';
const ADMINISTRATOR = 'administrators-token-0123';
const NUMBER = '13800138000';
/** As carriers and people write it. */
const IN_GROUPS = '138-0013-8000';
const OPERATORS_NUMBER = '13900139000';

const DIALPLAN = {
  ...EXTENSIONS,
  [`boss ${OPERATORS_NUMBER}`]: {
    condition: {
      ...{ field: 'destination_number', expression: `^${OPERATORS_NUMBER}$` },
      action: { application: 'bridge', data: `user/${OPERATORS_NUMBER}` },
    },
  },
  broken: { condition: { expression: [Number(OPERATORS_NUMBER)], [OPERATORS_NUMBER]: 1 } },
};

const fresh = temporaryDirectory();
let daemon: TestDaemon;
/** All that a supervisor's events told while calls were played. */
let events: string;

beforeAll(async () => {
  daemon = await startDaemon({
    extensions: DIALPLAN,
    settings: {
      'capture.dir': fresh('captures'),
      'supervisor.token': SUPERVISOR,
      'supervisor.administratorToken': ADMINISTRATOR,
      'supervisor.maskNumbers': true,
    },
  });
  const headers = {
    'Caller-Caller-ID-Number': NUMBER,
    'Caller-Caller-ID-Name': `Ann ${IN_GROUPS}`,
    variable_sip_from_uri: `${NUMBER}@example.com`,
  };
  const reader = (await ask('/api/v1/events')).body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  await daemon.play({ headers });
  await daemon.play({ headers: { ...headers, 'Caller-Destination-Number': NUMBER } });
  events = '';
  while (!events.includes('"outcome":"noRoute"')) events += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
});

afterAll(async () => {
  await daemon.stop();
});

function ask(path: string, token = SUPERVISOR): Promise<Response> {
  return fetch(daemon.origin + path, { headers: { authorization: `Bearer ${token}` } });
}

async function told(path: string, token = SUPERVISOR): Promise<string> {
  return (await ask(path, token)).text();
}

async function search(number: string, token = SUPERVISOR): Promise<CallPage['calls']> {
  return (JSON.parse(await told(`/api/v1/calls?number=${number}`, token)) as CallPage).calls;
}

/** Of the newest call in the files, when both are there. */
async function newestPlace(): Promise<string> {
  for (;;) {
    const { found } = JSON.parse(await told('/api/v1/captures')) as CapturePage;
    if (found.length === 2) return found[0]?.place ?? '';
  }
}

test('a call is found by what is seen of its number, or by the whole one', async () => {
  const [whole] = await search('138001', ADMINISTRATOR);
  expect(whole?.caller).toBe(NUMBER);
  expect(await search('138001')).toEqual([]);
  const [masked] = await search(NUMBER);
  expect(masked).toMatchObject({ caller: '*******8000', callerName: 'Ann ***-****-8000', key: whole?.key });
  expect(await search('8000')).toHaveLength(2);
});

test('there is no dump, which would hold them', async () => {
  const [call] = await search(NUMBER);
  const dump = `/api/v1/calls/${call?.key ?? ''}/dump`;
  expect((await ask(dump)).status).toBe(403);
  expect((await ask(dump, ADMINISTRATOR)).status).toBe(200);
});

test('no path there is tells one', async () => {
  const [call] = await search(NUMBER);
  const place = await newestPlace();
  const masked = `/api/v1/dialplan/extension?domain=example.com&context=default&extension=boss+*******9000`;
  const { paths } = JSON.parse(await told('/api/v1/openapi.json')) as { paths: Record<string, { get?: object }> };
  const all = Object.entries(paths)
    .filter(([path, { get }]) => get !== undefined && path !== '/api/v1/events')
    .map(([path]) => path.replace('{key}', call?.key ?? '').replace('{place}', place));
  expect(all).toEqual(expect.arrayContaining([`/api/v1/captures/${place}/dump`, '/api/v1/session']));
  for (const path of [...all, masked]) {
    const answer = await told(path);
    for (const number of [NUMBER, IN_GROUPS, OPERATORS_NUMBER]) {
      expect([path, answer]).toEqual([path, expect.not.stringContaining(number)]);
    }
  }
  expect(await told(masked)).toContain('user/*******9000');
  // There is something to be hidden.
  const { key = '' } = call ?? {};
  for (const path of ['calls', `calls/${key}`, 'captures', `captures/${place}`]) {
    expect([path, await told(`/api/v1/${path}`, ADMINISTRATOR)]).toEqual([path, expect.stringContaining(NUMBER)]);
  }
  for (const path of ['dialplan', 'status']) {
    expect(await told(`/api/v1/${path}`, ADMINISTRATOR)).toContain(OPERATORS_NUMBER);
  }
});

test('no event tells one', () => {
  expect(events).toContain('event: calls\n');
  expect(events).toContain('*******8000');
  expect(events).not.toContain(NUMBER);
  expect(events).not.toContain(IN_GROUPS);
});
