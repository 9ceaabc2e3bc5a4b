/** What the dialplan in force decides for a call of the past: captures hold what was decided, not what was compared on the way. */
import { bytesOf, textOf } from '../bytes.js';
import { BUILT_INS } from '../replay/built-in-answers.js';
import { recordedCallOf } from '../replay/call-of-piece.js';
import { recordedDifferences } from '../replay/recorded-differences.js';
import { replay } from '../replay/replay.js';
import { printable, printableText } from '../report/printable.js';
import type { Snapshot } from '../routes/snapshot.js';
import { shownApplication, shownTrace } from './call-details.js';
import type { CaptureRead } from './call-of-capture.js';
import type { DecisionToday } from './schemas/captures.js';

/** What of the configuration decides a hunt besides the dialplan. */
export interface HuntSettings {
  /** The domain of calls that name none that is known. */
  readonly domain: string | undefined;
  readonly neutraliseCaptures: boolean;
}

/** Hunts it once, as `parkway replay` would: that takes no longer than for a call. Null as long as there is no dialplan. */
export function decisionToday(
  capture: CaptureRead,
  snapshot: Snapshot,
  { domain, neutraliseCaptures }: HuntSettings,
): DecisionToday | null {
  if (snapshot.version === 0) return null;
  const replayed = replay(recordedCallOf(capture, bytesOf), snapshot, {
    domain,
    neutraliseCaptures,
    sources: [BUILT_INS],
    moment: { epochMs: capture.arrivedAt, serverZone: capture.timezone },
  });
  const { selected, hunted, unknown } = replayed;
  return {
    version: snapshot.version,
    domain: printableText(selected.domain),
    context: printableText(selected.name),
    isSame: capture.decision !== undefined && recordedDifferences(capture, replayed).length === 0,
    matched: hunted.matched.map(printable),
    actions: hunted.applications.map(shownApplication),
    inline: hunted.inline.map(shownApplication),
    unknown: unknown.flatMap(({ text, assumed }) => (assumed ? [] : [printableText(textOf(text))])),
    ...shownTrace(hunted.trace),
  };
}
