/**
 * The context a `transfer` of ours names, kept on the channel.
 *
 * A transferred call comes back by FreeSWITCH's catch-all, with the context in `Caller-Context`. That header alone is no choice of
 * the dialplan's: a transfer that names none, and one by a phone, leave the profile's own there, which may be a context that calls
 * out. So the choice is noted in a variable, which only a dialplan sets, and counts while both agree.
 */
import type { Bytes } from '../bytes.js';
import type { ChannelHeaders } from '../dialplan/caller-profile.js';
import { lowerCase } from '../dialplan/c-values.js';
import { transferTarget } from '../dialplan/transfer-target.js';

const VARIABLE = 'parkway_context';
const HEADER = `variable_${VARIABLE}`;

interface Application {
  readonly application: Bytes;
  readonly data: Bytes;
}

/** What is to be executed just before an application: for a `transfer` with a context, the note of it. */
export function noteTransfer({ application, data }: Application): Application | undefined {
  if (lowerCase(application) !== 'transfer') return undefined;
  const context = transferTarget(application, data)?.context;
  // An API function would be asked twice.
  if (context === undefined || context === '' || context.includes('(')) return undefined;
  return { application: 'set', data: `${VARIABLE}=${context}` };
}

/** The context that the dialplan transferred this call to; undefined for one that came otherwise, or went on since. */
export function transferredContext(data: ChannelHeaders): Bytes | undefined {
  const noted = data.get(HEADER);
  return noted !== undefined && noted !== '' && noted === data.get('Caller-Context') ? noted : undefined;
}
