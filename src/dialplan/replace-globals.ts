/** What FreeSWITCH does with `$${name}` while it reads its XML (`expand_vars` in `switch_xml.c`). */

const OPENING = '$${';

/**
 * Replaces each reference, which reaches to its balanced brace, by the global's value; one without an end stays as it is, and
 * so does one whose value is undefined. `firstEnd` is where FreeSWITCH's own reading of the line stops: the closing brace of
 * the first reference, or the line's length.
 */
export function replaceGlobals(
  text: string,
  global: (name: string) => string | undefined,
): { readonly text: string; readonly firstEnd: number } {
  if (!text.includes(OPENING)) return { text, firstEnd: text.length };
  const ends = balancedBraces(text);
  let replaced = '';
  let firstEnd = text.length;
  let from = 0;
  for (let at = text.indexOf(OPENING); at >= 0; at = text.indexOf(OPENING, at)) {
    const end = ends.get(at + OPENING.length - 1);
    if (end === undefined) {
      at += 1;
      continue;
    }
    firstEnd = Math.min(firstEnd, end);
    const value = global(text.slice(at + OPENING.length, end));
    replaced += text.slice(from, at) + (value ?? text.slice(at, end + 1));
    at = from = end + 1;
  }
  return { text: replaced + text.slice(from), firstEnd };
}

/** Where each opening brace that has one finds its closing brace. */
function balancedBraces(text: string): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 0x7b) open.push(at);
    else if (character === 0x7d) {
      const start = open.pop();
      if (start !== undefined) ends.set(start, at);
    }
  }
  return ends;
}
