/** Whether a captured call is decided as it was when it was captured. */
import { textOf } from '../bytes.js';
import type { HuntedApplication } from '../dialplan/captures.js';
import type { Capture, CapturedApplication } from './capture.js';
import type { Replayed } from './replay.js';

/** By the same context and extensions to the same applications, inline ones included, each with the same data. */
export function isAsRecorded(
  { domain, context, decision }: Pick<Capture, 'domain' | 'context' | 'decision'>,
  { selected, hunted }: Replayed,
): boolean {
  return (
    decision !== undefined &&
    domain === selected.domain &&
    context === selected.name &&
    decision.route === hunted.route &&
    isSameList(decision.matched, hunted.matched.map(textOf)) &&
    isSameList(decision.actions.map(inOneText), hunted.applications.map(asText)) &&
    isSameList((decision.inline ?? []).map(inOneText), hunted.inline.map(asText))
  );
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

function asText({ application, data }: HuntedApplication): string {
  return inOneText({ application: textOf(application), data: textOf(data) });
}

function inOneText({ application, data }: CapturedApplication): string {
  return JSON.stringify([application, data]);
}
