import { mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textOf } from '../../src/bytes.js';
import { CorpusWork, type ComparisonJob } from '../../src/corpus/corpus-job.js';
import type { Comparison, MoveKind } from '../../src/corpus/compare-calls.js';
import { ExpectedMoves } from '../../src/corpus/expected-moves.js';
import { doesTheSame, goesTheSameWay, routeOf } from '../../src/corpus/route.js';
import type { ConditionDocument, ExtensionDocument } from '../../src/dialplan/extension-document.js';
import { BUILT_INS } from '../../src/replay/built-in-answers.js';
import { callerContext } from '../../src/replay/caller-context.js';
import { callOfPiece } from '../../src/replay/call-of-piece.js';
import { parseJson } from '../../src/replay/json-bytes.js';
import { replay, type Replayed } from '../../src/replay/replay.js';
import type { Snapshot } from '../../src/routes/snapshot.js';
import { DialplanStore } from '../../src/routes/store.js';
import { captureLines } from '../support/capture-lines.js';
import { dialplanDocuments } from '../support/dialplan-documents.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const temporary = temporaryDirectory();

const field = fc.constantFrom(
  ...['destination_number', 'destination_number', 'destination_number', 'destination_number', 'caller_id_number'],
  ...[
    '${team}',
    '${TEAM}',
    '${kind}',
    'caller_id_name',
    '${nothing}',
    '${cond(${team} == red ? yes : no)}',
    '${hash(select/x/1)}',
  ],
);
const expression = fc.constantFrom(
  ...[
    '^(1\\d{3})$',
    '^(1\\d{3})$',
    '^1(.)(.)',
    '^1(.)(.)',
    '^0(\\d+)$',
    '.',
    '^$',
    '(?i)^RED$',
    '^${caller_id_number}$',
    'yes',
    '^(\\d)\\d*\\1$',
    "'",
  ],
);
const data = fc.constantFrom(
  ...[
    'user/$1',
    'user/$1',
    'user/$1',
    'user/$1',
    'user/${destination_number}',
    'gateway/a/$1',
    'gateway/b/$1',
    'user/1002',
    '$1$2',
    '$2',
  ],
  ...['x', 'kind=$1', 'kind=red', 'team=${caller_id_name}'],
);
const action = fc.record(
  {
    application: fc.constantFrom('bridge', 'bridge', 'set', 'hangup'),
    data,
    inline: fc.constantFrom('false', 'false', 'true'),
  },
  { requiredKeys: ['application', 'data'] },
);
const test_ = fc.record({ field, expression });
const time = fc.constantFrom<ConditionDocument>(
  { hour: '9-17' },
  { wday: 'mon-fri', 'minute-of-day': '1-700' },
  { 'time-of-day': '22:00-06:00:30' },
  { mday: '1-15,20', mon: '11' },
);
const { condition } = fc.letrec<{ condition: ConditionDocument }>((tie) => ({
  condition: fc
    .tuple(
      fc.oneof(
        { weight: 5, arbitrary: test_ },
        { weight: 1, arbitrary: time },
        {
          weight: 1,
          arbitrary: fc.record({
            regex: fc.constantFrom('any', 'all', 'xor'),
            regexes: fc.array(test_, { minLength: 1, maxLength: 3 }),
          }),
        },
        { weight: 1, arbitrary: fc.constant<ConditionDocument>({}) },
      ),
      fc.record(
        {
          break: fc.constantFrom('on-true', 'never', 'always'),
          action: fc.array(action, { maxLength: 2 }),
          'anti-action': fc.array(action, { maxLength: 1 }),
          condition: fc.array(tie('condition'), { maxLength: 1 }),
        },
        { requiredKeys: ['action'] },
      ),
    )
    .map(([tested, rest]) => ({ ...tested, ...rest })),
}));
const extension: fc.Arbitrary<ExtensionDocument> = fc.record(
  { continue: fc.constant('true'), condition: fc.array(condition, { minLength: 1, maxLength: 2, size: 'small' }) },
  { requiredKeys: ['condition'] },
);
const NAMES = ['a', '1002', 'b', 'c'];

interface Dialplan {
  readonly extensions: readonly ExtensionDocument[];
  readonly routes: Readonly<Record<string, string>>;
}

const dialplan: fc.Arbitrary<Dialplan> = fc.record({
  extensions: fc.array(extension, { minLength: NAMES.length, maxLength: NAMES.length }),
  routes: fc.dictionary(fc.constantFrom('1001', '1002'), fc.constantFrom('vip', 'gone'), { maxKeys: 1 }),
});

function documentsOf({ extensions, routes }: Dialplan): ComparisonJob['old'] {
  return dialplanDocuments({
    'd.example': {
      contexts: { default: NAMES, vip: NAMES.slice(2) },
      routes: { extension: routes },
      extensions: Object.fromEntries(NAMES.map((name, index) => [name, extensions[index] as ExtensionDocument])),
    },
  });
}

/** What somebody changes in an extension, in its text. */
const CHANGES = [
  ['"user/$1"', '"user/$2"'],
  ['"gateway/a/$1"', '"gateway/b/$1"'],
  ['"$1$2"', '"$2$1"'],
  ['"^1(.)(.)"', '"^(1).(.)"'],
  ['"9-17"', '"9-18"'],
] as const;

/** Two dialplans alike but for some extensions, so that many calls go the same way under both. */
const twoDialplans = fc
  .tuple(
    dialplan,
    dialplan,
    fc.array(fc.constantFrom('kept', 'changed', 'other'), { minLength: 4, maxLength: 4 }),
    fc.subarray([...CHANGES], { minLength: 1 }),
  )
  .map(([old, other, how, changes]) => ({
    old,
    new: {
      extensions: old.extensions.map((one, index) => {
        if (how[index] === 'other') return other.extensions[index] ?? one;
        if (how[index] === 'kept') return one;
        const text = changes.reduce((changed, [from, to]) => changed.replaceAll(from, to), JSON.stringify(one));
        return JSON.parse(text) as ExtensionDocument;
      }),
      routes: how[0] === 'other' ? other.routes : old.routes,
    },
  }));

const expected = fc.array(
  fc.record(
    {
      from: fc.constantFrom({ extension: 'a' }, { contains: { bridge: 'user/1002' } }, { not: 'hangup' }),
      to: fc.constantFrom(
        { noRoute: true },
        { contains: { bridge: { matches: '^user/1' } } },
        { hangup: 'x' },
        { not: 'conference' },
      ),
      reason: fc.constantFrom('one', 'another'),
    },
    { requiredKeys: ['reason', 'to'] },
  ),
  { maxLength: 2 },
);

const call = fc.record({
  destination: fc.constantFrom('1002', '1001', '1234', '0571', '00', "1'2", '11', '1', '', 'ä"\\', '$'),
  caller: fc.constantFrom('1001', '1002', '0571', ''),
  name: fc.constantFrom('Alice', 'Ä "B"', ''),
  context: fc.constantFrom('default', 'VIP', 'gone', undefined),
  variables: fc.dictionary(
    fc.constantFrom('team', 'TEAM', 'kind', 'auto_hunt', 'user_name', 'timezone', 'x"variable_team'),
    fc.constantFrom('red', 'blue', '1001', 'true', 'Asia/Tokyo', '${nothing}', 'a"b\\'),
    { maxKeys: 4 },
  ),
  minutes: fc.integer({ min: 0, max: 40 * 24 * 60 }),
  gold: fc.option(fc.constantFrom('yes', '1')),
});

/** As Parkway writes it, most often. */
const line = fc
  .tuple(call, fc.constantFrom('plain', 'plain', 'plain', 'plain', 'spaced', 'escaped', 'cut', 'other'))
  .map(([{ destination, caller, name, context, variables, minutes, gold }, form]) => {
    const text = JSON.stringify(
      {
        capture: 1,
        call: 'u',
        arrivedAt: Date.UTC(2026, 10, 1) + minutes * 60_000,
        timezone: 'UTC',
        data: {
          'Unique-ID': 'u',
          'Caller-Caller-ID-Name': name,
          'Caller-Caller-ID-Number': caller,
          'Caller-Destination-Number': destination,
          ...(context === undefined ? {} : { 'Caller-Context': context }),
          ...Object.fromEntries(Object.entries(variables).map(([one, value]) => [`variable_${one}`, value])),
        },
        answers: { globals: {}, api: gold === null ? {} : { '${hash(select/x/1)}': gold } },
        outcome: { kind: 'finished' },
      },
      undefined,
      form === 'spaced' ? ' ' : undefined,
    ).replaceAll('\n', '');
    if (form === 'escaped') return text.replace('Caller-Dest', '\\u0043aller-Dest');
    if (form === 'cut') return text.slice(0, text.length / 2);
    return form === 'other' ? '{"capture":2}' : text;
  });

const OPTIONS = {
  domain: undefined,
  callerContext: false,
  neutraliseCaptures: true,
  matchLimit: 100_000,
  timezone: 'UTC',
  now: 0,
  answers: {},
};

interface Group {
  readonly kind: MoveKind;
  readonly old: unknown;
  readonly new: unknown;
  readonly reason: string | undefined;
  count: number;
  readonly firstLine: number;
}

interface Outcome {
  calls: number;
  unreadable: number;
  uncertain: number;
  readonly unknown: Record<string, number>;
  readonly groups: Record<string, Group>;
}

function snapshotOf(documents: ComparisonJob['old']): Snapshot {
  const store = new DialplanStore();
  store.update(documents);
  return store.snapshot;
}

/** Every line parsed whole, every call hunted twice by itself. */
function plainly(job: ComparisonJob, lines: readonly string[]): Outcome {
  const [old, latest] = [snapshotOf(job.old), snapshotOf(job.new)];
  const expectedMoves = new ExpectedMoves(job.expected, job.today);
  const outcome: Outcome = { calls: 0, unreadable: 0, uncertain: 0, unknown: {}, groups: {} };
  for (const [index, text] of lines.entries()) {
    const read = readPlainly(text);
    if (read === undefined) {
      outcome.unreadable += 1;
      continue;
    }
    outcome.calls += 1;
    const hunt = (snapshot: Snapshot): Replayed =>
      replay({ data: read.data, answers: read.answers }, snapshot, {
        context: job.callerContext ? callerContext(read.data) : undefined,
        neutraliseCaptures: true,
        sources: [BUILT_INS],
        moment: { epochMs: read.time?.epochMs ?? 0, serverZone: 'UTC' },
      });
    const [before, after] = [hunt(old), hunt(latest)];
    const unknown = new Set(
      [...before.unknown, ...after.unknown].filter(({ assumed }) => !assumed).map(({ text: asked }) => textOf(asked)),
    );
    if (unknown.size > 0) outcome.uncertain += 1;
    for (const asked of unknown) outcome.unknown[asked] = (outcome.unknown[asked] ?? 0) + 1;
    const isSame = doesTheSame(before.hunted, after.hunted);
    if (isSame && goesTheSameWay(before, after)) continue;
    const reason = isSame ? undefined : expectedMoves.reasonFor(before, after);
    const group = {
      kind: isSame ? ('renamed' as const) : reason === undefined ? ('moved' as const) : ('expected' as const),
      old: routeOf(before.selected, before.hunted, before.hunted.trace),
      new: routeOf(after.selected, after.hunted, after.hunted.trace),
      reason,
    };
    const key = JSON.stringify(group);
    outcome.groups[key] = { ...group, count: 0, firstLine: index + 1, ...outcome.groups[key] };
    outcome.groups[key].count += 1;
  }
  return outcome;
}

function readPlainly(text: string): ReturnType<typeof readCall> {
  try {
    return readCall(text);
  } catch {
    return undefined;
  }
}

function readCall(text: string): Extract<ReturnType<typeof callOfPiece>, { kind: 'call' }> | undefined {
  const found = callOfPiece({ kind: 'json', line: 1, ...parseJson(Buffer.from(text).toString('latin1')) });
  return found?.kind === 'call' ? found : undefined;
}

async function quickly(
  job: ComparisonJob,
  lines: readonly string[],
): Promise<Outcome & { readonly workedOut: number }> {
  const file = temporary('calls.ndjson');
  mkdirSync(path.dirname(file), { recursive: true });
  const text = Buffer.from(lines.map((one) => `${one}\n`).join(''));
  await writeFile(file, text);
  const work = new CorpusWork(job, () => undefined);
  await work.read({ file, range: { start: 0, end: text.length } }, 0);
  await rm(file);
  const { calls, uncertain, workedOut, unknown, groups } = work.result as Comparison;
  return {
    ...{ calls, uncertain, workedOut, unreadable: work.reading.unreadable, unknown: Object.fromEntries(unknown) },
    groups: Object.fromEntries(
      [...groups.values()].map(({ example, count, ...group }) => {
        const known = { kind: group.kind, old: group.old, new: group.new, reason: group.reason };
        return [JSON.stringify(known), { ...known, count, firstLine: example.place.line }];
      }),
    ),
  };
}

describe('comparing the calls of a corpus', () => {
  test('comes to what hunting each call by itself does, for any two dialplans and lines', async () => {
    const kinds = new Set<MoveKind>();
    await fc.assert(
      fc.asyncProperty(
        twoDialplans,
        expected,
        fc.array(line, { minLength: 5, maxLength: 60 }),
        fc.boolean(),
        async (two, moves, lines, fromCall) => {
          const job: ComparisonJob = {
            ...{ ...OPTIONS, callerContext: fromCall },
            ...{
              kind: 'compare',
              old: documentsOf(two.old),
              new: documentsOf(two.new),
              expected: moves,
              today: '2026-11-28',
            },
          };
          const plain = plainly(job, lines);
          for (const { kind } of Object.values(plain.groups)) kinds.add(kind);
          expect(await quickly(job, lines)).toEqual({ ...plain, workedOut: expect.any(Number) });
        },
      ),
      { numRuns: 200 },
    );
    expect([...kinds].sort()).toEqual(['expected', 'moved', 'renamed']);
  });

  test('works out once what captures make of the data, for all numbers alike', async () => {
    const bridge = (to: string): ComparisonJob['old'] =>
      dialplanDocuments({
        'd.example': {
          contexts: { default: ['pair'] },
          extensions: {
            pair: {
              condition: {
                field: 'destination_number',
                expression: '^(\\d)(\\d)$',
                action: { application: 'bridge', data: to },
              },
            },
          },
        },
      });
    const job: ComparisonJob = {
      ...OPTIONS,
      ...{ kind: 'compare', old: bridge('user/$1'), new: bridge('user/$2'), today: '2026-11-28' },
      expected: [{ to: { contains: { bridge: { matches: '^user/[0-4]$' } } }, reason: 'low' }],
    };
    const numbers = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));
    const lines = captureLines(numbers.map((destination) => ({ destination })))
      .trimEnd()
      .split('\n');
    const plain = plainly(job, lines);
    expect(await quickly(job, lines)).toEqual({ ...plain, workedOut: 3 });
    // 11, 22 and the like stay as they were.
    expect(Object.values(plain.groups).map(({ kind, count }) => [kind, count])).toEqual([
      ['expected', 45],
      ['moved', 45],
    ]);
  });
});
