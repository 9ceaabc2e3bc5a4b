/** The dialplan in force, as the API tells of it. */
import { Type, type Static } from '@fastify/type-provider-typebox';
import { count, nullable, text, time } from './elements.js';

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
    line: nullable(Type.Integer({ description: 'Where in its text; the first is 1', minimum: 1 })),
    column: nullable(Type.Integer({ description: 'Of UTF-16 units; the first is 1', minimum: 1 })),
    path: text('Where in the document, a JSON pointer'),
    message: Type.String(),
  },
  { title: 'DialplanProblem' },
);
export type DialplanProblem = Static<typeof DialplanProblem>;

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
