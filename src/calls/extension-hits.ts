/** How often each extension was tried and matched, today and since the start. */
import { textOf, type Bytes } from '../bytes.js';
import type { Call, CallObserver } from './call.js';

export interface Hits {
  /** Calls for which its conditions were looked at. */
  tried: number;
  /** Calls it matched. */
  matched: number;
}

export interface ExtensionHits {
  readonly today: Readonly<Hits>;
  readonly sinceStart: Readonly<Hits>;
  /** Epoch milliseconds; undefined if it did not match since the start. */
  readonly lastMatchedAt: number | undefined;
}

interface Counted {
  day: string;
  readonly today: Hits;
  readonly sinceStart: Hits;
  lastMatchedAt: number | undefined;
}

const NEVER: ExtensionHits = {
  today: { tried: 0, matched: 0 },
  sinceStart: { tried: 0, matched: 0 },
  lastMatchedAt: undefined,
};

export class ExtensionHitCounter implements CallObserver {
  /** By domain and context, then by extension: names of documents, which no caller chooses. */
  private readonly contexts = new Map<string, Map<string, Counted>>();
  private readonly dayFormat: Intl.DateTimeFormat;
  private day = { name: '', until: 0 };

  /** @param zone the server's, in which a day begins at midnight */
  constructor(
    zone: string,
    private readonly now: () => number = Date.now,
  ) {
    this.dayFormat = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  }

  hits(domain: string, context: string, extension: string): ExtensionHits {
    const counted = this.contexts.get(contextKey(domain, context))?.get(extension);
    if (counted === undefined) return NEVER;
    this.turn(counted);
    return counted;
  }

  arrived(): void {
    // Nothing was tried yet.
  }

  decided(call: Call): void {
    const { context, domain } = call.selected;
    if (context === undefined) return;
    const extensions = this.extensionsOf(contextKey(domain, context.name));
    for (const entry of call.trace) if (entry.kind === 'parsing') this.count(extensions, entry.extension, 'tried');
    for (const name of call.matched) {
      this.count(extensions, name, 'matched').lastMatchedAt = call.arrivedAt;
    }
  }

  applicationStarted(): void {
    // Of no interest here.
  }

  applicationEnded(): void {
    // Of no interest here.
  }

  ended(): void {
    // Counted when it was decided.
  }

  private count(extensions: Map<string, Counted>, bytes: Bytes, what: keyof Hits): Counted {
    const name = textOf(bytes);
    let counted = extensions.get(name);
    if (counted === undefined) {
      counted = { day: '', today: noHits(), sinceStart: noHits(), lastMatchedAt: undefined };
      extensions.set(name, counted);
    }
    this.turn(counted);
    counted.today[what] += 1;
    counted.sinceStart[what] += 1;
    return counted;
  }

  private extensionsOf(key: string): Map<string, Counted> {
    let extensions = this.contexts.get(key);
    if (extensions === undefined) {
      extensions = new Map();
      this.contexts.set(key, extensions);
    }
    return extensions;
  }

  private turn(counted: Counted): void {
    const today = this.today();
    if (counted.day === today) return;
    counted.day = today;
    Object.assign(counted.today, noHits());
  }

  /** The day's name; worked out anew once a minute. */
  private today(): string {
    const now = this.now();
    if (now >= this.day.until) this.day = { name: this.dayFormat.format(now), until: nextMinute(now) };
    return this.day.name;
  }
}

const MINUTE_MS = 60_000;

function nextMinute(now: number): number {
  return now - (now % MINUTE_MS) + MINUTE_MS;
}

function contextKey(domain: string, context: string): string {
  return JSON.stringify([domain, context]);
}

function noHits(): Hits {
  return { tried: 0, matched: 0 };
}
