/** A call as it is kept after its end: all that is known of it, without the dialplan it was hunted in. */
import type { Bytes } from '../bytes.js';
import type { ChannelData } from '../dialplan/caller-profile.js';
import type { SelectedContext } from '../routes/select-context.js';
import type { Call } from './call.js';

export interface RecordedSelection extends Omit<SelectedContext, 'context'> {
  /** The name of the context that was hunted; undefined if there was none. */
  readonly context: string | undefined;
}

export interface CallRecord extends Omit<Call, 'selected' | 'error'> {
  readonly selected: RecordedSelection;
  readonly error: string | undefined;
}

export function recordOf(call: Call): CallRecord {
  return {
    ...call,
    selected: { ...call.selected, context: call.selected.context?.name },
    error: call.error?.message,
  };
}

/** A record as one line of JSON: byte strings stay what they are, one character a byte. */
export function serializeRecord(record: CallRecord): string {
  return JSON.stringify({ ...record, data: [...record.data] });
}

export function parseRecord(text: string): CallRecord {
  const stored = JSON.parse(text) as Omit<CallRecord, 'data'> & { data: [string, Bytes][] };
  const data: ChannelData = new Map(stored.data);
  return { ...stored, data };
}
