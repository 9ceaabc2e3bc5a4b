/**
 * Lines on their way to a place that may be slow, stuck or full: taken at once, written in blocks behind the caller's back,
 * dropped and counted when too many wait. Nothing here ever waits on the caller's side, or throws.
 */

/** Where blocks end up. */
export interface Destination {
  /** Writes a block wholly; rejects if it cannot, with as little of it left behind as can be. */
  write(block: Buffer): Promise<void>;
  close(): Promise<void>;
}

export interface BoundedWriterOptions {
  /** Bytes that may wait, those being written included. */
  readonly capacity: number;
  /** Bytes written at once, a longer line excepted. */
  readonly blockBytes: number;
  /** How long the first line of a block waits for others, in milliseconds. */
  readonly gatherMs: number;
  /** Something is wrong: told once, until it is over; and once more where what was too slow then refuses to be written to. */
  onTrouble(reason: string): void;
  /** It is over. @param lost lines that were dropped meanwhile */
  onRecovered(lost: number): void;
}

const RETRY_MS = 1_000;

export class BoundedWriter {
  private waiting: string[] = [];
  private waitingBytes = 0;
  private writingBytes = 0;
  private writing: Promise<void> | undefined;
  private isClosing = false;
  private isTroubled = false;
  private isRefused = false;
  private lostSinceTrouble = 0;
  private lostInAll = 0;
  private wake: () => void = () => undefined;

  constructor(
    private readonly destination: Destination,
    private readonly options: BoundedWriterOptions,
  ) {}

  /** Lines dropped so far. */
  get lost(): number {
    return this.lostInAll;
  }

  /** Takes a line, its line break included, or drops it. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.isClosing || this.writingBytes + this.waitingBytes + bytes > this.options.capacity) {
      this.lose(1);
      if (!this.isClosing) this.trouble('it is written more slowly than it comes', false);
      return;
    }
    this.waiting.push(line);
    this.waitingBytes += bytes;
    this.writing ??= this.writeWaiting();
  }

  /** Writes what waits, but gives up after so many milliseconds; tells whether all was written. */
  async close(withinMs: number): Promise<boolean> {
    this.isClosing = true;
    this.wake();
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<'too long'>((resolve) => {
      timer = setTimeout(resolve, withinMs, 'too long');
    });
    const written = (this.writing ?? Promise.resolve()).then(() => this.destination.close()).catch(() => undefined);
    const ended = await Promise.race([written, tooLong]);
    clearTimeout(timer);
    return ended !== 'too long' && this.waiting.length === 0;
  }

  private async writeWaiting(): Promise<void> {
    // Whoever writes a line is never held up by what comes of it.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      if (this.waitingBytes < this.options.blockBytes) await this.pause(this.options.gatherMs);
      const lines = this.takeBlock();
      const isWritten = await this.writeBlock(Buffer.from(lines.join('')));
      this.writingBytes = 0;
      if (isWritten) continue;
      this.lose(lines.length);
      break;
    }
    this.writing = undefined;
    if (this.isTroubled && this.waiting.length === 0) this.recover();
  }

  private takeBlock(): string[] {
    let count = 0;
    let bytes = 0;
    for (const line of this.waiting) {
      const length = Buffer.byteLength(line);
      if (count > 0 && bytes + length > this.options.blockBytes) break;
      count += 1;
      bytes += length;
    }
    this.waitingBytes -= bytes;
    this.writingBytes = bytes;
    return this.waiting.splice(0, count);
  }

  /** Tries until it is written; false if it was not and the writer is closed. */
  private async writeBlock(block: Buffer): Promise<boolean> {
    for (;;) {
      try {
        await this.destination.write(block);
        return true;
      } catch (error) {
        if (this.isClosing) return false;
        this.trouble((error as Error).message, true);
        await this.pause(RETRY_MS);
      }
    }
  }

  private async pause(ms: number): Promise<void> {
    if (ms === 0 || this.isClosing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private lose(lines: number): void {
    this.lostInAll += lines;
    this.lostSinceTrouble += lines;
  }

  private trouble(reason: string, isRefusal: boolean): void {
    if (this.isTroubled && (this.isRefused || !isRefusal)) return;
    this.isTroubled = true;
    this.isRefused = isRefusal;
    queueMicrotask(() => {
      this.options.onTrouble(reason);
    });
  }

  private recover(): void {
    const lost = this.lostSinceTrouble;
    this.isTroubled = false;
    this.isRefused = false;
    this.lostSinceTrouble = 0;
    if (!this.isClosing) this.options.onRecovered(lost);
  }
}
