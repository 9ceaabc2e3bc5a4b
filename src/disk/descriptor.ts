/** A file descriptor this process was started with, such as standard output, written to without ever blocking the process. */
import { write } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Destination } from './bounded-writer.js';

const writeTo = promisify(write);
/** A pipe that another program made non-blocking says when it is full. */
const TRY_AGAIN_MS = 50;

export class Descriptor implements Destination {
  constructor(private readonly descriptor: number) {}

  async write(block: Buffer): Promise<void> {
    for (let done = 0; done < block.length;) {
      try {
        done += (await writeTo(this.descriptor, block, done)).bytesWritten;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        await sleep(TRY_AGAIN_MS);
      }
    }
  }

  /** It stays open: it is not ours. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
