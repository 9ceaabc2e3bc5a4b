/** Whether an action's data calls out: the legs of a dial string against patterns, what is not known standing for any text. */
import type { Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { TextFinder } from '../pattern/text-finder.js';
import { referencesIn } from './references.js';

export type CallsOut = 'yes' | 'maybe' | 'no';

/** The value of a variable, a field or `$n`; undefined where it may be anything. */
export type Known = (name: Bytes) => Bytes | undefined;

/** Stands for a text that is not known; no dial string holds it. */
const ANYTHING = '\x02';
const DIALLING = new Set(['bridge', 'att_xfer']);
const ASSIGNING = new Set(['set', 'export', 'bridge_export']);
const HOOK =
  /^(?:nolocal:)?(?:execute_on_|api_on_|bridge_pre_execute|exec_after_bridge|api_hangup_hook|api_reporting_hook)/;
const ORIGINATE = /\boriginate[ (]+(.*)$/s;
const CAPTURE = /\$(?:\d+|\{\d+\})/g;

/** @param data as it is written, captures put in or not */
export function callsOut(
  application: Bytes,
  data: Bytes,
  known: Known,
  patterns: readonly Bytes[],
  finder: TextFinder,
): CallsOut {
  let result: CallsOut = 'no';
  for (const dialString of dialStringsIn(lowerCase(application), fillIn(data, known))) {
    for (const leg of legsOf(dialString)) {
      for (const pattern of patterns) {
        const fits = legFits(leg, pattern, finder);
        if (fits === 'yes') return 'yes';
        if (fits === 'maybe') result = 'maybe';
      }
    }
  }
  return result;
}

function fillIn(data: Bytes, known: Known): Bytes {
  let filled = data;
  for (const { text, name, isCall } of referencesIn(data)) {
    // What calls a function that dials is looked at as it is written.
    if (isCall && ORIGINATE.test(text)) continue;
    filled = filled.replaceAll(text, () => (isCall || /[:[]/.test(text) ? undefined : known(name)) ?? ANYTHING);
  }
  return filled.replace(CAPTURE, (reference) => known(reference) ?? ANYTHING);
}

function dialStringsIn(application: string, data: Bytes): Bytes[] {
  const originated = ORIGINATE.exec(data)?.[1];
  const own: Bytes[] = originated === undefined ? [] : [originated];
  if (DIALLING.has(application)) return [...own, data];
  if (application === 'conference' && data.startsWith('bridge:')) return [...own, data.split(':').slice(2).join(':')];
  const at = data.indexOf('=');
  if (!ASSIGNING.has(application) || !HOOK.test(data.slice(0, at))) return own;
  const hook = data.slice(at + 1);
  const dialled = /^(?:bridge|att_xfer)(?: |::)(.*)$/s.exec(hook)?.[1];
  return dialled === undefined ? own : [...own, dialled];
}

/** Legs without the variables set for them; `,` rings together, `|` one after the other, `:_:` apart. */
function legsOf(dialString: Bytes): Bytes[] {
  const plain = dialString.replace(/\{[^}]*\}|<[^>]*>|\[[^\]]*\]/g, '');
  return plain.split(/[,|]|:_:/).map((leg) => leg.trim());
}

function legFits(leg: Bytes, pattern: Bytes, finder: TextFinder): CallsOut {
  const escaped = leg.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll(ANYTHING, '[\\s\\S]*');
  const isLeg = { expression: `\\A${escaped}\\z`, matches: true };
  if (finder.find([isLeg, { expression: pattern, matches: true }]).kind === 'impossible') return 'no';
  return finder.find([isLeg, { expression: pattern, matches: false }]).kind === 'impossible' ? 'yes' : 'maybe';
}
