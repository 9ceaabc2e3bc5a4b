/** Bytes as they stand in a message: as text, in quotes. */
import { textOf, type Bytes } from '../bytes.js';

export function quoted(bytes: Bytes): string {
  return JSON.stringify(textOf(bytes));
}
