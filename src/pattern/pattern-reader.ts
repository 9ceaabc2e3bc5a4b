/** A place in a pattern that moves forward as the pattern is read. */
import type { Bytes } from '../bytes.js';

export class PatternReader {
  private at = 0;

  constructor(private readonly pattern: Bytes) {}

  get atEnd(): boolean {
    return this.at >= this.pattern.length;
  }

  /** The next character; empty at the end. */
  peek(): string {
    return this.pattern[this.at] ?? '';
  }

  next(): string {
    const character = this.peek();
    this.at += 1;
    return character;
  }

  /** Passes over a text if it comes next. */
  take(text: string): boolean {
    const comes = this.pattern.startsWith(text, this.at);
    if (comes) this.at += text.length;
    return comes;
  }

  /** What a sticky expression matches here, which is passed over. */
  match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.pattern) ?? undefined;
    if (match !== undefined) this.at = sticky.lastIndex;
    return match;
  }

  /** The text up to an end that is passed over, or all the rest where it does not come. */
  upTo(end: string): Bytes {
    const found = this.pattern.indexOf(end, this.at);
    const text = this.pattern.slice(this.at, found < 0 ? undefined : found);
    this.at = found < 0 ? this.pattern.length : found + end.length;
    return text;
  }
}
