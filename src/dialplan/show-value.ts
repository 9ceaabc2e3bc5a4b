/** A value as JSON in a message, cut where it is long. */
export function showValue(value: unknown, longest: number): string {
  if (value === undefined) return 'nothing';
  const json = jsonOf(value);
  return json.length > longest ? `${json.slice(0, longest)}…` : json;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // The parser takes any depth, the writer only what the stack has room for.
    if (error instanceof RangeError) return 'something nested too deep to be shown';
    throw error;
  }
}
