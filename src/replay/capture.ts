/** One line of Parkway's own recordings; see `schema/capture.schema.json`. */
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

/** Whether an object of a recording is a capture, of whatever version. */
export function isCapture(value: object): value is { readonly capture: unknown } {
  return 'capture' in value;
}

/** What keeps it from being replayed, in words; undefined if it is a {@link Capture}. */
export function captureProblem(value: { readonly capture: unknown }): string | undefined {
  const { capture, data, arrivedAt } = value as Record<string, unknown>;
  if (capture !== VERSION) return `expected a capture of version ${VERSION}, found version ${JSON.stringify(capture)}`;
  if (typeof data !== 'object' || data === null) return `expected the channel's headers in "data", found ${show(data)}`;
  if (typeof arrivedAt !== 'number' || Math.abs(arrivedAt) > FARTHEST_MS)
    return `expected epoch milliseconds in "arrivedAt", found ${show(arrivedAt)}`;
  return undefined;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 40);
}
