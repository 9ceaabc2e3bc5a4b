import { expect, test } from '@jest/globals';
import { readXml } from './read-xml.js';

function routesOf(...parts: readonly string[]): {
  readonly routes: object | undefined;
  readonly findings: readonly string[];
} {
  const { routes, findings } = readXml(`<document>\n${parts.join('\n')}\n</document>`);
  return {
    routes: routes === undefined ? undefined : tablesOf(routes),
    findings: findings.map(({ severity, where, message }) => `${severity} ${where}: ${message}`),
  };
}

type Routes = NonNullable<ReturnType<typeof readXml>['routes']>;

function tablesOf({ extension, gateway, profile }: Routes): object {
  return {
    extension: Object.fromEntries(extension),
    gateway: Object.fromEntries(gateway),
    profile: Object.fromEntries(profile),
  };
}

function sofia(profiles: string): string {
  return `<section name="configuration"><configuration name="sofia.conf">\n<profiles>${profiles}</profiles></configuration></section>`;
}

function directory(domains: string): string {
  return `<section name="directory">\n${domains}</section>`;
}

function contextParam(value: string): string {
  return `<param name="context" value="${value}"/>`;
}

function contextVariable(value: string): string {
  return `<variables><variable name="user_context" value="${value}"/></variables>`;
}

test('a profile routes to its context, the last that it names, or to default', () => {
  const { routes, findings } = routesOf(
    sofia(
      `<profile name="internal"><settings>${contextParam('a')}<param name="Context" value="public"/></settings></profile>` +
        '<profile name="bare"><settings/></profile>',
    ),
  );
  expect(routes).toEqual({ extension: {}, gateway: {}, profile: { internal: 'public', bare: 'default' } });
  expect(findings).toEqual([]);
});

test('a gateway routes to its own context; without one its calls are the profile’s', () => {
  const gateways = `<gateways><gateway name="trunk">${contextParam('from-trunk')}</gateway><gateway name="other"/></gateways>`;
  const { routes } = routesOf(sofia(`<profile name="external">${gateways}</profile>`));
  expect(routes).toEqual({ extension: {}, gateway: { trunk: 'from-trunk' }, profile: { external: 'default' } });
});

test('a user routes to the user_context of the user, else of the group, else of the domain', () => {
  const group = `<groups><group name="sales">${contextVariable('of-group')}<users>
    <user id="1001">${contextVariable('own')}</user><user id="1002"/><user id="1003" type="pointer"/></users></group></groups>`;
  const { routes, findings } = routesOf(
    directory(
      `<domain name="a">${contextVariable('of-domain')}${group}<users><user id="1004"/></users><user id="1005"/></domain>`,
    ),
    directory(`<domain name="b"><user id="1006">${contextVariable('not read')}</user></domain>`),
  );
  expect(routes).toEqual({
    extension: { '1001': 'own', '1002': 'of-group', '1004': 'of-domain', '1005': 'of-domain' },
    gateway: {},
    profile: {},
  });
  expect(findings).toEqual([]);
});

test('what routes cannot say is a loss, with its line', () => {
  const { routes, findings } = routesOf(
    sofia(`
<profile name="by-host"><settings><param name="context" value="_domain_"/></settings></profile>
<profile name="external"><settings>
<param name="context" value="$\${its_context}"/>
<param name="apply-inbound-acl" value="partners:from-partner:public"/>
<param name="apply-inbound-acl" value="domains"/></settings></profile>`),
    directory(
      `<domain name="a"><user id="1">${contextVariable('x')}</user></domain>\n` +
        `<domain name="b"><user id="1">${contextVariable('y')}</user></domain>`,
    ),
  );
  expect(routes).toEqual({ extension: { '1': 'x' }, gateway: {}, profile: {} });
  expect(findings).toEqual([
    "loss in.xml:4: profile by-host routes by the host of the caller's address, which routes cannot; left out",
    'loss in.xml:5: the context $${its_context} of profile external is not known; left out',
    'loss in.xml:7: routes know no context by access list; left out: partners:from-partner:public',
    'loss in.xml:11: extension 1 has the context x already, here it is y; left out',
  ]);
});

test('a dialplan alone has no routes', () => {
  expect(readXml('<context name="default"/>').routes).toBeUndefined();
  expect(routesOf('<section name="dialplan"><context name="default"/></section>').routes).toBeUndefined();
});
