/** Which context a call is routed by, and why. */
import { textOf, type Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { ChannelHeaders } from '../dialplan/caller-profile.js';
import { NO_ROUTES, type RouteTable } from './route-table.js';
import { findContext, findDomain, type Context, type Domain, type Snapshot } from './snapshot.js';
import { transferredContext } from './transferred-context.js';

/** Where a call comes from. */
export interface Origin {
  readonly kind: 'gateway' | 'extension' | 'unknown';
  /** The gateway or the registered extension; undefined for a party nobody knows. */
  readonly name: string | undefined;
  /** The SIP profile it came in on. */
  readonly profile: string | undefined;
}

/**
 * What chose the context: who asked for it whatever the routes say, the path of the `socket` application, a `transfer`, the route
 * of an extension, a gateway or a profile (`of` is its name), or nothing.
 */
export interface ContextChoice {
  readonly by: 'asked' | 'path' | 'transfer' | 'extension' | 'gateway' | 'profile' | 'default';
  readonly of: string | undefined;
}

/** Which channel variable named the domain, and what it named if that is not known; without one the default is used. */
export interface DomainChoice {
  readonly variable: string | undefined;
  readonly unknown: string | undefined;
}

export interface Selected {
  /** The domain whose dialplan is used. */
  readonly domain: string;
  /** The context's name as it was asked for. */
  readonly name: string;
  /** Undefined if the domain has neither that context nor one named `global`. */
  readonly context: Context | undefined;
}

export interface SelectedContext extends Selected {
  readonly origin: Origin;
  readonly choice: { readonly context: ContextChoice; readonly domain: DomainChoice };
  /** The same in words. */
  readonly why: string;
}

const DOMAIN_VARIABLES = ['domain_name', 'sip_auth_realm', 'sip_req_host'].map((variable) => ({
  variable,
  header: `variable_${variable}`,
}));
const DEFAULT_CONTEXT = 'default';

interface NamedContext extends ContextChoice {
  readonly name: string;
}

/** What of a channel's data chooses its context. */
export interface Routing {
  /** The variable that names the domain, and the name. */
  readonly domain: { readonly variable: string; readonly name: string } | undefined;
  /** The path of the `socket` application that is executed. */
  readonly path: string | undefined;
  /** The context that our dialplan transferred it to. */
  readonly transferred: string | undefined;
  readonly origin: Origin;
}

/**
 * @param defaultDomain the domain of calls that name none, or one there is not
 * @param asked the context to use whatever the routes say
 */
export function selectContext(
  data: ChannelHeaders,
  snapshot: Snapshot,
  defaultDomain: string,
  asked?: string,
): SelectedContext {
  const routing = routingOf(data);
  const { selected, named, domainChoice } = choose(routing, snapshot, defaultDomain, asked);
  const { origin } = routing;
  const { by, of } = named;
  const { variable, unknown } = domainChoice;
  const choice = { context: { by, of }, domain: { variable, unknown } };
  return { ...selected, origin, choice, why: inWords(selected, choice) };
}

/** The same without telling why, of what is read once for many dialplans. */
export function contextOf(routing: Routing, snapshot: Snapshot, defaultDomain: string, asked?: string): Selected {
  return choose(routing, snapshot, defaultDomain, asked).selected;
}

/** Reads what chooses a call's context. */
export function routingOf(data: ChannelHeaders): Routing {
  const transferred = transferredContext(data);
  return {
    domain: namedDomain(data),
    path: explicitPath(data),
    transferred: transferred === undefined ? undefined : textOf(transferred),
    origin: originOf(data),
  };
}

function choose(
  { domain: asksFor, path, transferred, origin }: Routing,
  snapshot: Snapshot,
  defaultDomain: string,
  asked: string | undefined,
): { readonly selected: Selected; readonly named: NamedContext; readonly domainChoice: DomainChoice } {
  const found = asksFor === undefined ? undefined : findDomain(snapshot, asksFor.name);
  const domain = found ?? findDomain(snapshot, defaultDomain);
  const named =
    askedContext(asked) ??
    explicitContext(path, domain) ??
    namedByTransfer(transferred, domain) ??
    routedContext(origin, domain?.routes ?? NO_ROUTES);
  const { name } = named;
  return {
    selected: { domain: domain?.name ?? defaultDomain, name, context: findContext(domain, name) },
    named,
    domainChoice: { variable: asksFor?.variable, unknown: found === undefined ? asksFor?.name : undefined },
  };
}

/** The first variable that names a domain counts, whether there is that domain or not. */
function namedDomain(data: ChannelHeaders): Routing['domain'] {
  for (const { variable, header } of DOMAIN_VARIABLES) {
    const name = read(data, header);
    if (name !== undefined) return { variable, name };
  }
  return undefined;
}

export function originOf(data: ChannelHeaders): Origin {
  const gateway = read(data, 'variable_sip_gateway');
  const profile = read(data, 'variable_sofia_profile_name');
  if (gateway !== undefined) return { kind: 'gateway', name: gateway, profile };
  const extension = read(data, 'variable_user_name') ?? read(data, 'variable_sip_auth_username');
  if (extension !== undefined) return { kind: 'extension', name: extension, profile };
  return { kind: 'unknown', name: undefined, profile };
}

function askedContext(name: string | undefined): NamedContext | undefined {
  return name === undefined ? undefined : { name, by: 'asked', of: undefined };
}

function explicitPath(data: ChannelHeaders): string | undefined {
  const path = read(data, 'variable_socket_path');
  if (path === undefined) return undefined;
  return belongsToThisSocket(path, read(data, 'variable_current_application_data')) ? path : undefined;
}

/** `socket host:port/context`: the operator's own choice. */
function explicitContext(path: string | undefined, domain: Domain | undefined): NamedContext | undefined {
  if (path === undefined) return undefined;
  // A name with spaces cannot stand in the application's data but percent-encoded.
  const decoded = decodePath(path);
  const name = domain?.contexts.has(lowerCase(path)) === true ? path : decoded;
  return { name, by: 'path', of: undefined };
}

/** FreeSWITCH leaves `socket_path` on the channel when a later `socket` application has none. */
function belongsToThisSocket(path: string, applicationData: string | undefined): boolean {
  if (applicationData === undefined) return true;
  const hosts = applicationData.split(' ', 1)[0] ?? '';
  return hosts.split('|').some((host) => host.endsWith(`/${path}`));
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** `transfer 1001 XML context`: as FreeSWITCH's dialplan would go on, where the domain has that context. */
function namedByTransfer(name: string | undefined, domain: Domain | undefined): NamedContext | undefined {
  if (name === undefined || domain?.contexts.has(lowerCase(name)) !== true) return undefined;
  return { name, by: 'transfer', of: undefined };
}

function routedContext({ kind, name, profile }: Origin, routes: RouteTable): NamedContext {
  if (name !== undefined && kind !== 'unknown') {
    const own = routes[kind].get(name);
    if (own !== undefined) return { name: own, by: kind, of: name };
  }
  const byProfile = profile === undefined ? undefined : routes.profile.get(profile);
  if (byProfile !== undefined) return { name: byProfile, by: 'profile', of: profile };
  return { name: DEFAULT_CONTEXT, by: 'default', of: undefined };
}

const BY: Readonly<Record<ContextChoice['by'], string>> = {
  asked: 'as asked for',
  path: "by the socket application's path",
  transfer: 'by transfer',
  extension: 'by extension',
  gateway: 'by gateway',
  profile: 'by profile',
  default: 'by default',
};

function inWords({ domain, name, context }: Selected, choice: SelectedContext['choice']): string {
  const { by, of } = choice.context;
  const { variable, unknown } = choice.domain;
  const found = context === undefined ? '; there is no such context' : describeFallback(name, context);
  const whyDomain =
    unknown === undefined
      ? `by ${variable ?? 'default'}`
      : `by default, as ${variable ?? ''} names ${unknown}, which is not known`;
  return `context ${name} ${BY[by]}${of === undefined ? '' : ` ${of}`}${found}; domain ${domain} ${whyDomain}`;
}

function describeFallback(name: string, context: Context): string {
  return lowerCase(context.name) === lowerCase(name) ? '' : `, which there is not: ${context.name} is used`;
}

/** A variable, by its header, as text; undefined where it is missing or empty. */
function read(data: ChannelHeaders, header: string): string | undefined {
  const value: Bytes | undefined = data.get(header);
  return value === undefined || value === '' ? undefined : textOf(value);
}
