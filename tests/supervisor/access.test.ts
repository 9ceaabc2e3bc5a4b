import { afterEach, describe, expect, test } from '@jest/globals';
import { type ConfigurationError, loadConfiguration } from '../../src/configuration.js';
import type { Reader } from '../../src/supervisor/schemas/readers.js';
import type { TestDaemon } from '../support/test-daemon.js';
import { startDaemon } from './started-daemon.js';

const TOKEN = 'supervisors-token-0123';

let daemon: TestDaemon | undefined;

afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
});

async function start(settings: Readonly<Record<string, unknown>>): Promise<TestDaemon> {
  const flags = Object.entries(settings).map(([name, value]) => [`supervisor.${name}`, value]);
  daemon = await startDaemon({ settings: Object.fromEntries(flags) as Record<string, unknown> });
  return daemon;
}

function bearer(token: string): RequestInit {
  return { headers: { authorization: `Bearer ${token}` } };
}

function problemsOf(settings: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    const flags = Object.entries(settings).map(([path, value]) => ({ path, value, flag: '--x' }));
    loadConfiguration({ file: undefined, environment: {}, flags });
    return [];
  } catch (error) {
    return (error as ConfigurationError).problems;
  }
}

describe('where everybody could read', () => {
  test.each(['0.0.0.0:8085', '[::]:8085', '10.0.0.1:8085', 'pbx.example.com:8085'])('%s needs a token', (listen) => {
    const [problem] = problemsOf({ 'supervisor.listen': listen });
    expect(problem).toMatch(
      /is no loopback address: expected supervisor\.token, .* so that not everyone reads every call/,
    );
    expect(problemsOf({ 'supervisor.listen': listen, 'supervisor.token': TOKEN })).toEqual([]);
    expect(problemsOf({ 'supervisor.listen': listen, 'supervisor.userHeader': 'X-User' })).toEqual([]);
  });

  test.each(['127.0.0.1:8085', '[::1]:8085', 'localhost:8085', '8085', 'off'])('%s does not', (listen) => {
    expect(problemsOf({ 'supervisor.listen': listen })).toEqual([]);
  });

  test('a short token is none', () => {
    expect(problemsOf({ 'supervisor.token': 'short' })[0]).toMatch(/supervisor\.token: /);
  });
});

test('without a token only names of this machine are answered', async () => {
  const { app } = await start({});
  const { request } = await import('node:http');
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const options = { port: app.supervisorPort, path: '/api/v1/status', headers: { host: 'evil.example' } };
    request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
  expect(status).toBe(421);
});

test('with a token: nobody without it, a browser by its cookie, a program by its header', async () => {
  const { origin } = await start({ token: TOKEN });
  expect((await fetch(`${origin}/api/v1/status`)).status).toBe(401);
  expect((await fetch(`${origin}/api/v1/events`)).status).toBe(401);
  expect((await fetch(`${origin}/api/v1/status`, bearer('wrong'))).status).toBe(401);
  expect((await fetch(`${origin}/api/v1/status`, bearer(TOKEN))).status).toBe(200);
  expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  expect((await fetch(`${origin}/`)).status).toBe(200);

  const signIn = (token: string): Promise<Response> =>
    fetch(`${origin}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
  expect((await signIn('wrong')).status).toBe(401);
  const answer = await signIn(TOKEN);
  expect(answer.status).toBe(204);
  const cookie = answer.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^parkway_session=[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
  const [pair = ''] = cookie.split(';');
  const reader = await fetch(`${origin}/api/v1/session`, { headers: { cookie: pair } });
  expect(await reader.json()).toEqual({ role: 'supervisor', user: null, isMasked: false, canSignOut: true });
  const forged = pair.replace('supervisor', 'administrator');
  expect((await fetch(`${origin}/api/v1/session`, { headers: { cookie: forged } })).status).toBe(401);
});

test('behind a proxy: whom its header names, and of proxies only', async () => {
  const settings = { userHeader: 'X-User', administrators: ['root'], maskNumbers: true };
  const { origin } = await start(settings);
  const readerOf = async (headers: Record<string, string>): Promise<Reader | number> => {
    const response = await fetch(`${origin}/api/v1/session`, { headers });
    return response.status === 200 ? ((await response.json()) as Reader) : response.status;
  };
  expect(await readerOf({})).toBe(401);
  expect(await readerOf({ 'x-user': 'ann' })).toMatchObject({ role: 'supervisor', user: 'ann', isMasked: true });
  expect(await readerOf({ 'x-user': 'root' })).toMatchObject({ role: 'administrator', user: 'root', isMasked: false });
  await daemon?.stop();
  const elsewhere = await start({ ...settings, proxies: ['10.0.0.0/8'] });
  expect((await fetch(`${elsewhere.origin}/api/v1/session`, { headers: { 'x-user': 'root' } })).status).toBe(401);
});
