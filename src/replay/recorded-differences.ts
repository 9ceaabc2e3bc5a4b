/** What of a captured call is decided otherwise than it was when it was captured. */
import { textOf } from '../bytes.js';
import type { HuntedApplication } from '../dialplan/captures.js';
import type { Capture, CapturedApplication } from './capture.js';
import type { Replayed } from './replay.js';

/** `actions`: other ones, or a route where there was none, or none where there was one. */
export type DecidedPart = 'domain' | 'context' | 'matched' | 'inline' | 'actions';

/**
 * None where context and extensions are the same and so are the applications, inline ones included, each with the same data; nor
 * where it is not known what was decided.
 */
export function recordedDifferences(
  { domain, context, decision }: Pick<Capture, 'domain' | 'context' | 'decision'>,
  { selected, hunted }: Replayed,
): readonly DecidedPart[] {
  if (decision === undefined) return [];
  const isSame: Readonly<Record<DecidedPart, boolean>> = {
    domain: domain === undefined || domain === selected.domain,
    context: context === undefined || context === selected.name,
    matched: isSameList(decision.matched, hunted.matched.map(textOf)),
    inline: isSameList((decision.inline ?? []).map(inOneText), hunted.inline.map(asText)),
    actions:
      decision.route === hunted.route && isSameList(decision.actions.map(inOneText), hunted.applications.map(asText)),
  };
  return (Object.keys(isSame) as DecidedPart[]).filter((part) => !isSame[part]);
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
