/** The references in a text: `${name}`, API calls, and `$1`. */
import type { Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';

export interface Reference {
  /** The whole, with its braces. */
  readonly text: Bytes;
  /** A variable's name in lower case, without index and substring; for an API call the function's. */
  readonly name: Bytes;
  /** Whether it calls an API function: a space or a parenthesis makes it one. */
  readonly isCall: boolean;
}

const CAPTURE = /\$(?:(\d{1,9})|\{(\d{1,9})\})/g;
const NAME = /^[^ (:[]*/;

/** References, the inner ones of `${a_${b}}` after the outer one. An escaped one is none. */
export function referencesIn(text: Bytes): Reference[] {
  const found: Reference[] = [];
  for (let at = text.indexOf('${'); at >= 0; at = text.indexOf('${', at + 2)) {
    if (text[at - 1] === '\\') continue;
    const end = endOf(text, at + 2);
    const inner = text.slice(at + 2, end);
    found.push({
      text: text.slice(at, end + 1),
      name: lowerCase(NAME.exec(inner)?.[0] ?? ''),
      isCall: /[ (]/.test(inner),
    });
  }
  return found;
}

function endOf(text: Bytes, start: number): number {
  let open = 1;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '{') open += 1;
    else if (text[at] === '}') open -= 1;
    if (open === 0) return at;
  }
  return text.length;
}

/** The numbers of the captures an action's data refers to. */
export function capturesIn(data: Bytes): number[] {
  return [...data.matchAll(CAPTURE)].map(([, plain, braced]) => Number(plain ?? braced));
}
