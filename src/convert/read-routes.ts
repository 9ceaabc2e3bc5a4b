/**
 * Which context calls come to in a whole configuration, as `sofia.c` and `switch_xml.c` of FreeSWITCH 1.11 choose it: that of a
 * gateway, else the `user_context` of who authenticated, else that of the SIP profile.
 */
import { textOf, type Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { Findings } from './finding.js';
import type { XmlElement, XmlNode } from './parse-xml.js';
import type { Preprocessed } from './preprocess.js';

/** Names to contexts, as a domain's `routes.json` holds them. */
export interface WrittenRoutes {
  readonly extension: ReadonlyMap<string, string>;
  readonly gateway: ReadonlyMap<string, string>;
  readonly profile: ReadonlyMap<string, string>;
}

/** Where a profile has no context of its own. */
const DEFAULT_CONTEXT = 'default';
/** As a profile's context: the host of the caller's address. */
const CALLER_HOST: Bytes = '_domain_';
const USER_CONTEXT: Bytes = 'user_context';
/** `list:context of who passes:context of who fails`. */
const ACL_WITH_CONTEXT = /:./;

/** The routes of a `<document>`; undefined if it has none, or is only a part of a configuration. */
export function readRoutes(
  roots: readonly XmlNode[],
  source: Preprocessed,
  findings: Findings,
): WrittenRoutes | undefined {
  const reader = new RouteReader(source, findings);
  const document = roots.find((node): node is XmlElement => node.kind === 'element' && node.name === 'document');
  if (document !== undefined) reader.read(document);
  const { extension, gateway, profile } = reader;
  return extension.size + gateway.size + profile.size === 0 ? undefined : reader;
}

class RouteReader implements WrittenRoutes {
  readonly extension = new Map<string, string>();
  readonly gateway = new Map<string, string>();
  readonly profile = new Map<string, string>();

  constructor(
    private readonly source: Preprocessed,
    private readonly findings: Findings,
  ) {}

  read(document: XmlElement): void {
    const configuration = firstNamed(childrenOf(document, 'section'), 'configuration');
    const sofia = firstNamed(childrenOf(configuration, 'configuration'), 'sofia.conf');
    for (const profile of descendants(sofia, 'profiles', 'profile')) this.readProfile(profile);
    const directory = firstNamed(childrenOf(document, 'section'), 'directory');
    for (const domain of childrenOf(directory, 'domain')) this.readDomain(domain);
  }

  private readProfile(profile: XmlElement): void {
    const params = descendants(profile, 'settings', 'param');
    const context = lastValue(params, 'context')?.value ?? DEFAULT_CONTEXT;
    if (lowerCase(context) === CALLER_HOST) {
      const message = `profile ${nameOf(profile)} routes by the host of the caller's address, which routes cannot; left out`;
      this.findings.loss(this.at(profile), message);
    } else this.put('profile', nameOf(profile), context, profile);
    for (const param of params) this.reportAccessList(param);
    for (const gateway of descendants(profile, 'gateways', 'gateway')) {
      const own = lastValue(childrenOf(gateway, 'param'), 'context');
      if (own !== undefined) this.put('gateway', nameOf(gateway), own.value, own.element);
    }
  }

  private reportAccessList(param: XmlElement): void {
    const value = param.attributes.get('value') ?? '';
    if (lowerCase(param.attributes.get('name') ?? '') !== 'apply-inbound-acl' || !ACL_WITH_CONTEXT.test(value)) return;
    this.findings.loss(this.at(param), `routes know no context by access list; left out: ${textOf(value)}`);
  }

  private readDomain(domain: XmlElement): void {
    const grouped = descendants(domain, 'groups', 'group').flatMap((group) =>
      descendants(group, 'users', 'user').map((user) => ({ user, group })),
    );
    const others = [...descendants(domain, 'users', 'user'), ...childrenOf(domain, 'user')];
    for (const { user, group } of [...grouped, ...others.map((other) => ({ user: other, group: undefined }))]) {
      if (user.attributes.get('type') === 'pointer') continue;
      const context = userContext(user) ?? userContext(group) ?? userContext(domain);
      if (context !== undefined) this.put('extension', textOf(user.attributes.get('id') ?? ''), context, user);
    }
  }

  private put(kind: keyof WrittenRoutes, name: string, value: Bytes, from: XmlElement): void {
    const context = textOf(value);
    const earlier = this[kind].get(name);
    const problem = value.includes('$${')
      ? `the context ${context} of ${kind} ${name} is not known`
      : earlier !== undefined && earlier !== context
        ? `${kind} ${name} has the context ${earlier} already, here it is ${context}`
        : undefined;
    if (problem !== undefined) this.findings.loss(this.at(from), `${problem}; left out`);
    else if (name !== '' && context !== '') this[kind].set(name, context);
  }

  private at(element: XmlElement): string {
    return this.source.whereIs(element.start);
  }
}

function userContext(element: XmlElement | undefined): Bytes | undefined {
  return lastValue(descendants(element, 'variables', 'variable'), USER_CONTEXT)?.value;
}

/** `<param name="…" value="…"/>` or `<variable …/>`: the last of a name counts. */
function lastValue(
  elements: readonly XmlElement[],
  name: Bytes,
): { readonly value: Bytes; readonly element: XmlElement } | undefined {
  const element = elements.findLast(({ attributes }) => lowerCase(attributes.get('name') ?? '') === name);
  return element === undefined ? undefined : { value: element.attributes.get('value') ?? '', element };
}

function nameOf(element: XmlElement): string {
  return textOf(element.attributes.get('name') ?? '');
}

function firstNamed(elements: readonly XmlElement[], name: Bytes): XmlElement | undefined {
  return elements.find(({ attributes }) => lowerCase(attributes.get('name') ?? '') === name);
}

function descendants(parent: XmlElement | undefined, name: string, inner: string): readonly XmlElement[] {
  return childrenOf(parent, name).flatMap((child) => childrenOf(child, inner));
}

function childrenOf(parent: XmlElement | undefined, name: string): readonly XmlElement[] {
  return (parent?.children ?? []).filter((node): node is XmlElement => node.kind === 'element' && node.name === name);
}
