/** What a push or a rollback changes, as lines with a readable difference of the JSON. */
import { structuredPatch } from 'diff';
import type { ContentChange } from '../routes/redis/domain-content.js';
import { printableText } from './printable.js';

const CONTEXT_LINES = 2;

/** One heading for each change, and below it the lines that differ. */
export function contentChangeLines(changes: readonly ContentChange[]): string[] {
  return changes.flatMap((change) => {
    const { kind, name, before, after } = change;
    const heading = `${signOf(change)} ${kind} ${JSON.stringify(name)}`;
    if (before === undefined || after === undefined) return [printableText(heading)];
    if (kind === 'route') return [printableText(`${heading}: ${before} → ${after}`)];
    return [printableText(heading), ...differingLines(pretty(before), pretty(after))];
  });
}

function signOf({ before, after }: ContentChange): string {
  if (before === undefined) return '+';
  return after === undefined ? '-' : '~';
}

function differingLines(before: string, after: string): string[] {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: CONTEXT_LINES });
  return hunks.flatMap(({ lines }, index) => {
    const shown = lines.filter((line) => !line.startsWith('\\')).map((line) => printableText(`    ${line}`));
    return index === 0 ? shown : ['    …', ...shown];
  });
}

function pretty(text: string): string {
  try {
    return `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
  } catch {
    return text;
  }
}
