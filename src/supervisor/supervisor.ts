/** The supervisor's server: the page, the JSON API, server-sent events, probes. Read-only. */
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyCookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import fastifySwagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify, type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Logger } from 'winston';
import type { Metrics } from '../metrics/create-metrics.js';
import { Access, type AccessOptions } from './access.js';
import { api } from './api.js';
import { captures } from './captures.js';
import type { DaemonWatch } from './daemon-watch.js';
import { LiveFeed, type FeedOptions } from './live-feed.js';
import { probes } from './probes.js';
import { COOKIE, session } from './session.js';
import { ApiError, type Reader } from './schemas/readers.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; known of every request that gets as far as its handler, but those that are open to all. */
    reader: Reader;
  }
  interface FastifyContextConfig {
    isOpenToAll?: boolean;
  }
}

export interface SupervisorOptions extends AccessOptions, FeedOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface Supervisor {
  /** Undefined while the port is another program's. */
  readonly port: number | undefined;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);
const { version } = require('../../package.json') as { version: string };
const PAGE = fileURLToPath(new URL('../../page', import.meta.url));
/** The page's libraries, as their packages ship them. */
const LIBRARIES = {
  'lit-html': path.dirname(require.resolve('lit-html')),
  uplot: path.join(path.dirname(require.resolve('uplot/package.json')), 'dist'),
};
const TRY_AGAIN_MS = 5_000;
const BODY_LIMIT = 4096;

const NOBODY: Reader = { role: 'supervisor', user: null, isMasked: true, canSignOut: false };

/**
 * Only what this server serves is loaded or asked; nothing inline runs; markup is made by the template library alone. Styles
 * are files too: what a script sets on an element is not counted as inline.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * Listens. Calls are routed whether it can or not: where another program has the port (the daemon that is being replaced, most
 * likely), it says so and tries again until it is free.
 * @throws what else the system says
 */
export async function startSupervisor(
  watch: DaemonWatch,
  options: SupervisorOptions,
  logger: Logger,
  metrics: Metrics,
): Promise<Supervisor> {
  const feed = new LiveFeed(watch, options);
  const server = await createServer(watch, feed, options, logger, metrics);
  const closing = new AbortController();
  const listen = async (): Promise<boolean> => {
    try {
      await server.listen({ host: options.host, port: options.port });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      return false;
    }
  };
  if (await listen()) {
    logger.info(`page for supervisors on ${server.listeningOrigin}`, { event: 'page', origin: server.listeningOrigin });
  } else {
    logger.warn(
      `the page's address ${options.host}:${options.port} is in use by another program; calls are routed all the same, ` +
        `and it is tried again every ${TRY_AGAIN_MS / 1000} s`,
      { event: 'page' },
    );
    void listenLater(listen, closing.signal, server, logger);
  }
  return {
    get port() {
      return (server.server.address() as AddressInfo | null)?.port;
    },
    async close() {
      closing.abort();
      feed.close();
      await server.close();
    },
  };
}

async function listenLater(
  listen: () => Promise<boolean>,
  signal: AbortSignal,
  server: FastifyInstance,
  logger: Logger,
): Promise<void> {
  try {
    do await sleep(TRY_AGAIN_MS, undefined, { signal, ref: false });
    while (!(await listen()));
    logger.info(`page for supervisors on ${server.listeningOrigin}`, { event: 'page', origin: server.listeningOrigin });
  } catch (error) {
    if (!signal.aborted) logger.error(`the page: ${(error as Error).message}`, { event: 'page' });
  }
}

async function createServer(
  watch: DaemonWatch,
  feed: LiveFeed,
  options: SupervisorOptions,
  logger: Logger,
  metrics: Metrics,
): Promise<FastifyInstance> {
  const access = new Access(options);
  const server = fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
  }).withTypeProvider<TypeBoxTypeProvider>();
  server.decorateRequest('reader', null as unknown as Reader);
  server.addHook('onSend', async (_request, reply) => {
    for (const [name, value] of Object.entries(HEADERS)) if (!reply.hasHeader(name)) reply.header(name, value);
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  server.setNotFoundHandler((request, reply) =>
    refuse(reply, 404, 'not_found', `there is no ${request.method} ${request.url}`),
  );
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) logger.error(`the page: ${error.stack ?? error.message}`, { event: 'page' });
    return refuse(
      reply,
      status,
      error.code,
      status >= 500 ? 'a fault of Parkway’s own; its log says more' : error.message,
    );
  });
  await server.register(fastifyCookie);
  await server.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Parkway',
        version,
        description:
          'What a supervisor sees, for programs. Read-only. Every text is printable: what is not is escaped, a byte that is no ' +
          'UTF-8 as \\xNN. Where a token is configured, send it as `Authorization: Bearer …`.',
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      // Needed where one is configured.
      security: [{ token: [] }, {}],
    },
  });
  await server.register(probes, { watch });
  await server.register(async (open) => {
    open.addHook('onRoute', ({ schema, config }) => {
      if (schema?.response === undefined || config?.isOpenToAll === true) return;
      const takesQuery = schema.querystring === undefined ? {} : { 400: ApiError };
      schema.response = { ...schema.response, ...takesQuery, 401: ApiError, 421: ApiError };
    });
    open.addHook('onRequest', async (request, reply) => {
      if (!access.isOwnName(request.headers.host)) {
        return refuse(
          reply,
          421,
          'wrong_name',
          'without a token this is answered only as localhost; see docs/supervisor.md',
        );
      }
      const reader = access.readerOf({ headers: request.headers, cookie: request.cookies[COOKIE], peer: request.ip });
      request.reader = reader ?? NOBODY;
      if (reader !== undefined || request.routeOptions.config.isOpenToAll === true) return;
      const message = access.takesTokens ? 'sign in with a token' : 'come through the reverse proxy';
      return refuse(reply, 401, access.takesTokens ? 'sign_in' : 'no_user', message);
    });
    await open.register(api, { prefix: '/api/v1', watch, feed, version });
    await open.register(captures, { prefix: '/api/v1/captures', watch });
    await open.register(session, { prefix: '/api/v1', access, logger });
    open.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
      const { registry } = metrics;
      return reply.type(registry.contentType).send(await registry.metrics());
    });
    open.get('/api/v1/openapi.json', { schema: { hide: true } }, () => server.swagger());
  });
  await server.register(pageFiles);
  return server;
}

/** The page itself holds nothing of any call. */
async function pageFiles(server: FastifyInstance): Promise<void> {
  await server.register(fastifyStatic, { root: PAGE, cacheControl: false, setHeaders: revalidate });
  for (const [name, root] of Object.entries(LIBRARIES)) {
    await server.register(fastifyStatic, {
      root,
      prefix: `/lib/${name}/`,
      decorateReply: false,
      cacheControl: false,
      setHeaders: revalidate,
    });
  }
}

/** Asked for each time, sent only when it changed: a new version is there at once. */
function revalidate(response: { setHeader(name: string, value: string): void }): void {
  response.setHeader('cache-control', 'no-cache');
}

function refuse(reply: FastifyReply, status: number, error: string, message: string): FastifyReply {
  return reply.code(status).send({ error, message });
}
