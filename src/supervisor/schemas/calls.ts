/** Calls, in progress and ended, as the API tells of them. */
import { Type, type Static } from '@fastify/type-provider-typebox';
import { count, nullable, text, time } from './elements.js';

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

export const Executed = Type.Array(
  Type.Object({
    name: Type.String(),
    data: text('As FreeSWITCH expanded it, where it says so'),
    startedAt: time('When it began'),
    endedAt: nullable(time('When it ended')),
    response: nullable(Type.String()),
  }),
);

export const Decided = {
  trace: Type.Array(TraceStep),
  log: Type.Array(Type.String(), { description: 'The trace as lines of FreeSWITCH’s own dialplan log' }),
};

export const ChannelDataView = Type.Array(Type.Object({ name: Type.String(), value: Type.String() }), {
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

export const SEARCH = {
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
