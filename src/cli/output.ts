/** Standard output for results of any length: waits for a slow reader, and knows when nobody reads any more. */
import { once } from 'node:events';
import process from 'node:process';
import { Option } from 'commander';
import { printableText } from '../report/printable.js';
import { styleFor, type Style } from '../report/style.js';
import type { Progress } from './progress.js';

/** For each stream that is written to, whether its reader is gone: one listener for all that write. */
const readers = new WeakMap<NodeJS.WriteStream, { isGone: boolean }>();

export class Output {
  readonly style: Style;
  private readonly reader: { readonly isGone: boolean };
  private readonly stream: NodeJS.WriteStream = process.stdout;

  /** @param progress whose line gives way to what is written */
  constructor(private readonly progress?: Progress) {
    this.style = styleFor(this.stream, process.env);
    this.reader = readers.get(this.stream) ?? watchReader(this.stream);
  }

  /** Whether the reader is gone. */
  get isClosed(): boolean {
    return this.reader.isGone;
  }

  async write(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.writeText(`${lines.join('\n')}\n`);
  }

  /** Writes text, or bytes that may be none, as they are. */
  async writeText(text: string | Buffer): Promise<void> {
    if (this.stream.isTTY) this.progress?.erase();
    if (this.reader.isGone || this.stream.write(text)) return;
    // Whichever does not come is listened for no longer: a long run waits often.
    const over = new AbortController();
    const listening = ['drain', 'close'].map((event) => once(this.stream, event, { signal: over.signal }));
    await Promise.race(listening).catch(() => undefined);
    over.abort();
  }

  /** Says what does not mix with the results, on standard error. */
  complain(message: string): void {
    this.progress?.erase();
    process.stderr.write(`parkway: ${printableText(message)}\n`);
  }

  async writeJson(value: unknown): Promise<void> {
    await this.write([JSON.stringify(value)]);
  }
}

/** `… | head` closes its end; that is no error, but no reason to go on either. */
function watchReader(stream: NodeJS.WriteStream): { readonly isGone: boolean } {
  const reader = { isGone: false };
  readers.set(stream, reader);
  stream.on('error', () => {
    reader.isGone = true;
  });
  return reader;
}

/** `--format`, with those formats that make sense for a command; `json` is one object a line where the output may be long. */
export function formatOption<Format extends string>(formats: readonly [Format, ...(readonly Format[])]): Option {
  return new Option('--format <format>', 'how results are written').choices(formats).default(formats[0]);
}
