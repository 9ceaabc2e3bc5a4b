import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CallDetails, CallPage } from '../../src/supervisor/schemas/calls.js';
import type { DialplanOverview } from '../../src/supervisor/schemas/dialplan.js';
import type { Status } from '../../src/supervisor/schemas/status.js';
import { TestDaemon } from '../support/test-daemon.js';
import { startDaemon } from './started-daemon.js';

let daemon: TestDaemon;

beforeAll(async () => {
  daemon = await startDaemon();
  await daemon.play({ headers: { 'Caller-Caller-ID-Name': 'Alice' } });
  await daemon.play({ headers: { 'Caller-Destination-Number': '4242', 'Caller-Caller-ID-Number': '13800138000' } });
});

afterAll(async () => {
  await daemon.stop();
});

async function get<Answer>(url: string): Promise<Answer> {
  const response = await fetch(`${daemon.origin}${url}`);
  expect([url, response.status]).toEqual([url, 200]);
  return (await response.json()) as Answer;
}

async function search(query: string): Promise<string[]> {
  const { calls } = await get<CallPage>(`/api/v1/calls?${query}`);
  return calls.map(({ destination }) => destination);
}

describe('calls that ended', () => {
  test('are found, the newest first', async () => {
    expect(await search('')).toEqual(['4242', '1002']);
  });

  test.each([
    ['number=1380013', ['4242']],
    ['number=1002', ['1002']],
    ['context=default', ['4242', '1002']],
    ['context=other', []],
    ['extension=colleague', ['1002']],
    ['cause=no%20route', ['4242']],
    ['outcome=noRoute', ['4242']],
    ['outcome=failed', []],
    ['text=alice', ['1002']],
    ['text=alice%20NORMAL_CLEARING%20sleep', ['1002']],
    ['text=alice%204242', []],
    ['limit=1&offset=1', ['1002']],
    ['since=99999999999999', []],
    ['until=1', []],
  ])('by %s', async (query, destinations) => {
    expect(await search(query)).toEqual(destinations);
  });

  test('a search that cannot be is refused, and says why', async () => {
    const response = await fetch(`${daemon.origin}/api/v1/calls?outcome=lost`);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { message: string }).message).toMatch(/outcome must be equal to one of/);
  });
});

describe('one call', () => {
  test('is told whole', async () => {
    const { calls } = await get<CallPage>('/api/v1/calls?number=1002');
    const [row] = calls;
    expect(row).toMatchObject({
      caller: '1001',
      callerName: 'Alice',
      origin: { kind: 'extension', name: '1001', profile: 'internal' },
      domain: 'example.com',
      context: 'default',
      state: 'ended',
      outcome: 'hungUp',
      cause: 'NORMAL_CLEARING',
      answered: true,
      matched: ['record', 'colleague'],
    });
    const details = await get<CallDetails>(`/api/v1/calls/${row?.key ?? ''}`);
    expect(details.call).toEqual(row);
    expect(details.applications.map(({ name, data }) => [name, data])).toEqual([
      ['set', 'recorded=true'],
      ['answer', ''],
      ['sleep', '1000'],
      ['hangup', 'NORMAL_CLEARING'],
    ]);
    expect(details.trace.slice(0, 3)).toEqual([
      { kind: 'parsing', context: 'default', extension: 'record', continue: 'true' },
      {
        kind: 'regex',
        depth: 0,
        extension: 'record',
        passed: true,
        field: 'destination_number',
        value: '1002',
        expression: '^10\\d\\d$',
        break: 'on-false',
      },
      { kind: 'action', depth: 0, anti: false, application: 'set', data: 'recorded=true', inline: false },
    ]);
    expect(details.log[1]).toBe('Regex (PASS) [record] destination_number(1002) =~ /^10\\d\\d$/ break=on-false');
    expect(details.data).toContainEqual({ name: 'Caller-Caller-ID-Name', value: 'Alice' });
  });

  test('that is not known is a 404 in words', async () => {
    const response = await fetch(`${daemon.origin}/api/v1/calls/nobody`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: 'no_such_call',
      message: 'call nobody is not in progress, and not among the last 10000 that ended',
    });
  });
});

test('the dialplan, with its hits', async () => {
  const { domains, changes, problems } = await get<DialplanOverview>('/api/v1/dialplan');
  expect(problems).toEqual([]);
  expect(changes).toMatchObject([{ version: 1, changedCount: 4 }]);
  const [context] = domains[0]?.contexts ?? [];
  expect(context?.extensions.map(({ name, today }) => [name, today])).toEqual([
    ['record', { tried: 2, matched: 1 }],
    ['colleague', { tried: 2, matched: 1 }],
    ['never', { tried: 1, matched: 0 }],
  ]);
  const query = 'domain=example.com&context=default&extension=never';
  expect(await get(`/api/v1/dialplan/extension?${query}`)).toMatchObject({
    conditions: [{ field: 'destination_number', expression: '^7777$', actions: [{ application: 'hangup' }] }],
  });
});

test('what is wrong with the dialplan, by line and column', async () => {
  const broken = await TestDaemon.start({
    extensions: { refused: { condition: [{ action: 'answer' }] } },
    settings: { 'supervisor.listen': '127.0.0.1:0' },
  });
  const response = await fetch(`${broken.origin}/api/v1/dialplan`);
  const { problems, changes } = (await response.json()) as DialplanOverview;
  await broken.stop();
  const problem = {
    severity: 'error',
    location: path.join(broken.directory, 'example.com/extensions/refused.json'),
    line: 1,
    column: 16,
    path: '/condition/0/action',
    message: 'expected an object, found "answer"; it is left out',
  };
  expect(problems).toEqual([problem]);
  expect(changes).toMatchObject([{ newProblems: [problem] }]);
});

test('status, activity, probes', async () => {
  expect(await get<Status>('/api/v1/status')).toMatchObject({
    isDraining: false,
    counters: { live: 0, arrivals: 2, ends: { hungUp: 1, noRoute: 1 } },
    store: { isUp: true, version: 1, refusedDocuments: 0 },
    history: { remembered: 2, limit: 10_000 },
    troubles: [{ level: 'warn', message: expect.stringMatching(/no route/) as unknown }],
  });
  const { points } = await get<{ points: { calls: number }[] }>('/api/v1/activity');
  expect(points.reduce((sum, { calls }) => sum + calls, 0)).toBe(2);
  expect(await get('/healthz')).toEqual({ status: 'ok' });
  expect(await get('/readyz')).toMatchObject({ isReady: true, reasons: [], store: { isUp: true, version: 1 } });
});

test('OpenAPI is made of the schemas: every path, and what each may answer', async () => {
  interface Operation {
    readonly responses: object;
    readonly security?: readonly object[];
  }
  const { paths, openapi, security } = await get<{
    readonly openapi: string;
    readonly security: readonly object[];
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  }>('/api/v1/openapi.json');
  expect([openapi, security]).toEqual(['3.1.0', [{ token: [] }, {}]]);
  const answers = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { responses, security: own }]) => {
      const needs = own === undefined ? '' : ' (open to all)';
      return `${method} ${path}: ${Object.keys(responses).join(' ')}${needs}`;
    }),
  );
  expect(answers.sort()).toEqual([
    'delete /api/v1/session: 204 (open to all)',
    'get /api/v1/activity: 200 401 421',
    'get /api/v1/calls/live: 200 401 421',
    'get /api/v1/calls/{key}/dump: 200 401 403 404 409 421',
    'get /api/v1/calls/{key}: 200 401 404 421',
    'get /api/v1/calls: 200 400 401 421',
    'get /api/v1/captures/{place}/dump: 200 401 403 404 421',
    'get /api/v1/captures/{place}: 200 401 404 421',
    'get /api/v1/captures: 200 400 401 404 421 503',
    'get /api/v1/dialplan/extension: 200 400 401 404 421',
    'get /api/v1/dialplan: 200 401 421',
    'get /api/v1/events: 200 401 421 503',
    'get /api/v1/session: 200 401 421',
    'get /api/v1/status: 200 401 421',
    'get /healthz: 200 (open to all)',
    'get /readyz: 200 503 (open to all)',
    'post /api/v1/session: 204 401 (open to all)',
  ]);
});

test('a path there is not, and one that is not to be changed', async () => {
  const missing = await fetch(`${daemon.origin}/nowhere`);
  expect([missing.status, await missing.json()]).toEqual([
    404,
    { error: 'not_found', message: 'there is no GET /nowhere' },
  ]);
  expect((await fetch(`${daemon.origin}/api/v1/calls`, { method: 'POST' })).status).toBe(404);
  expect((await fetch(`${daemon.origin}/../package.json`)).status).toBe(404);
});
