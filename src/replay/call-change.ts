/** How a recorded call could have been another one: fields, variables, answers, the time. */
import leven from 'leven';
import { textOf, type Bytes } from '../bytes.js';
import { findProfileField } from '../dialplan/caller-profile.js';
import type { TimeFinder, WantedTime } from '../dialplan/time-finder.js';
import type { ExpressionTest, TextFinder } from '../pattern/text-finder.js';
import { answersFromTexts, firstOf } from './answer-source.js';
import { overrideData, type Override } from './override.js';
import type { RecordedCall } from './recorded-call.js';
import type { ReplayOptions } from './replay.js';

/** What is wanted of one field as conditions name it: `destination_number`, `${sip_from_user}`, `${hash(select/a/b)}`. */
export interface WantedField {
  readonly field: Bytes;
  readonly before: Bytes;
  readonly tests: readonly ExpressionTest[];
}

/** All that is wanted of a call. */
export interface Wanted {
  readonly fields: ReadonlyMap<Bytes, WantedField>;
  readonly times: readonly WantedTime[];
  /** Given, not searched for: what makes the routes choose another context. */
  readonly routing: readonly Override[];
}

/** One thing about a call that is different. */
export type Change =
  | { readonly kind: 'field'; readonly name: Bytes; readonly before: Bytes; readonly after: Bytes }
  | { readonly kind: 'answer'; readonly reference: Bytes; readonly before: Bytes; readonly after: Bytes }
  | { readonly kind: 'time'; readonly before: number; readonly after: number };

export interface ChangedCall {
  readonly changes: readonly Change[];
  /** Grows with the number of changes, then with what they change. */
  readonly cost: number;
  readonly call: RecordedCall;
  readonly options: ReplayOptions;
}

/** Both remember what they were asked: one pair for a whole search. */
export interface Finders {
  readonly texts: TextFinder;
  readonly times: TimeFinder;
}

const PLAIN_VARIABLE = /^\$\{([A-Za-z0-9_.-]+)\}$/;
const FUNCTION_CALL = /^\$\{[^ ({}]+[ (][^]*\}$/;
const CHANGE_COST = 1_000;
const DAY_MS = 86_400_000;
const MOST_TIME_COST = 400;

/** Whether a field can be given another value: a text that mixes several cannot. */
export function isChangeable(field: Bytes): boolean {
  return nameOf(field) !== undefined || FUNCTION_CALL.test(field);
}

/** The call as it is wanted, or what there is not. */
export function changeCall(
  call: RecordedCall,
  options: ReplayOptions,
  wanted: Wanted,
  { texts, times }: Finders,
): ChangedCall | 'no such value' | 'no such time' {
  const changes: Change[] = wanted.routing.map(({ name, value }) => ({
    kind: 'field',
    name,
    before: call.data.get(`variable_${name}`) ?? '',
    after: value,
  }));
  for (const { field, before, tests } of wanted.fields.values()) {
    const found = texts.find(tests, { near: before });
    if (found.kind !== 'found') return 'no such value';
    if (found.text === before) continue;
    const name = nameOf(field);
    changes.push(
      name === undefined
        ? { kind: 'answer', reference: field, before, after: found.text }
        : { kind: 'field', name, before, after: found.text },
    );
  }
  const { moment } = options;
  const epochMs = wanted.times.length === 0 ? moment.epochMs : times.find(wanted.times, moment);
  if (epochMs === undefined) return 'no such time';
  if (epochMs !== moment.epochMs) changes.push({ kind: 'time', before: moment.epochMs, after: epochMs });
  return {
    changes,
    cost: changes.reduce((sum, change) => sum + costOf(change), 0),
    call: withChanges(call, changes),
    options: { ...options, moment: { ...moment, epochMs } },
  };
}

function withChanges(call: RecordedCall, changes: readonly Change[]): RecordedCall {
  const overrides = changes.flatMap((change) =>
    change.kind === 'field' ? [{ name: change.name, value: change.after }] : [],
  );
  const api = Object.fromEntries(
    changes.flatMap((change) =>
      change.kind === 'answer' ? [[textOf(change.reference), textOf(change.after)] as const] : [],
    ),
  );
  return {
    ...call,
    data: overrideData(call.data, overrides),
    answers: firstOf(answersFromTexts({ api }), call.answers),
  };
}

function costOf(change: Change): number {
  if (change.kind !== 'time') return CHANGE_COST + leven(change.before, change.after);
  return CHANGE_COST + Math.min(MOST_TIME_COST, 1 + Math.abs(change.after - change.before) / DAY_MS);
}

/** The name under which an override sets it. */
function nameOf(field: Bytes): Bytes | undefined {
  if (!field.includes('$')) return findProfileField(field)?.headers === undefined ? undefined : field;
  return PLAIN_VARIABLE.exec(field)?.[1];
}
