/** A winston transport whose lines go to a place that may be slow, stuck or full. */
import Transport, { type TransportStreamOptions } from 'winston-transport';
import type { BoundedWriter } from '../disk/bounded-writer.js';

/** Where winston's formats leave the finished line. */
const MESSAGE = Symbol.for('message');

export class BoundedTransport extends Transport {
  /** @param name what the log calls it when it says that lines were dropped */
  constructor(
    readonly name: string,
    private readonly writer: BoundedWriter,
    options: TransportStreamOptions,
  ) {
    super(options);
  }

  /** Lines dropped so far. */
  get lost(): number {
    return this.writer.lost;
  }

  override log(info: Readonly<Record<symbol, unknown>>, next: () => void): void {
    this.writer.write(`${String(info[MESSAGE])}\n`);
    next();
  }

  flush(withinMs: number): Promise<boolean> {
    return this.writer.close(withinMs);
  }
}
