/** Of a trace that part which tells why a call did not do what was expected. */
import { bytesOf } from '../bytes.js';
import type { Hunted } from '../dialplan/hunt.js';
import type { Trace, TraceEntry } from '../dialplan/trace.js';

const MOST_EXTENSIONS = 10;

/**
 * The extension that was expected, up to the condition that failed; where it was not even tried, the extension that ended the
 * hunt before it; without an expected one those that matched, else the condition that failed in each.
 */
export function decidingTrace(hunted: Hunted, extension: string | undefined): Trace {
  const sections = sectionsOf(hunted.trace);
  if (extension !== undefined) {
    const own = sections.find(([first]) => first?.kind === 'parsing' && first.extension === bytesOf(extension));
    if (own !== undefined) return upToFailure(own);
  }
  const matched = sections.filter(([first]) => first?.kind === 'parsing' && hunted.matched.includes(first.extension));
  if (matched.length > 0) return extension === undefined ? matched.flat() : (matched.at(-1) as Trace);
  return sections.slice(0, MOST_EXTENSIONS).flatMap(upToFailure);
}

function sectionsOf(trace: Trace): Trace[] {
  const sections: TraceEntry[][] = [];
  for (const entry of trace) {
    if (entry.kind === 'parsing') sections.push([]);
    sections.at(-1)?.push(entry);
  }
  return sections;
}

/** The extension's line and the last test that failed in it; all of it where none did. */
function upToFailure(section: Trace): Trace {
  const failure = section.findLast((entry) => (entry.kind === 'regex' || entry.kind === 'time') && !entry.passed);
  return failure === undefined ? section : section.slice(0, section.indexOf(failure) + 1);
}
