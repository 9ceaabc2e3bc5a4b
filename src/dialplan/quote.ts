/** The opposite of expanding: text that expands to exactly the text given. */
import type { Bytes } from '../bytes.js';
import { needsExpansion } from './expand.js';

export function quote(text: Bytes): Bytes {
  return needsExpansion(text) ? text.replace(/[\\$]/g, '\\$&') : text;
}
