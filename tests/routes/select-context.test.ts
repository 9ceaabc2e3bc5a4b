import { describe, expect, test } from '@jest/globals';
import type { DocumentText } from '../../src/routes/document.js';
import { selectContext, type SelectedContext } from '../../src/routes/select-context.js';
import type { Snapshot } from '../../src/routes/snapshot.js';
import { DialplanStore } from '../../src/routes/store.js';
import { noteTransfer } from '../../src/routes/transferred-context.js';

const ROUTES = {
  extension: { '1001': 'vip' },
  gateway: { trunk1: 'from-trunk' },
  profile: { internal: 'internal', external: 'external' },
};

function snapshotOf(domains: Readonly<Record<string, { contexts: readonly string[]; routes?: object }>>): Snapshot {
  const store = new DialplanStore();
  store.update(
    new Map<string, DocumentText>(
      Object.entries(domains).flatMap(([domain, { contexts, routes }]) => {
        const lists = Object.fromEntries(contexts.map((name) => [name, []]));
        return [
          [`${domain}/contexts`, { domain, kind: 'contexts', name: 'contexts', text: JSON.stringify(lists) }],
          [`${domain}/routes`, { domain, kind: 'routes', name: 'routes', text: JSON.stringify(routes ?? {}) }],
        ] as const;
      }),
    ),
  );
  return store.snapshot;
}

const snapshot = snapshotOf({
  'example.com': {
    contexts: ['default', 'vip', 'from-trunk', 'internal', 'external', '夜间 路由'],
    routes: ROUTES,
  },
  'other.org': { contexts: ['global'] },
});

function select(variables: Readonly<Record<string, string>>, defaultDomain = 'example.com'): SelectedContext {
  const data = new Map(Object.entries(variables).map(([name, value]) => [`variable_${name}`, value]));
  return selectContext(data, snapshot, defaultDomain);
}

describe('the context a transfer of the dialplan named', () => {
  const origin = { variable_sip_gateway: 'trunk1', variable_sofia_profile_name: 'external' };
  const chosen = (headers: Readonly<Record<string, string>>): string =>
    selectContext(new Map(Object.entries({ ...origin, ...headers })), snapshot, 'example.com').why.split(';')[0] ?? '';

  test.each([
    ['counts', { variable_parkway_context: 'VIP', 'Caller-Context': 'VIP' }, 'context VIP by transfer'],
    [
      'counts less than the path the operator gave',
      { variable_parkway_context: 'vip', 'Caller-Context': 'vip', variable_socket_path: 'internal' },
      "context internal by the socket application's path",
    ],
    ['is not the one of the channel alone', { 'Caller-Context': 'vip' }, 'context from-trunk by gateway trunk1'],
    [
      'is forgotten when the call went on elsewhere since',
      { variable_parkway_context: 'vip', 'Caller-Context': 'internal' },
      'context from-trunk by gateway trunk1',
    ],
    [
      'must be one of the domain',
      { variable_parkway_context: 'public', 'Caller-Context': 'public' },
      'context from-trunk by gateway trunk1',
    ],
  ])('%s', (_what, headers, why) => {
    expect(chosen(headers)).toBe(why);
  });

  test.each([
    ['transfer', '2000 XML vip', 'parkway_context=vip'],
    ['Transfer', '-both 2000 xml ${domain_name}', 'parkway_context=${domain_name}'],
    ['transfer', '2000 ${dialplan} vip', 'parkway_context=vip'],
    ['transfer', '2000', undefined],
    ['transfer', '2000 XML', undefined],
    ['transfer', '-bleg 2000 XML vip', undefined],
    ['transfer', '2000 inline vip', undefined],
    ['transfer', '2000 XML ${hash(select/x/y)}', undefined],
    ['execute_extension', '2000 XML vip', undefined],
  ])('%s %s: noted as %s', (application, data, noted) => {
    expect(noteTransfer({ application, data })).toEqual(
      noted === undefined ? undefined : { application: 'set', data: noted },
    );
  });
});

describe('the context of a call', () => {
  test.each<[string, Readonly<Record<string, string>>, string, string]>([
    [
      'socket path',
      { socket_path: 'vip', sip_gateway: 'trunk1' },
      'vip',
      "context vip by the socket application's path",
    ],
    [
      'gateway',
      { sip_gateway: 'trunk1', sofia_profile_name: 'external' },
      'from-trunk',
      'context from-trunk by gateway trunk1',
    ],
    [
      "gateway's profile",
      { sip_gateway: 'trunk2', sofia_profile_name: 'external' },
      'external',
      'context external by profile external',
    ],
    [
      'gateway without either',
      { sip_gateway: 'trunk2', sofia_profile_name: 'x' },
      'default',
      'context default by default',
    ],
    ['extension', { user_name: '1001', sofia_profile_name: 'internal' }, 'vip', 'context vip by extension 1001'],
    ['authenticated name', { sip_auth_username: '1001' }, 'vip', 'context vip by extension 1001'],
    [
      'user name before authenticated',
      { user_name: '1002', sip_auth_username: '1001', sofia_profile_name: 'internal' },
      'internal',
      'context internal by profile internal',
    ],
    ['unknown party', { sofia_profile_name: 'external' }, 'external', 'context external by profile external'],
    ['nothing at all', {}, 'default', 'context default by default'],
  ])('%s', (_what, variables, context, why) => {
    const selected = select(variables);
    expect(selected.name).toBe(context);
    expect(selected.context?.name).toBe(context);
    expect(selected.why).toBe(`${why}; domain example.com by default`);
  });

  test('a gateway counts before an extension', () => {
    expect(select({ sip_gateway: 'trunk1', user_name: '1001' }).origin).toEqual({
      kind: 'gateway',
      name: 'trunk1',
      profile: undefined,
    });
  });

  test('a path left by an earlier socket application does not count', () => {
    const stale = { socket_path: 'vip', current_application_data: '127.0.0.1:8084 async full' };
    expect(select(stale).name).toBe('default');
    const own = { socket_path: 'vip', current_application_data: '10.0.0.1:8084/x|127.0.0.1:8084/vip async full' };
    expect(select(own).name).toBe('vip');
  });

  test('a path may be percent-encoded, for names with spaces', () => {
    expect(select({ socket_path: '%E5%A4%9C%E9%97%B4%20%E8%B7%AF%E7%94%B1' }).context?.name).toBe('夜间 路由');
    expect(select({ socket_path: '%zz' }).name).toBe('%zz');
  });

  test('a context there is not, with and without one named global', () => {
    const missing = select({ socket_path: 'nope' });
    expect(missing.context).toBeUndefined();
    expect(missing.why).toContain('there is no such context');
    const fallback = select({ socket_path: 'nope', domain_name: 'other.org' });
    expect(fallback.name).toBe('nope');
    expect(fallback.context?.name).toBe('global');
    expect(fallback.why).toContain('which there is not: global is used');
  });

  test('context names have no case', () => {
    expect(select({ socket_path: 'VIP' }).context?.name).toBe('vip');
  });
});

describe('the domain of a call', () => {
  test.each<[Readonly<Record<string, string>>, string, string]>([
    [{ domain_name: 'other.org', sip_auth_realm: 'example.com' }, 'other.org', 'domain other.org by domain_name'],
    [{ sip_auth_realm: 'OTHER.org', sip_req_host: 'example.com' }, 'other.org', 'domain other.org by sip_auth_realm'],
    [{ sip_req_host: 'other.org' }, 'other.org', 'domain other.org by sip_req_host'],
    [
      { sip_req_host: '10.0.0.1' },
      'example.com',
      'domain example.com by default, as sip_req_host names 10.0.0.1, which is not known',
    ],
  ])('%j', (variables, domain, why) => {
    const selected = select(variables);
    expect(selected.domain).toBe(domain);
    expect(selected.why).toContain(why);
  });

  test('a default there is not is no route, not an error', () => {
    expect(select({}, 'nowhere').context).toBeUndefined();
  });
});
