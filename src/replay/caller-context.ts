/** The context that FreeSWITCH itself had a recorded call in. */
import { textOf } from '../bytes.js';
import type { ChannelHeaders } from '../dialplan/caller-profile.js';
import type { SelectedContext } from '../routes/select-context.js';
import type { RecordedCall } from './recorded-call.js';

/** Undefined where the recording does not tell it. */
export function callerContext(data: ChannelHeaders): string | undefined {
  const name = data.get('Caller-Context');
  return name === undefined || name === '' ? undefined : textOf(name);
}

/**
 * Where no route chose the context of a call that FreeSWITCH's own dialplan hunted: the one it was hunted in there, if that is
 * another. A call that came by a socket has the context of FreeSWITCH's catch-all, which says nothing.
 */
export function unheededContext({ data, capture }: RecordedCall, selected: SelectedContext): string | undefined {
  const bySocket =
    capture !== undefined || data.get('Socket-Mode') !== undefined || data.get('variable_socket_host') !== undefined;
  const own = callerContext(data);
  if (bySocket || own === undefined || selected.choice.context.by !== 'default') return undefined;
  return own.toLowerCase() === selected.name.toLowerCase() ? undefined : own;
}
