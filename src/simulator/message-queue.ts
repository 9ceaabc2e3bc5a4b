import type { Command } from './command-reader.js';

/** Messages that wait for a session's thread. While a message with `event-lock` runs, the others wait on. */
export class MessageQueue {
  private messages: Command[] = [];
  private locks = 0;
  /** Taken out so far. */
  taken = 0;

  add(message: Command): void {
    this.messages.push(message);
  }

  /** Whether there is one that may run now. */
  get ready(): boolean {
    return this.locks === 0 && this.messages.length > 0;
  }

  /** The next that may run now. */
  take(): Command | undefined {
    const message = this.locks === 0 ? this.messages.shift() : undefined;
    if (message !== undefined) this.taken += 1;
    return message;
  }

  lock(): void {
    this.locks += 1;
  }

  unlock(): void {
    this.locks -= 1;
  }

  clear(): void {
    this.messages = [];
  }
}
