/** Documents that are the same but for their comments. */

/** What comments become. */
const COMMENT = 'description';

/** A replacer for `JSON.stringify`: what a document says apart from comments. */
export function withoutComments(key: string, value: unknown): unknown {
  return key === COMMENT ? undefined : value;
}

/**
 * Two documents that are the same but for comments as one, with the first comment there is at each place; lossless if no place has
 * two that differ.
 */
export function mergeComments<Value>(
  kept: Value,
  other: Value,
): { readonly merged: Value; readonly isLossless: boolean } {
  if (typeof kept !== 'object' || kept === null) return { merged: kept, isLossless: true };
  const { [COMMENT]: first, ...rest } = kept as Record<string, unknown>;
  const { [COMMENT]: second, ...others } = other as Record<string, unknown>;
  const inner = Object.entries(rest).map(([key, value]) => ({ key, ...mergeComments(value, others[key]) }));
  const isLossless = inner.every((each) => each.isLossless) && (first ?? second) === (second ?? first);
  if (Array.isArray(kept)) return { merged: inner.map(({ merged }) => merged) as Value, isLossless };
  const comment = first ?? second;
  const entries = inner.map(({ key, merged }) => [key, merged] as const);
  const all = comment === undefined ? entries : [[COMMENT, comment] as const, ...entries];
  return { merged: Object.fromEntries(all) as Value, isLossless };
}
