/** A trace in the grammar of FreeSWITCH's own dialplan log, line by line, so that the two can be held side by side. */
import { textOf, type Bytes } from '../bytes.js';
import type { TestPlace, Trace, TraceEntry } from '../dialplan/trace.js';

const INDENT = 4;

/** The lines FreeSWITCH would write, without its `Dialplan:` and the channel's name. */
export function traceLines(trace: Trace): string[] {
  return trace.flatMap((entry) => {
    const line = traceLine(entry);
    return line === undefined ? [] : [textOf(line)];
  });
}

/** The warnings and errors FreeSWITCH would write besides. */
export function traceProblems(trace: Trace): string[] {
  return trace.flatMap((entry) => (entry.kind === 'problem' ? [textOf(entry.message)] : []));
}

function traceLine(entry: TraceEntry): Bytes | undefined {
  switch (entry.kind) {
    case 'parsing':
      return `parsing [${entry.context}->${entry.extension}] continue=${entry.continue}`;
    case 'nested':
      return (
        `${nesting(entry.depth)}Processing recursive conditions level:${entry.depth} [${entry.extension}] ` +
        `require-nested=${entry.requireNested ? 'TRUE' : 'FALSE'}`
      );
    case 'time':
      return `${nesting(entry.depth)}${entry.passed ? 'Date/Time Match (PASS)' : 'Date/TimeMatch (FAIL)'} [${
        entry.extension
      }]${entry.place.in === 'condition' ? ` break=${entry.place.break}` : ''}`;
    case 'regex':
      return (
        `${nesting(entry.depth)}Regex (${entry.passed ? 'PASS' : 'FAIL'}) [${entry.extension}] ` +
        `${entry.field}(${entry.value}) =~ /${entry.expression}/ ${placeText(entry.place)}`
      );
    case 'absolute': {
      const place = entry.place.in === 'rule' ? ` ${placeText(entry.place)}` : '';
      return `${nesting(entry.depth)}Absolute Condition [${entry.extension}]${place}`;
    }
    case 'action':
      return (
        `${nesting(entry.depth)}${entry.anti ? 'ANTI-Action' : 'Action'} ${entry.application}(${entry.data})` +
        (entry.inline ? ' INLINE' : '')
      );
    case 'rule':
    case 'problem':
      return undefined;
  }
}

function nesting(depth: number): string {
  return depth === 0 ? '' : `|${'-'.repeat(depth * INDENT - 1)} `;
}

/** FreeSWITCH writes every rule but "all" as "any". */
function placeText(place: TestPlace): string {
  if (place.in === 'condition') return `break=${place.break}`;
  return `match=${place.rule === 'all' ? 'all' : 'any'}`;
}
