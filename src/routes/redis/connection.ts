/** A Redis by its URL: one server, a unix socket, a master that sentinels know, or a cluster. */
import { Cluster, Redis, type ClusterOptions, type RedisOptions } from 'ioredis';

type ServerOptions = Omit<RedisOptions, 'replyMapping'>;
type NodeOptions = Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>;

/** One server, or a cluster. */
export type Client = Redis | Cluster;

/** How to make clients; none of them connects before it is told to, nor again by itself. */
export interface Connection {
  /** Without passwords. */
  readonly name: string;
  readonly isCluster: boolean;
  create(): Client;
}

/** A URL is none of Redis; the message says what was expected. */
export class RedisUrlError extends Error {}

const URL_PARTS =
  /^(rediss?|redis\+unix|unix|rediss?\+sentinel|rediss?\+cluster):\/\/(?:(.*)@)?([^@/?]*)([^?]*)(?:\?(.*))?$/;
const EXPECTED =
  'expected redis://[user:password@]host[:port][/db], rediss://…, redis+unix:///path, ' +
  'redis+sentinel://host[:port],…/name[/db] or redis+cluster://host[:port],…';
const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;
const CONNECT_MS = 5_000;
/** A server that is stopped takes no leave. */
const DISCONNECT_MS = 100;
/** A command that is not answered by then never will be: the connection is given up. */
export const COMMAND_MS = 30_000;

const COMMON = {
  // Version 6 of the client drops what RESP3 pushes.
  protocol: 2,
  lazyConnect: true,
  enableOfflineQueue: false,
  // The client would complain on the console where INFO is not allowed; a server that is loading says so to any command.
  enableReadyCheck: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: CONNECT_MS,
  disconnectTimeout: DISCONNECT_MS,
  commandTimeout: COMMAND_MS,
  connectionName: 'parkway',
} as const satisfies ServerOptions;

export function isRedisUrl(url: string): boolean {
  return /^(rediss?(\+\w+)?|unix):/i.test(url);
}

/** @param options of the client's own, over what the URL says. @throws RedisUrlError */
export function connectionOf(url: string, options: Readonly<Record<string, unknown>>): Connection {
  const [, scheme, credentials, hosts, path, query] = URL_PARTS.exec(url) ?? [];
  if (scheme === undefined) throw new RedisUrlError(EXPECTED);
  const access = { ...accessOf(credentials), ...Object.fromEntries(new URLSearchParams(query)) };
  const secure = scheme.startsWith('rediss') ? { tls: {} } : {};
  const name = `${scheme}://${hosts ?? ''}${path ?? ''}`;
  const server = { ...COMMON, retryStrategy: () => null, ...secure, ...access };
  const single = (target: ServerOptions): Connection => {
    const all: ServerOptions = { ...server, ...target, ...options };
    return { name, isCluster: false, create: () => new Redis(all) };
  };
  switch (scheme) {
    case 'redis':
    case 'rediss': {
      const { host, port } = addressesOf(hosts, REDIS_PORT)[0] ?? {};
      return single({ host: host ?? '127.0.0.1', port: port ?? REDIS_PORT, db: databaseOf(path) });
    }
    case 'unix':
    case 'redis+unix':
      if (path === undefined || path === '') throw new RedisUrlError(EXPECTED);
      return single({ path: decodeURIComponent(path) });
    case 'redis+sentinel':
    case 'rediss+sentinel': {
      const [, master = '', db] = (path ?? '').split('/');
      if (master === '') throw new RedisUrlError(EXPECTED);
      return single({
        sentinels: addressesOf(hosts, SENTINEL_PORT),
        name: decodeURIComponent(master),
        db: databaseOf(`/${db ?? ''}`),
        sentinelRetryStrategy: () => null,
      });
    }
    default:
      return clusterOf(name, addressesOf(hosts, REDIS_PORT), { ...COMMON, ...secure, ...access }, options);
  }
}

/** Cluster options may be given as they are; what is none of a cluster's is of its servers. */
function clusterOf(
  name: string,
  nodes: readonly { host: string; port: number }[],
  server: NodeOptions,
  { redisOptions, ...options }: Readonly<Record<string, unknown>>,
): Connection {
  const all = {
    lazyConnect: true,
    enableOfflineQueue: true,
    clusterRetryStrategy: () => null,
    slotsRefreshTimeout: CONNECT_MS,
    ...options,
    redisOptions: { ...server, ...options, ...(redisOptions as object) },
  } satisfies ClusterOptions;
  return { name, isCluster: true, create: () => new Cluster([...nodes], all) };
}

function accessOf(credentials: string | undefined): { username?: string; password?: string } {
  if (credentials === undefined) return {};
  const [username = '', ...rest] = credentials.split(':');
  if (rest.length === 0) return { password: decodeURIComponent(username) };
  const password = decodeURIComponent(rest.join(':'));
  return username === '' ? { password } : { username: decodeURIComponent(username), password };
}

function addressesOf(hosts: string | undefined, defaultPort: number): { host: string; port: number }[] {
  return (hosts ?? '')
    .split(',')
    .filter((host) => host !== '')
    .map((address) => {
      const [, host, port] = /^(\[[^\]]+\]|[^:]*)(?::(\d+))?$/.exec(address) ?? [];
      if (host === undefined || host === '') throw new RedisUrlError(EXPECTED);
      return { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? defaultPort) };
    });
}

function databaseOf(path: string | undefined): number {
  const db = (path ?? '').replace(/^\//, '');
  if (!/^\d*$/.test(db)) throw new RedisUrlError(EXPECTED);
  return Number(db);
}
