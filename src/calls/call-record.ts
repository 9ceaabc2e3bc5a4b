/** A call as it is kept after its end: all that is known of it, without the dialplan it was hunted in. */
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
    hunted: call.hunted === undefined ? undefined : { ...call.hunted, changes: call.hunted.changes },
    selected: { ...call.selected, context: call.selected.context?.name },
    error: call.error?.message,
  };
}

/** The call again, but for the dialplan. */
export function callOf(record: CallRecord): Call {
  return {
    ...record,
    selected: { ...record.selected, context: undefined },
    error: record.error === undefined ? undefined : new Error(record.error),
  };
}
