/** Tells the first event of a channel from those that follow: they would all be the same call. */
import type { RecordedCall } from './recorded-call.js';

const MOST_REMEMBERED = 10_000;

export class RecentChannels {
  private readonly seen = new Set<string>();

  /**
   * Whether a call is to be told of: a dump that somebody asked for always, an event if it is the first of its channel, or of
   * the channel since it was transferred.
   */
  isNew({ data, format }: Pick<RecordedCall, 'data' | 'format'>): boolean {
    if (format === 'capture') return true;
    const channel = `${data.get('Unique-ID') ?? ''} ${data.get('Caller-Profile-Index') ?? ''}`;
    const isKnown = this.seen.has(channel);
    if (!isKnown) this.remember(channel);
    const event = data.get('Event-Name');
    return !isKnown || event === undefined || event === 'CHANNEL_DATA';
  }

  private remember(channel: string): void {
    const [oldest] = this.seen;
    if (this.seen.size >= MOST_REMEMBERED && oldest !== undefined) this.seen.delete(oldest);
    this.seen.add(channel);
  }
}
