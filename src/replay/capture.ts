/** One line of Parkway's own recordings; see `schema/capture.schema.json`. */
import { pointerTo } from '../dialplan/pointer.js';
import { showValue } from '../dialplan/show-value.js';
import { createValidator } from '../dialplan/validate.js';
import type { AnswerTexts } from './answer-source.js';

export interface CapturedApplication {
  readonly application: string;
  readonly data: string;
}

/** What was different after an inline application that FreeSWITCH executed; a header is null if it was gone. */
export interface CapturedAfterInline extends AnswerTexts {
  readonly data: Readonly<Record<string, string | null>>;
}

export interface Capture {
  readonly capture: 1;
  /** The channel's uuid. */
  readonly call: string;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
  readonly timezone?: string;
  readonly mode?: 'async' | 'sync';
  readonly domain?: string;
  readonly context?: string;
  readonly why?: string;
  readonly data: Readonly<Record<string, string>>;
  readonly answers?: AnswerTexts & { readonly afterInline?: readonly CapturedAfterInline[] };
  readonly decision?: {
    readonly route: boolean;
    readonly matched: readonly string[];
    readonly actions: readonly CapturedApplication[];
    readonly inline?: readonly (CapturedApplication & { readonly executed?: string })[];
    readonly decisionMs?: number;
  };
  readonly outcome?: { readonly kind: string; readonly hangupCause?: string; readonly answered?: boolean };
}

const VERSION = 1;
/** No clock goes farther (ECMA-262). */
const FARTHEST_MS = 8.64e15;

const TEXT = { type: 'string' };
const TEXTS = { type: 'array', items: TEXT };
const ANSWERS = { type: 'object', additionalProperties: { type: ['string', 'null'] } };
const APPLICATIONS = {
  type: 'array',
  items: { type: 'object', required: ['application', 'data'], properties: { application: TEXT, data: TEXT } },
};
const ANSWER_TEXTS = { globals: ANSWERS, api: ANSWERS };

/** What is read of a capture; the whole of it is in its schema. */
const PARTS = {
  call: TEXT,
  timezone: TEXT,
  domain: TEXT,
  context: TEXT,
  why: TEXT,
  answers: {
    type: 'object',
    properties: {
      ...ANSWER_TEXTS,
      afterInline: {
        type: 'array',
        items: { type: 'object', required: ['data'], properties: { data: ANSWERS, ...ANSWER_TEXTS } },
      },
    },
  },
  decision: {
    type: 'object',
    required: ['route', 'matched', 'actions'],
    properties: { route: { type: 'boolean' }, matched: TEXTS, actions: APPLICATIONS, inline: APPLICATIONS },
  },
  outcome: { type: 'object', required: ['kind'], properties: { kind: TEXT, hangupCause: TEXT } },
};

const LONGEST_FOUND = 40;

const parts = createValidator<Capture>({ type: 'object', properties: PARTS }, { unknownKey: 'error' });

/** Whether it matters what value a member of a capture has, besides those that are always there. */
export function isLookedAt(name: string): boolean {
  return Object.hasOwn(PARTS, name);
}

/** Whether a member of a capture may have a value. */
export function isMember(name: string, value: unknown): boolean {
  return parts.validateValue({ [name]: value }).document !== undefined;
}

/** Whether an object of a recording is a capture, of whatever version. */
export function isCapture(value: object): value is { readonly capture: unknown } {
  return 'capture' in value;
}

/** What keeps it from being replayed, in words; undefined if it is a {@link Capture}. */
export function captureProblem(value: { readonly capture: unknown }): string | undefined {
  const { capture, data, arrivedAt } = value as Record<string, unknown>;
  if (capture !== VERSION)
    return `expected a capture of version ${VERSION}, found version ${showValue(capture, LONGEST_FOUND)}`;
  if (typeof data !== 'object' || data === null)
    return `expected the channel's headers in "data", found ${showValue(data, LONGEST_FOUND)}`;
  if (typeof arrivedAt !== 'number' || Math.abs(arrivedAt) > FARTHEST_MS)
    return `expected epoch milliseconds in "arrivedAt", found ${showValue(arrivedAt, LONGEST_FOUND)}`;
  for (const name in data) {
    const header = (data as Record<string, unknown>)[name];
    if (typeof header === 'object' && header !== null)
      return `/data${pointerTo(name)}: expected a text, found ${showValue(header, LONGEST_FOUND)}`;
  }
  const problem = parts.validateValue(value).problems.find(({ severity }) => severity === 'error');
  return problem === undefined ? undefined : `${problem.path}: ${problem.message}`;
}
