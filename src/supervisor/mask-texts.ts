/** Masks numbers in everything that is shown to a reader who is not to see them. */
import { maskNumbers } from '../report/printable.js';

/** Names by which a call is found again; a uuid, and a file's name, holds digits that are no number. */
const KEPT = new Set(['key', 'place', 'next']);

/** A copy in which of every longer number only the last four digits are left; what is no text stays. */
export function maskTexts<Value>(value: Value): Value {
  return masked(value, '') as Value;
}

export function seenBy<Value>(isMasked: boolean, value: Value): Value {
  return isMasked ? maskTexts(value) : value;
}

function masked(value: unknown, name: string): unknown {
  if (typeof value === 'string') return KEPT.has(name) ? value : maskNumbers(value);
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner, key)]));
}
