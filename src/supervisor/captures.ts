/** The JSON API under /api/v1/captures: calls in the capture files, far beyond those that are remembered. */
import { Type, type FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { blockAt } from '../capture/newest-blocks.js';
import { printableText } from '../report/printable.js';
import { callRow } from '../report/call-row.js';
import { callOfCapture, readCapture, type CaptureRead } from './call-of-capture.js';
import { parsePlace } from './capture-place.js';
import type { DaemonWatch } from './daemon-watch.js';
import { decisionToday } from './decision-today.js';
import { seenBy } from './mask-texts.js';
import type { CallRow } from './schemas/calls.js';
import { CaptureDetails, CapturePage, CaptureSearch } from './schemas/captures.js';
import { ApiError } from './schemas/readers.js';
import { searchCaptures } from './search-captures.js';
import { NO_DUMP, sendDump } from './send-dump.js';

export interface CapturesOptions {
  readonly watch: DaemonWatch;
}

const PLACE = Type.Object({ place: Type.String({ description: 'A captured call’s place, as a search tells it' }) });
const DEFAULT_LIMIT = 100;
/** Each takes a good part of a processor, and memory. */
const MOST_SEARCHES = 2;
const NO_FILES: ApiError = {
  error: 'no_capture',
  message: 'no calls are kept in files: capture.dir is not set, see docs/capture.md',
};

export const captures: FastifyPluginCallbackTypebox<CapturesOptions> = (server, { watch }, done) => {
  const { captureDirectory: directory } = watch.options;
  let searches = 0;
  // The schema is compiled with the first line, which takes a while: when Parkway starts, not while it has calls.
  if (directory !== undefined) readCapture(Buffer.from('null'));

  server.get(
    '',
    {
      schema: {
        summary: 'Search the calls in the capture files, newest first, for about two seconds; `next` goes on',
        querystring: CaptureSearch,
        response: { 200: CapturePage, 400: ApiError, 404: ApiError, 503: ApiError },
      },
    },
    async (request, reply) => {
      if (directory === undefined) return reply.code(404).send(NO_FILES);
      const { from: text, limit = DEFAULT_LIMIT, ...query } = request.query;
      const from = text === undefined ? undefined : parsePlace(text);
      if (text !== undefined && from === undefined) {
        const message = `expected in "from" what an earlier answer had as "next", found ${printableText(text.slice(0, 80))}`;
        return reply.code(400).send({ error: 'no_such_place', message });
      }
      if (searches >= MOST_SEARCHES) {
        const message = `${MOST_SEARCHES} searches of the files are under way, which is all there may be; try again in a moment`;
        return reply.code(503).header('retry-after', '2').send({ error: 'too_many_searches', message });
      }
      const leaving = new AbortController();
      reply.raw.once('close', () => {
        leaving.abort();
      });
      searches += 1;
      try {
        const { isMasked } = request.reader;
        const page = await searchCaptures(directory, query, { from, limit, isMasked, signal: leaving.signal });
        return seenBy(isMasked, page as CapturePage);
      } catch (error) {
        if (!leaving.signal.aborted) throw error;
        return await reply.hijack();
      } finally {
        searches -= 1;
      }
    },
  );

  server.get(
    '/:place',
    {
      schema: {
        summary: 'One captured call: applications, what was decided, channel data',
        params: PLACE,
        response: { 200: CaptureDetails, 404: ApiError },
      },
    },
    async (request, reply) => {
      const found = await readAt(directory, request.params.place);
      if (found === undefined) return reply.code(404).send(noSuchCall(directory, request.params.place));
      const { isMasked } = request.reader;
      return { ...seenBy(isMasked, captureDetails(found.capture, watch)), isMasked };
    },
  );

  server.get(
    '/:place/dump',
    {
      schema: {
        summary: 'One captured call as it stands in its file, for `parkway replay`',
        params: PLACE,
        produces: ['application/x-ndjson'],
        response: { 200: Type.String(), 403: ApiError, 404: ApiError },
      },
    },
    async (request, reply) => {
      if (request.reader.isMasked) return reply.code(403).send(NO_DUMP);
      const found = await readAt(directory, request.params.place);
      if (found === undefined) return reply.code(404).send(noSuchCall(directory, request.params.place));
      return sendDump(reply, found.capture.call, `${found.line.toString('utf8')}\n`);
    },
  );

  done();
};

async function readAt(
  directory: string | undefined,
  text: string,
): Promise<{ readonly line: Buffer; readonly capture: CaptureRead } | undefined> {
  const place = parsePlace(text);
  if (directory === undefined || place === undefined) return undefined;
  const block = await blockAt(directory, place.file, place.at);
  const line = block?.lines[place.line];
  const capture = line === undefined ? undefined : readCapture(line);
  return line === undefined || capture === undefined ? undefined : { line, capture };
}

function noSuchCall(directory: string | undefined, place: string): ApiError {
  if (directory === undefined) return NO_FILES;
  return {
    error: 'no_such_call',
    message: `the capture files have no call at ${printableText(place)}; old files are removed (capture.days, capture.maxBytes)`,
  };
}

function captureDetails(capture: CaptureRead, { snapshot, options }: DaemonWatch): Omit<CaptureDetails, 'isMasked'> {
  const { mode, why, decision, applications = [], data, masked = false } = capture;
  return {
    call: callRow(capture.call, callOfCapture(capture)) as CallRow,
    mode,
    why: why === undefined ? null : printableText(why),
    decision:
      decision === undefined ? null : { actions: decision.actions.map(action), inline: decision.inline.map(action) },
    today: decisionToday(capture, snapshot, options),
    hidesNumbers: masked,
    applications: applications.map(({ startedAt, endedAt, response, ...executed }) => ({
      ...action(executed),
      startedAt,
      endedAt: endedAt ?? null,
      response: response === undefined ? null : printableText(response),
    })),
    data: Object.entries(data).map(([name, value]) => ({ name: printableText(name), value: printableText(value) })),
  };
}

function action({ application, data }: { readonly application: string; readonly data: string }): {
  name: string;
  data: string;
} {
  return { name: printableText(application), data: printableText(data) };
}
