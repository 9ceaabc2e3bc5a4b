/** Tells which of a channel's events is the call: those that follow would all be the same one. */
import type { RecordedCall } from './recorded-call.js';

const MOST_REMEMBERED = 10_000;
const WITHOUT_VARIABLES = 'none of its events holds variables (CHANNEL_CREATE or CHANNEL_EXECUTE would)';

export class RecentChannels {
  private readonly seen = new Set<string>();
  /** Of channels of which no event with variables has come yet the first one. */
  private readonly held = new Map<string, RecordedCall>();

  /**
   * The calls that are to be told of now that this one came: a dump that somebody asked for always, an event if it is the first of
   * its channel, or of the channel since it was transferred. The first that holds variables counts: FreeSWITCH leaves them out of
   * CHANNEL_STATE and the like.
   */
  take(call: RecordedCall): readonly RecordedCall[] {
    const { data, format } = call;
    if (format === 'capture') return [call];
    const channel = `${data.get('Unique-ID') ?? ''} ${data.get('Caller-Profile-Index') ?? ''}`;
    const event = data.get('Event-Name');
    const wasAskedFor = event === undefined || event === 'CHANNEL_DATA';
    if (this.seen.has(channel)) return wasAskedFor ? [call] : [];
    if (!wasAskedFor && !hasVariables(call)) return this.hold(channel, call);
    this.held.delete(channel);
    this.remember(channel);
    return [call];
  }

  /** Those of which nothing better came. */
  *end(): Generator<RecordedCall, void> {
    for (const call of this.held.values()) yield withNote(call);
    this.held.clear();
  }

  private hold(channel: string, call: RecordedCall): readonly RecordedCall[] {
    if (this.held.has(channel)) return [];
    this.held.set(channel, call);
    const [oldest] = this.held;
    if (this.held.size <= MOST_REMEMBERED || oldest === undefined) return [];
    this.held.delete(oldest[0]);
    this.remember(oldest[0]);
    return [withNote(oldest[1])];
  }

  private remember(channel: string): void {
    const [oldest] = this.seen;
    if (this.seen.size >= MOST_REMEMBERED && oldest !== undefined) this.seen.delete(oldest);
    this.seen.add(channel);
  }
}

function hasVariables({ data }: RecordedCall): boolean {
  for (const name of data.keys()) if (name.startsWith('variable_')) return true;
  return false;
}

function withNote(call: RecordedCall): RecordedCall {
  return { ...call, notes: [...call.notes, WITHOUT_VARIABLES] };
}
