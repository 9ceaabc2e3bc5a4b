/**
 * Hides who called whom in a captured call, so that it can leave the house and still be decided the same way: of longer
 * numbers the digits in the middle become 0, of names every letter x. Dialplans look at how a number begins and how long it is.
 */
import type { CapturedCall } from './captured-call.js';

/** A channel's uuid is to stay what it is; a number of 7 digits or more is masked wherever it stands. */
const UUID_OR_NUMBER = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{7,}/gi;
const FIRST_DIGITS = 3;
const LAST_DIGITS = 2;
/** Times, counters and identifiers are no numbers anyone could call. */
const NO_NUMBER = /(?:time|timestamp|sequence|uuid|epoch|stamp|usec|msec|ssrc|cseq|call[-_]id)$/i;
const NAME_HEADER = /(?:caller|callee)[-_]id[-_]name|display/i;
/** Where a name may stand among other text: SIP's headers, and the data of applications. */
const MAY_HOLD_NAME = /^(?:variable_sip_.*|data|executed)$/;
const SHORTEST_NAME = 3;
const LETTER = /\p{L}/gu;

export function maskCapturedCall(call: CapturedCall): CapturedCall {
  const names = Object.entries(call.data).flatMap(([header, value]) => (NAME_HEADER.test(header) ? [value] : []));
  const longEnough = [...new Set(names)].filter((name) => (name.match(LETTER)?.length ?? 0) >= SHORTEST_NAME);
  const masked = maskValue(call, '', longEnough) as CapturedCall;
  return { ...masked, call: call.call, masked: true };
}

function maskValue(value: unknown, key: string, names: readonly string[]): unknown {
  if (typeof value === 'string') return NO_NUMBER.test(key) ? value : maskNumbers(maskNames(value, key, names));
  if (Array.isArray(value)) return value.map((item) => maskValue(item, key, names));
  if (typeof value !== 'object' || value === null) return value;
  // A question to FreeSWITCH's API may hold a number as its answer may.
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [maskNumbers(name), maskValue(inner, name, names)]),
  );
}

function maskNames(text: string, key: string, names: readonly string[]): string {
  if (NAME_HEADER.test(key)) return maskLetters(text);
  if (!MAY_HOLD_NAME.test(key)) return text;
  return names.reduce((masked, name) => masked.replaceAll(name, () => maskLetters(name)), text);
}

function maskLetters(text: string): string {
  return text.replace(LETTER, 'x');
}

function maskNumbers(text: string): string {
  return text.replace(UUID_OR_NUMBER, (found) => {
    if (found.includes('-')) return found;
    const hidden = found.length - FIRST_DIGITS - LAST_DIGITS;
    return found.slice(0, FIRST_DIGITS) + '0'.repeat(hidden) + found.slice(-LAST_DIGITS);
  });
}
