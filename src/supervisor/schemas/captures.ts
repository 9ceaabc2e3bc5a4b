/** Captured calls, as the API tells of them. */
import { Type, type Static } from '@fastify/type-provider-typebox';
import { CallRow, ChannelDataView, Decided, Executed, SEARCH } from './calls.js';
import { count, nullable, text, time } from './elements.js';

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
