/** Who can answer what a hunt asks, when there is no FreeSWITCH to ask. */
import { bytesOf, type Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { AskApi } from '../dialplan/effect.js';
import type { Moment } from '../dialplan/date-time.js';

/** A value; null where it is known that FreeSWITCH has none; undefined where this source does not know. */
export type KnownAnswer = Bytes | null | undefined;

export interface AnswerSource {
  global(name: Bytes): KnownAnswer;
  api(call: AskApi, moment: Moment): KnownAnswer;
}

export const KNOWS_NOTHING: AnswerSource = { global: () => undefined, api: () => undefined };

/** Answers as captures and answers files write them: text, null where FreeSWITCH had none. */
export interface AnswerTexts {
  /** Global variables by name, in any case. */
  readonly globals?: Readonly<Record<string, string | null>>;
  /** API functions by the reference, `${hash(select/realm/key)}`, its arguments expanded or as written. */
  readonly api?: Readonly<Record<string, string | null>>;
}

/** Reads the texts only when something is asked: most hunts ask nothing. */
export function answersFromTexts({ globals = {}, api = {} }: AnswerTexts): AnswerSource {
  let known: { globals: Map<Bytes, Bytes | null>; api: Map<Bytes, Bytes | null> } | undefined;
  const read = (): NonNullable<typeof known> => (known ??= { globals: byName(globals), api: byReference(api) });
  return {
    global: (name) => read().globals.get(lowerCase(name)),
    api: ({ expandedText, text }) => {
      const { api: functions } = read();
      const expanded = functions.get(expandedText);
      return expanded === undefined ? functions.get(text) : expanded;
    },
  };
}

function byName(values: Readonly<Record<string, string | null>>): Map<Bytes, Bytes | null> {
  return new Map(Object.entries(values).map(([name, value]) => [lowerCase(bytesOf(name)), asBytes(value)]));
}

function byReference(values: Readonly<Record<string, string | null>>): Map<Bytes, Bytes | null> {
  return new Map(Object.entries(values).map(([text, value]) => [bytesOf(text), asBytes(value)]));
}

function asBytes(value: string | null): Bytes | null {
  return value === null ? null : bytesOf(value);
}

/** Asks one after the other, until one knows. A loop for each question: a corpus asks millions, and one for both takes a closure each. */
export function firstOf(...sources: readonly AnswerSource[]): AnswerSource {
  return {
    global: (name) => {
      for (const source of sources) {
        const known = source.global(name);
        if (known !== undefined) return known;
      }
      return undefined;
    },
    api: (call, moment) => {
      for (const source of sources) {
        const known = source.api(call, moment);
        if (known !== undefined) return known;
      }
      return undefined;
    },
  };
}
