/** Levels of objects and lists: far more than anyone writes, and far fewer than would exhaust the stack of whoever goes through them. */
export const MOST_LEVELS = 500;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** The offset in a text that is meant to be JSON at which it is nested deeper than {@link MOST_LEVELS}; undefined if nowhere. */
export function tooDeepAt(json: string): number | undefined {
  let level = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at += 1) {
    const unit = json.charCodeAt(at);
    if (isInString) {
      if (unit === BACKSLASH) at += 1;
      else if (unit === QUOTE) isInString = false;
    } else if (unit === QUOTE) isInString = true;
    else if (OPENING.has(unit)) {
      level += 1;
      if (level > MOST_LEVELS) return at;
    } else if (CLOSING.has(unit)) level -= 1;
  }
  return undefined;
}
