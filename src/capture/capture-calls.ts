/** Keeps calls in capture files as they end, off the path of every call. */
import type { Call, CallObserver } from '../calls/call.js';
import { BoundedWriter } from '../disk/bounded-writer.js';
import type { Retention } from '../disk/retain-files.js';
import { CaptureFiles } from './capture-files.js';
import { capturedCall, type Circumstances } from './captured-call.js';
import { maskCapturedCall } from './mask-captured-call.js';

export interface CaptureOptions extends Retention {
  readonly dir: string;
  /** The share of calls that are kept, 0 to 1. */
  readonly sample: number;
  readonly mask: boolean;
}

export interface CaptureListener {
  onTrouble(reason: string): void;
  /** @param lost calls that were not kept meanwhile */
  onRecovered(lost: number): void;
}

export interface Capture extends CallObserver {
  /** Calls that were to be kept and are not. */
  readonly lost: number;
  /** Writes what waits, but gives up after so many milliseconds; tells whether all was written. */
  close(withinMs: number): Promise<boolean>;
}

/** About 2,000 calls. */
const CAPACITY = 16 * 1024 * 1024;
const BLOCK_BYTES = 256 * 1024;
const GATHER_MS = 1_000;

export function captureCalls(
  { dir, sample, mask, maxBytes, days }: CaptureOptions,
  circumstances: Circumstances,
  listener: CaptureListener,
): Capture {
  const files = new CaptureFiles(dir, { maxBytes, days }, (problem) => {
    listener.onTrouble(problem);
  });
  const writer = new BoundedWriter(files, {
    capacity: CAPACITY,
    blockBytes: BLOCK_BYTES,
    gatherMs: GATHER_MS,
    onTrouble: (reason) => {
      listener.onTrouble(reason);
    },
    onRecovered: (lost) => {
      listener.onRecovered(lost);
    },
  });
  const nothing = (): void => undefined;
  return {
    arrived: nothing,
    decided: nothing,
    applicationStarted: nothing,
    applicationEnded: nothing,
    ended(call: Call) {
      if (Math.random() >= sample) return;
      const captured = capturedCall(call, circumstances);
      writer.write(`${JSON.stringify(mask ? maskCapturedCall(captured) : captured)}\n`);
    },
    get lost() {
      return writer.lost;
    },
    close: (withinMs) => writer.close(withinMs),
  };
}
