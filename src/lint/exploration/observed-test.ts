/** What a hunt tested, read from its trace: each test with the origin of the value it looked at. */
import type { Bytes } from '../../bytes.js';
import { lowerCase } from '../../dialplan/c-values.js';
import { findProfileField } from '../../dialplan/caller-profile.js';
import type { TimeTest } from '../../dialplan/date-time.js';
import type { Test } from '../../dialplan/extension.js';
import type { ActionEntry, RegexEntry, Trace } from '../../dialplan/trace.js';
import type { Matched, Origin, Origins } from './origin.js';

export interface ObservedTest {
  readonly extension: Bytes;
  readonly pointer: string;
  readonly passed: boolean;
  readonly what:
    | { readonly kind: 'text'; readonly origin: Origin; readonly expression: Bytes; readonly expands: boolean }
    | { readonly kind: 'time'; readonly time: TimeTest };
}

/** An action the hunt took, with what `$1` in its data spoke of. */
export interface TakenAction {
  readonly extension: Bytes;
  readonly entry: ActionEntry;
  readonly matched: Matched | undefined;
}

export interface ObservedHunt {
  readonly tests: readonly ObservedTest[];
  /** Those of the list to execute, in its order. */
  readonly actions: readonly TakenAction[];
  /** Inline applications that may have changed anything. */
  readonly opaque: readonly Bytes[];
}

/** Inline applications whose effect on the channel is worked out, or that have none. */
const UNDERSTOOD = new Set(
  'set export multiset multiunset push unshift unset set_profile_var set_global bridge_export log info eval event presence verbose_events'.split(
    ' ',
  ),
);

/** @param testAt the compiled test of an extension, by its pointer. Notes in `origins` what inline applications set. */
export function observeHunt(
  trace: Trace,
  origins: Origins,
  testAt: (extension: Bytes, pointer: string) => Test | undefined,
): ObservedHunt {
  const tests: ObservedTest[] = [];
  const actions: TakenAction[] = [];
  const opaque: Bytes[] = [];
  let extension = '';
  let matched: Matched | undefined;
  for (const entry of trace) {
    switch (entry.kind) {
      case 'parsing':
        ({ extension } = entry);
        break;
      case 'regex': {
        const test = testAt(extension, entry.place.pointer);
        const origin = origins.ofField(entry.field);
        matched = captures(entry) ? { of: origin, expression: entry.expression } : matchedStill(entry, matched);
        const expands = test?.expression.expands ?? true;
        const what = { kind: 'text', origin, expression: entry.expression, expands } as const;
        tests.push({ extension, pointer: entry.place.pointer, passed: entry.passed, what });
        break;
      }
      case 'time': {
        const time = testAt(extension, entry.place.pointer)?.time ?? {};
        tests.push({ extension, pointer: entry.place.pointer, passed: entry.passed, what: { kind: 'time', time } });
        break;
      }
      case 'absolute':
        if (entry.place.in === 'condition') matched = undefined;
        break;
      case 'action':
        if (!entry.inline) {
          if (!entry.data.includes("\\'")) actions.push({ extension, entry, matched });
        } else if (UNDERSTOOD.has(lowerCase(entry.application))) {
          noteAssignment(entry.application, entry.written, matched, origins);
        } else {
          opaque.push(entry.application);
        }
        break;
      default:
        break;
    }
  }
  return { tests, actions, opaque };
}

function captures({ passed, expression }: RegexEntry): boolean {
  return passed && expression.includes('(');
}

/** The children of a rule hand on what one before them captured; a condition begins anew. */
function matchedStill({ place }: RegexEntry, matched: Matched | undefined): Matched | undefined {
  return place.in === 'rule' ? matched : undefined;
}

/** Notes what an application that sets variables makes of the origins of these. */
export function noteAssignment(
  application: Bytes,
  written: Bytes,
  matched: Matched | undefined,
  origins: Origins,
): void {
  const kind = lowerCase(application);
  if (kind === 'multiset') {
    const parts = written.startsWith('^^') ? written.slice(3).split(written[2] ?? ' ') : written.split(' ');
    for (const part of parts) noteAssignment('set', part, matched, origins);
    return;
  }
  const at = written.indexOf('=');
  const name = at < 0 ? written : written.slice(0, at);
  const value = at < 0 ? '' : written.slice(at + 1);
  const origin: Origin = name.includes('$') ? { kind: 'unknown' } : origins.ofText(value, matched);
  if (kind === 'set' || kind === 'export' || kind === 'unset' || kind === 'bridge_export')
    origins.setVariable(name, origin);
  else if (kind === 'push' || kind === 'unshift') origins.setVariable(name, { kind: 'unknown' });
  else if (kind === 'set_profile_var') {
    const field = findProfileField(name);
    if (field !== undefined) origins.setField(field.name, origin);
  }
}
