/** The context that FreeSWITCH itself had a recorded call in. */
import { textOf } from '../bytes.js';
import type { ChannelHeaders } from '../dialplan/caller-profile.js';

/** Undefined where the recording does not tell it. */
export function callerContext(data: ChannelHeaders): string | undefined {
  const name = data.get('Caller-Context');
  return name === undefined || name === '' ? undefined : textOf(name);
}

/** Whether a socket has controlled the call already: then the context is that of FreeSWITCH's catch-all. */
export function cameBySocket(data: ChannelHeaders): boolean {
  return data.get('Socket-Mode') !== undefined || data.get('variable_socket_host') !== undefined;
}
