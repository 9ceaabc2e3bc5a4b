import type { Bytes } from '../bytes.js';
import type { Header } from './event.js';
import type { SimulatedSession } from './simulated-session.js';

/** How long a digit lasts that comes without a length of its own, in samples. */
const DURATION = '2000';

/** Digits the caller has pressed and nobody has taken yet. */
export class DigitQueue {
  /** All that were taken. */
  dialed: Bytes = '';
  private waiting: Bytes = '';

  constructor(private readonly session: Pick<SimulatedSession, 'fire'>) {}

  add(digits: Bytes): void {
    this.waiting += digits;
  }

  get empty(): boolean {
    return this.waiting === '';
  }

  take(): Bytes | undefined {
    const digit = this.waiting[0];
    if (digit === undefined) return undefined;
    this.waiting = this.waiting.slice(1);
    this.dialed += digit;
    const trail: Header[] = [
      ['DTMF-Digit', digit],
      ['DTMF-Duration', DURATION],
      ['DTMF-Source', 'APP'],
    ];
    this.session.fire('DTMF', { trail });
    return digit;
  }
}
