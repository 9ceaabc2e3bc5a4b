/** How the daemon and its dialplan’s store are, as the API tells of it. */
import { Type, type Static } from '@fastify/type-provider-typebox';
import { Counters } from './calls.js';
import { count, nullable, text, time } from './elements.js';

export const StoreStatus = Type.Object(
  {
    location: text('Where the dialplan is, without passwords'),
    isUp: Type.Boolean({
      description: 'Whether changes are noticed; calls are routed by the last version all the same',
    }),
    error: nullable(text('Why not')),
    version: count(),
    loadedAt: nullable(time('When the version in force was loaded')),
    refusedDocuments: count('Documents with an error'),
    isStale: Type.Boolean({
      description: 'Whether calls are routed by what an earlier run saved, as the store has not been reached since',
    }),
    asOf: nullable(time('When the version in force was last known to be what the store holds')),
    redis: nullable(
      Type.Object(
        {
          invalidation: nullable(
            Type.Enum(['tracking', 'keyspace', 'polling'], {
              description: 'How changes become known; null while Redis is away',
            }),
          ),
          guarded: Type.Array(Type.String(), {
            description: 'Domains that are empty in Redis and keep their previous state, until `parkway accept-empty`',
          }),
          counters: Type.Object(
            {
              invalidations: count('Keys Redis said are changed'),
              readings: count(),
              fieldsRead: count('Fields that were new or changed'),
              connections: count(),
              failures: count(),
            },
            { description: 'Since the start' },
          ),
        },
        { description: 'null where the dialplan is in files' },
      ),
    ),
  },
  { title: 'StoreStatus' },
);
export type StoreStatus = Static<typeof StoreStatus>;

export const Trouble = Type.Object(
  { at: time('When'), level: Type.Enum(['warn', 'error']), message: Type.String() },
  { title: 'Trouble' },
);
export type Trouble = Static<typeof Trouble>;

export const Status = Type.Object(
  {
    version: Type.String(),
    startedAt: time('When Parkway was started'),
    isDraining: Type.Boolean({ description: 'Whether it takes no more calls, to be stopped' }),
    counters: Counters,
    store: StoreStatus,
    eventLoop: Type.Object(
      { p50: Type.Number(), p99: Type.Number(), highest: Type.Number(), utilization: Type.Number() },
      {
        description:
          'Milliseconds that other work waited within the last minute, and the share of time that was worked',
      },
    ),
    memory: Type.Object({ rss: count('Bytes'), heapUsed: count('Bytes'), external: count('Bytes') }),
    refused: Type.Record(Type.String(), Type.Integer(), {
      description: 'Connections refused since the start, by reason',
    }),
    history: Type.Object({
      remembered: count(),
      limit: count(),
      bytes: count('Of details, compressed'),
      withoutDetails: count('Calls since the start whose details were not kept, because too many ended at once'),
    }),
    troubles: Type.Array(Trouble, { description: 'The last warnings and errors of the log, newest first' }),
    runtime: Type.Object({ node: Type.String(), pcre2: Type.String(), host: Type.String(), pid: Type.Integer() }),
  },
  { title: 'Status' },
);
export type Status = Static<typeof Status>;

export const Readiness = Type.Object(
  {
    isReady: Type.Boolean(),
    reasons: Type.Array(Type.String(), { description: 'Why not' }),
    isDraining: Type.Boolean(),
    store: Type.Object({ isUp: Type.Boolean(), version: count(), ageSeconds: nullable(Type.Number()) }),
  },
  { title: 'Readiness' },
);
