/** The last warnings and errors of the log, for the page. */
import Transport from 'winston-transport';
import { printableText } from '../report/printable.js';
import type { Trouble } from './schemas/status.js';

const REMEMBERED = 100;
const LONGEST = 500;

interface LogEntry {
  readonly level: string;
  readonly message: unknown;
  readonly event?: unknown;
}

export class RecentTroubles extends Transport {
  /** Oldest first. */
  private readonly entries: Trouble[] = [];

  constructor() {
    super({ level: 'warn' });
  }

  override log({ level, message, event }: LogEntry, next: () => void): void {
    next();
    // A call's view shows its trace.
    if (event === 'trace') return;
    const [line = ''] = String(message).split('\n', 1);
    const shown = printableText(line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line);
    this.entries.push({ at: Date.now(), level: level === 'error' ? 'error' : 'warn', message: shown });
    if (this.entries.length > REMEMBERED) this.entries.shift();
  }

  newestFirst(): Trouble[] {
    return [...this.entries].reverse();
  }
}
