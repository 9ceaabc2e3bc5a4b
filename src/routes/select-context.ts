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

export interface SelectedContext {
  /** The domain whose dialplan is used. */
  readonly domain: string;
  /** The context's name as it was asked for. */
  readonly name: string;
  /** Undefined if the domain has neither that context nor one named `global`. */
  readonly context: Context | undefined;
  readonly origin: Origin;
  /** What chose domain and context, in words. */
  readonly why: string;
}

const DOMAIN_VARIABLES = ['domain_name', 'sip_auth_realm', 'sip_req_host'];
const DEFAULT_CONTEXT = 'default';

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
  const { domain, why: whyDomain } = selectDomain(data, snapshot, defaultDomain);
  const origin = originOf(data);
  const { name, why } =
    askedContext(asked) ??
    explicitContext(data, domain) ??
    namedByTransfer(data, domain) ??
    routedContext(origin, domain?.routes ?? NO_ROUTES);
  const context = findContext(domain, name);
  const found = context === undefined ? '; there is no such context' : describeFallback(name, context);
  return { domain: domain?.name ?? defaultDomain, name, context, origin, why: `${why}${found}; ${whyDomain}` };
}

function selectDomain(
  data: ChannelHeaders,
  snapshot: Snapshot,
  defaultDomain: string,
): { domain: Domain | undefined; why: string } {
  for (const variable of DOMAIN_VARIABLES) {
    const name = read(data, variable);
    if (name === undefined) continue;
    const domain = findDomain(snapshot, name);
    if (domain !== undefined) return { domain, why: `domain ${domain.name} by ${variable}` };
    return {
      domain: findDomain(snapshot, defaultDomain),
      why: `domain ${defaultDomain} by default, as ${variable} names ${name}, which is not known`,
    };
  }
  return { domain: findDomain(snapshot, defaultDomain), why: `domain ${defaultDomain} by default` };
}

function originOf(data: ChannelHeaders): Origin {
  const gateway = read(data, 'sip_gateway');
  const profile = read(data, 'sofia_profile_name');
  if (gateway !== undefined) return { kind: 'gateway', name: gateway, profile };
  const extension = read(data, 'user_name') ?? read(data, 'sip_auth_username');
  if (extension !== undefined) return { kind: 'extension', name: extension, profile };
  return { kind: 'unknown', name: undefined, profile };
}

function askedContext(name: string | undefined): { name: string; why: string } | undefined {
  return name === undefined ? undefined : { name, why: `context ${name} as asked for` };
}

/** `socket host:port/context`: the operator's own choice. */
function explicitContext(data: ChannelHeaders, domain: Domain | undefined): { name: string; why: string } | undefined {
  const path = read(data, 'socket_path');
  if (path === undefined || !belongsToThisSocket(path, read(data, 'current_application_data'))) return undefined;
  // A name with spaces cannot stand in the application's data but percent-encoded.
  const decoded = decodePath(path);
  const name = domain?.contexts.has(lowerCase(path)) === true ? path : decoded;
  return { name, why: `context ${name} by the socket application's path` };
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
function namedByTransfer(data: ChannelHeaders, domain: Domain | undefined): { name: string; why: string } | undefined {
  const noted = transferredContext(data);
  const name = noted === undefined ? undefined : textOf(noted);
  if (name === undefined || domain?.contexts.has(lowerCase(name)) !== true) return undefined;
  return { name, why: `context ${name} by transfer` };
}

function routedContext({ kind, name, profile }: Origin, routes: RouteTable): { name: string; why: string } {
  if (name !== undefined && kind !== 'unknown') {
    const own = routes[kind].get(name);
    if (own !== undefined) return { name: own, why: `context ${own} by ${kind} ${name}` };
  }
  const byProfile = profile === undefined ? undefined : routes.profile.get(profile);
  if (byProfile !== undefined) return { name: byProfile, why: `context ${byProfile} by profile ${profile ?? ''}` };
  return { name: DEFAULT_CONTEXT, why: `context ${DEFAULT_CONTEXT} by default` };
}

function describeFallback(name: string, context: Context): string {
  return lowerCase(context.name) === lowerCase(name) ? '' : `, which there is not: ${context.name} is used`;
}

/** A variable as text; undefined where it is missing or empty. */
function read(data: ChannelHeaders, variable: string): string | undefined {
  const value: Bytes | undefined = data.get(`variable_${variable}`);
  return value === undefined || value === '' ? undefined : textOf(value);
}
