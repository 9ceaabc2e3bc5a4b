/** What the API says, as JSON Schemas: answers are written by them, the page's code is typed by them, OpenAPI is made of them. */
import { Type, type Static, type TSchema } from '@fastify/type-provider-typebox';

const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const time = (description: string) => Type.Integer({ description: `${description}, epoch milliseconds` });
const text = (description: string) => Type.String({ description });
const count = (description?: string) => Type.Integer(description === undefined ? {} : { description });

export const Outcome = Type.Enum(['finished', 'hungUp', 'transferred', 'noRoute', 'failed', 'handedBack', 'closed'], {
  description:
    'finished: the list was executed to its end; hungUp: the channel was hung up before; transferred: it went on elsewhere; ' +
    'noRoute: nothing matched; failed: hunting or executing failed; handedBack: FreeSWITCH’s own dialplan went on, because ' +
    'Parkway was stopped; closed: FreeSWITCH closed the socket',
});

export const CallRow = Type.Object(
  {
    key: text('Names the call in this API and in links: the channel’s uuid, with a number behind it if it came again'),
    arrivedAt: time('When FreeSWITCH handed it over'),
    endedAt: nullable(time('When it ended')),
    caller: text('The caller’s number'),
    callerName: text('What the caller says to be: anything'),
    destination: text('What was dialled'),
    origin: Type.Object({
      kind: Type.Enum(['gateway', 'extension', 'unknown']),
      name: nullable(text('The gateway or the registered extension')),
      profile: nullable(text('The SIP profile it came in on')),
    }),
    domain: text('The domain whose dialplan it is hunted in'),
    context: text('The context it is hunted in'),
    state: Type.Enum(['deciding', 'executing', 'ended']),
    application: nullable(
      Type.Object(
        {
          name: Type.String(),
          data: text('Its first 200 characters'),
          startedAt: time('When it began'),
        },
        { description: 'The application that runs; of a call that ended the last one' },
      ),
    ),
    outcome: nullable(Outcome),
    cause: nullable(text('FreeSWITCH’s name of the hangup cause')),
    answered: Type.Boolean({ description: 'Known when it ended' }),
    talkMs: nullable(Type.Number({ description: 'From answer to hang-up, milliseconds' })),
    matched: Type.Array(Type.String(), { description: 'Extensions that matched, in order' }),
    decisionMs: nullable(Type.Number({ description: 'Milliseconds to decide, FreeSWITCH’s answers included' })),
    error: nullable(text('What failed')),
  },
  { $id: 'CallRow', title: 'CallRow' },
);
export type CallRow = Static<typeof CallRow>;

export const TraceStep = Type.Object(
  {
    kind: Type.Enum(['parsing', 'nested', 'time', 'regex', 'rule', 'absolute', 'action', 'problem'], {
      description:
        'parsing: an extension is begun; nested: its nested conditions are; time, regex, absolute: a test; rule: what the tests of a rule came to; action: an ' +
        'application is taken; problem: what FreeSWITCH would warn of',
    }),
    depth: Type.Optional(count('How many condition lists are around it')),
    context: Type.Optional(Type.String()),
    extension: Type.Optional(Type.String()),
    continue: Type.Optional(text('The attribute as written')),
    passed: Type.Optional(Type.Boolean()),
    compared: Type.Optional(
      Type.Array(
        Type.Object({
          attribute: text('wday, time-of-day …'),
          expected: text('As the condition has it'),
          actual: text('What the clock said'),
          holds: Type.Boolean(),
        }),
        { description: 'Of a test of the time, each attribute: it passes if all of them hold' },
      ),
    ),
    field: Type.Optional(text('The field as written')),
    value: Type.Optional(text('What it read')),
    expression: Type.Optional(text('The expression after expansion')),
    break: Type.Optional(text('The condition’s break as written')),
    rule: Type.Optional(text('all, any or xor, for a child of a rule')),
    requireNested: Type.Optional(Type.Boolean()),
    anti: Type.Optional(Type.Boolean({ description: 'Whether it is an anti-action' })),
    application: Type.Optional(Type.String()),
    data: Type.Optional(Type.String()),
    inline: Type.Optional(Type.Boolean()),
    message: Type.Optional(Type.String()),
  },
  { title: 'TraceStep' },
);
export type TraceStep = Static<typeof TraceStep>;

const Executed = Type.Array(
  Type.Object({
    name: Type.String(),
    data: text('As FreeSWITCH expanded it, where it says so'),
    startedAt: time('When it began'),
    endedAt: nullable(time('When it ended')),
    response: nullable(Type.String()),
  }),
);

const Decided = {
  trace: Type.Array(TraceStep),
  log: Type.Array(Type.String(), { description: 'The trace as lines of FreeSWITCH’s own dialplan log' }),
};

const ChannelDataView = Type.Array(Type.Object({ name: Type.String(), value: Type.String() }), {
  description: 'The channel’s data when the call arrived',
});

export const CallDetails = Type.Object(
  {
    call: CallRow,
    mode: Type.Enum(['async', 'sync']),
    contextAskedFor: Type.String(),
    choice: Type.Object(
      {
        context: Type.Object({
          by: Type.Enum(['asked', 'path', 'transfer', 'extension', 'gateway', 'profile', 'default']),
          of: nullable(text('The extension, gateway or profile whose route it is')),
          isThere: Type.Boolean({ description: 'Whether the domain has that context, or one named `global` instead' }),
        }),
        domain: Type.Object({
          variable: nullable(text('The channel variable that names it; without one it is the default')),
          unknown: nullable(text('What that variable names, where no such domain is known: then it is the default')),
        }),
      },
      { description: 'What chose domain and context' },
    ),
    why: text('The same in words'),
    applications: Executed,
    ...Decided,
    data: ChannelDataView,
    isMasked: Type.Boolean({ description: 'Whether the reader sees of longer numbers the last four digits only' }),
  },
  { title: 'CallDetails' },
);
export type CallDetails = Static<typeof CallDetails>;

export const CallPage = Type.Object(
  {
    calls: Type.Array(CallRow),
    found: count('How many match, those beyond this page included'),
    remembered: count('How many calls were looked through'),
    oldestAt: nullable(time('The arrival of the oldest of them')),
    hasFiles: Type.Boolean({ description: 'Whether calls are kept in files too, which `/captures` searches' }),
  },
  { title: 'CallPage' },
);
export type CallPage = Static<typeof CallPage>;

const SEARCH = {
  text: Type.Optional(text('Words that must all be found: in names, numbers, applications and their data, errors')),
  number: Type.Optional(text('Part of the caller’s or the dialled number')),
  context: Type.Optional(text('Part of the context’s name')),
  extension: Type.Optional(text('Part of the name of an extension that matched')),
  cause: Type.Optional(text('Part of the hangup cause')),
  outcome: Type.Optional(Outcome),
  since: Type.Optional(time('Arrived then or later')),
  until: Type.Optional(time('Arrived then or earlier')),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
};

export const CallSearch = Type.Object({
  ...SEARCH,
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
});

export const CaptureSearch = Type.Object({
  ...SEARCH,
  from: Type.Optional(text('Where to go on: `next` of the answer before')),
});

export const CapturePage = Type.Object(
  {
    found: Type.Array(Type.Object({ place: text('Names the captured call in this API and in links'), call: CallRow })),
    next: nullable(text('Where to go on, also where nothing was found yet; null where nothing is left')),
    searched: count('How many calls were looked at'),
    reachedAt: nullable(time('The arrival of the last of them')),
    brokenLines: count('Lines that are no captured call'),
    unreadable: count('Files, or parts of them, that could not be read'),
  },
  { title: 'CapturePage' },
);
export type CapturePage = Static<typeof CapturePage>;

const Actions = Type.Array(Type.Object({ name: Type.String(), data: Type.String() }));

export const DecisionToday = Type.Object(
  {
    version: count('Of the dialplan in force'),
    domain: text('The domain it would be hunted in'),
    context: text('The context it would be hunted in'),
    isSame: Type.Boolean({
      description: 'Whether it is the decision that was taken: context, extensions, applications and their data alike',
    }),
    matched: Type.Array(Type.String(), { description: 'Extensions that match, in order' }),
    actions: Actions,
    inline: Actions,
    unknown: Type.Array(Type.String(), {
      description: 'What it asks FreeSWITCH’s API and was not asked then: taken as if there were no answer',
    }),
    ...Decided,
  },
  {
    title: 'DecisionToday',
    description:
      'What the dialplan in force decides for the call, at the time and with the answers FreeSWITCH gave then',
  },
);
export type DecisionToday = Static<typeof DecisionToday>;

export const CaptureDetails = Type.Object(
  {
    call: CallRow,
    mode: Type.Enum(['async', 'sync']),
    why: nullable(text('What chose domain and context, in words')),
    decision: nullable(Type.Object({ actions: Actions, inline: Actions }, { description: 'What was decided then' })),
    today: nullable(DecisionToday),
    hidesNumbers: Type.Boolean({
      description:
        'Whether numbers and names were hidden when it was kept (`capture.mask`), which may change what is decided',
    }),
    applications: Executed,
    data: ChannelDataView,
    isMasked: Type.Boolean({ description: 'Whether the reader sees of longer numbers the last four digits only' }),
  },
  { title: 'CaptureDetails' },
);
export type CaptureDetails = Static<typeof CaptureDetails>;

export const Counters = Type.Object(
  {
    live: count('Calls in progress'),
    arrivals: count('Calls since the start'),
    ends: Type.Record(Type.String(), Type.Integer(), { description: 'Calls that ended since the start, by outcome' }),
  },
  { title: 'Counters' },
);
export type Counters = Static<typeof Counters>;

export const LiveCalls = Type.Object(
  {
    at: time('The server’s clock'),
    calls: Type.Array(CallRow, { description: 'The longest first' }),
    counters: Counters,
  },
  { title: 'LiveCalls' },
);
export type LiveCalls = Static<typeof LiveCalls>;

export const Activity = Type.Object(
  {
    stepMs: count('Milliseconds from one point to the next'),
    points: Type.Array(
      Type.Object({
        at: time('Its beginning'),
        calls: count('Calls that arrived'),
        noRoute: count(),
        failed: count(),
        p50: nullable(Type.Number({ description: 'Milliseconds to decide: half took no longer' })),
        p99: nullable(Type.Number({ description: '99 of 100 took no longer' })),
      }),
      { description: 'The last hour, oldest first; the last point is not over yet' },
    ),
  },
  { title: 'Activity' },
);
export type Activity = Static<typeof Activity>;

const Hits = Type.Object({ tried: count('Calls whose data it was compared with'), matched: count() });

export const ExtensionSummary = Type.Object(
  {
    name: Type.String(),
    continues: Type.Boolean({ description: 'Whether hunting goes on behind it when it matched' }),
    today: Hits,
    sinceStart: Hits,
    lastMatchedAt: nullable(time('The arrival of the last call it matched')),
  },
  { title: 'ExtensionSummary' },
);
export type ExtensionSummary = Static<typeof ExtensionSummary>;

export const DialplanProblem = Type.Object(
  {
    severity: Type.Enum(['error', 'warning']),
    location: text('A file’s path, or a key and field'),
    path: text('Where in the document, a JSON pointer'),
    message: Type.String(),
  },
  { title: 'DialplanProblem' },
);

export const DialplanChange = Type.Object(
  {
    at: time('When it came into force'),
    version: count(),
    changed: Type.Array(Type.String(), { description: 'Documents that are new, changed or gone; the first hundred' }),
    changedCount: count(),
    newProblems: Type.Array(DialplanProblem),
    solved: count('Problems that are there no more'),
  },
  { title: 'DialplanChange' },
);
export type DialplanChange = Static<typeof DialplanChange>;

const Route = Type.Object({ name: Type.String(), context: Type.String() });

export const DialplanOverview = Type.Object(
  {
    version: count('Counts the loads since the start'),
    domains: Type.Array(
      Type.Object({
        name: Type.String(),
        contexts: Type.Array(Type.Object({ name: Type.String(), extensions: Type.Array(ExtensionSummary) })),
        routes: Type.Object({
          extension: Type.Array(Route),
          gateway: Type.Array(Route),
          profile: Type.Array(Route),
        }),
      }),
    ),
    problems: Type.Array(DialplanProblem, {
      description: 'What is wrong with documents; errors keep one out of force',
    }),
    changes: Type.Array(DialplanChange, { description: 'The last reloads, newest first' }),
    countingSince: time('When counting began'),
  },
  { title: 'DialplanOverview' },
);
export type DialplanOverview = Static<typeof DialplanOverview>;

export const ActionView = Type.Object(
  { application: Type.String(), data: Type.String(), inline: Type.Boolean(), loop: Type.Integer() },
  { title: 'Action' },
);
export type ActionView = Static<typeof ActionView>;

const TestView = {
  field: nullable(Type.String()),
  expression: Type.String(),
  time: Type.Record(Type.String(), Type.String(), { description: 'Attributes of a time test' }),
};

/** Nested lists are flattened: `depth` says how deep one stands. */
export const ConditionView = Type.Object(
  {
    ...TestView,
    depth: count('How many condition lists are around it'),
    break: Type.String(),
    rule: nullable(text('all, any or xor')),
    tests: Type.Array(Type.Object(TestView), { description: 'The rule’s' }),
    actions: Type.Array(ActionView),
    antiActions: Type.Array(ActionView),
    requireNested: Type.Boolean(),
    hasNested: Type.Boolean(),
  },
  { title: 'Condition' },
);
export type ConditionView = Static<typeof ConditionView>;

export const ExtensionDetails = Type.Object(
  { extension: ExtensionSummary, conditions: Type.Array(ConditionView) },
  { title: 'ExtensionDetails' },
);
export type ExtensionDetails = Static<typeof ExtensionDetails>;

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

export const Reader = Type.Object(
  {
    role: Type.Enum(['administrator', 'supervisor']),
    user: nullable(text('The name the reverse proxy told')),
    isMasked: Type.Boolean({ description: 'Whether longer numbers are shown by their last four digits only' }),
    canSignOut: Type.Boolean(),
  },
  { title: 'Reader' },
);
export type Reader = Static<typeof Reader>;

export const Readiness = Type.Object(
  {
    isReady: Type.Boolean(),
    reasons: Type.Array(Type.String(), { description: 'Why not' }),
    isDraining: Type.Boolean(),
    store: Type.Object({ isUp: Type.Boolean(), version: count(), ageSeconds: nullable(Type.Number()) }),
  },
  { title: 'Readiness' },
);

export const ApiError = Type.Object(
  { error: text('A name for programs'), message: text('What was expected and what was found') },
  { title: 'Error' },
);
export type ApiError = Static<typeof ApiError>;
