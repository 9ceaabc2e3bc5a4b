/** The JSON API under /api/v1: all that the page shows. */
import process from 'node:process';
import os from 'node:os';
import { Type, type FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { capturedCall } from '../capture/captured-call.js';
import { ACTIVITY_STEP_MS } from '../calls/call-activity.js';
import { callOf } from '../calls/call-record.js';
import { searchCalls } from '../calls/search-calls.js';
import { pcre2Version } from '../dialplan/pcre2.js';
import { callDetails } from './call-details.js';
import type { DaemonWatch } from './daemon-watch.js';
import { dialplanOverview, extensionDetails } from './dialplan-view.js';
import { liveCalls, type LiveFeed } from './live-feed.js';
import { seenBy } from './mask-texts.js';
import { NO_DUMP, sendDump } from './send-dump.js';
import { Activity, CallDetails, CallPage, CallSearch, LiveCalls, type CallRow } from './schemas/calls.js';
import { DialplanOverview, ExtensionDetails } from './schemas/dialplan.js';
import { ApiError } from './schemas/readers.js';
import { Status } from './schemas/status.js';

export interface ApiOptions {
  readonly watch: DaemonWatch;
  readonly feed: LiveFeed;
  readonly version: string;
}

const KEY = Type.Object({ key: Type.String({ description: 'A call’s key' }) });
const DEFAULT_LIMIT = 100;

export const api: FastifyPluginCallbackTypebox<ApiOptions> = (server, { watch, feed, version }, done) => {
  server.get(
    '/status',
    {
      schema: { summary: 'Counters, store, event loop, memory, refusals, recent warnings', response: { 200: Status } },
    },
    (request) => seenBy(request.reader.isMasked, statusOf(watch, version)),
  );

  server.get('/calls/live', { schema: { summary: 'Calls in progress', response: { 200: LiveCalls } } }, (request) =>
    seenBy(request.reader.isMasked, liveCalls(watch)),
  );

  server.get(
    '/calls',
    {
      schema: {
        summary: 'Search calls that ended, newest first',
        querystring: CallSearch,
        response: { 200: CallPage },
      },
    },
    async (request) => {
      const { offset = 0, limit = DEFAULT_LIMIT, ...query } = request.query;
      const { isMasked } = request.reader;
      const recent = watch.calls.recentCalls();
      const page = await searchCalls(recent, query, { offset, limit, isMasked });
      return seenBy(isMasked, {
        calls: page.calls as CallRow[],
        found: page.found,
        remembered: recent.length,
        oldestAt: recent.at(-1)?.row.arrivedAt ?? null,
        hasFiles: watch.options.captureDirectory !== undefined,
      });
    },
  );

  server.get(
    '/calls/:key',
    {
      schema: {
        summary: 'One call: applications, decision trace, channel data',
        params: KEY,
        response: { 200: CallDetails, 404: ApiError },
      },
    },
    async (request, reply) => {
      const found = await watch.calls.find(request.params.key);
      if (found === undefined) return reply.code(404).send(noSuchCall(request.params.key, watch));
      const { isMasked } = request.reader;
      return { ...seenBy(isMasked, callDetails(found.row, found.record)), isMasked };
    },
  );

  server.get(
    '/calls/:key/dump',
    {
      schema: {
        summary: 'One call as a line of a capture file, for `parkway replay`',
        params: KEY,
        produces: ['application/x-ndjson'],
        response: { 200: Type.String(), 403: ApiError, 404: ApiError, 409: ApiError },
      },
    },
    async (request, reply) => {
      const { key } = request.params;
      if (request.reader.isMasked) return reply.code(403).send(NO_DUMP);
      const found = await watch.calls.find(key);
      if (found === undefined) return reply.code(404).send(noSuchCall(key, watch));
      if (found.row.endedAt === null) {
        return reply.code(409).send({ error: 'in_progress', message: `call ${key} has not ended yet` });
      }
      const line = `${JSON.stringify(capturedCall(callOf(found.record), watch.options))}\n`;
      return sendDump(reply, key, line);
    },
  );

  server.get(
    '/activity',
    { schema: { summary: 'Calls and decision time over the last hour', response: { 200: Activity } } },
    () => ({
      stepMs: ACTIVITY_STEP_MS,
      points: watch.activity
        .series()
        .map(({ p50, p99, ...point }) => ({ ...point, p50: p50 ?? null, p99: p99 ?? null })),
    }),
  );

  server.get(
    '/dialplan',
    {
      schema: {
        summary: 'Contexts and their extensions in order, hits, refused documents, reloads',
        response: { 200: DialplanOverview },
      },
    },
    (request) => seenBy(request.reader.isMasked, dialplanOverview(watch)),
  );

  server.get(
    '/dialplan/extension',
    {
      schema: {
        summary: 'One extension, whole',
        querystring: Type.Object({ domain: Type.String(), context: Type.String(), extension: Type.String() }),
        response: { 200: ExtensionDetails, 404: ApiError },
      },
    },
    async (request, reply) => {
      const { domain, context, extension } = request.query;
      const { isMasked } = request.reader;
      const details = extensionDetails(watch, request.query, isMasked);
      if (details !== undefined) return seenBy(isMasked, details);
      const message = `domain ${domain} has no extension "${extension}" in context ${context}`;
      return reply.code(404).send({ error: 'no_such_extension', message });
    },
  );

  server.get(
    '/events',
    {
      schema: {
        summary: 'Server-sent events: `calls` (those in progress), `change` (rows that changed), `dialplan`',
        produces: ['text/event-stream'],
        response: { 200: Type.String(), 503: ApiError },
      },
    },
    (request, reply) => {
      if (feed.isFull) {
        void reply.code(503).send({ error: 'too_many_readers', message: 'too many pages are open; try again later' });
        return;
      }
      reply.hijack();
      feed.connect(reply.raw, request.reader.isMasked);
    },
  );

  done();
};

function noSuchCall(key: string, { calls, options }: DaemonWatch): ApiError {
  if (calls.hasEnded(key)) {
    return {
      error: 'details_gone',
      message: `more calls ended at once than could be kept whole: of call ${key} only its line in the history is left`,
    };
  }
  return {
    error: 'no_such_call',
    message: `call ${key} is not in progress, and not among the last ${options.historySize} that ended`,
  };
}

function statusOf(watch: DaemonWatch, version: string): Status {
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    version,
    startedAt: watch.startedAt,
    isDraining: watch.isDraining,
    counters: watch.counters,
    store: watch.store,
    eventLoop: watch.eventLoop.read(),
    memory: { rss, heapUsed, external },
    refused: watch.refused,
    history: {
      remembered: watch.calls.historyCount,
      limit: watch.options.historySize,
      bytes: watch.calls.historyBytes,
      withoutDetails: watch.calls.forgottenDetails,
    },
    troubles: watch.troubles.newestFirst(),
    runtime: { node: process.version, pcre2: pcre2Version(), host: os.hostname(), pid: process.pid },
  };
}
