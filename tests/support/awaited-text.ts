/** What a socket's other end says, and a way to wait until it has said something. */
import type { Socket } from 'node:net';

export class AwaitedText {
  /** Reads as they came. */
  readonly chunks: string[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(socket: Socket) {
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      this.chunks.push(chunk);
      for (const look of [...this.waiting]) look();
    });
    // A peer that is gone is seen by what it did not say.
    socket.on('error', () => undefined);
  }

  get received(): string {
    return this.chunks.join('');
  }

  /** Waits until the other end has sent a text. */
  async until(text: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!this.received.includes(text)) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
  }
}
