/** A call as it is imagined: the channel's data for what was chosen of it. */
import type { Bytes } from '../../bytes.js';
import { findProfileField, type ChannelData } from '../../dialplan/caller-profile.js';
import type { Source } from './origin.js';

export interface CallInputs {
  /** What was chosen; all else is as in {@link channelOf}. */
  readonly values: ReadonlyMap<Source, Bytes>;
  readonly epochMs: number;
}

const FIELD = 'field:';
const VARIABLE = 'variable:';
export const DESTINATION: Source = 'field:destination_number';
/** What a caller writes into the INVITE, and FreeSWITCH takes over as it is. */
const CALLERS_FIELDS = new Set(
  [
    'destination_number',
    'caller_id_name',
    'caller_id_number',
    'orig_caller_id_name',
    'orig_caller_id_number',
    'ani',
  ].concat(['aniii', 'rdnis']),
);
const CALLERS_VARIABLES = /^sip_(?:h_|ph_|p_|from_|to_|req_|contact_|user_agent|subject|full_from|full_to|invite_)/;

/** The data of a call from outside to a context. */
export function channelOf({ values }: CallInputs, context: Bytes, domain: Bytes): ChannelData {
  const data = new Map<string, Bytes>([
    ['Caller-Dialplan', 'XML'],
    ['Caller-Context', context],
    ['Caller-Destination-Number', ''],
    ['Caller-Source', 'mod_sofia'],
    ['variable_direction', 'inbound'],
    ['variable_domain_name', domain],
  ]);
  for (const [source, value] of values) {
    if (source.startsWith(VARIABLE)) data.set(`variable_${source.slice(VARIABLE.length)}`, value);
    const header = source.startsWith(FIELD) ? findProfileField(source.slice(FIELD.length))?.headers?.Caller : undefined;
    if (header !== undefined) data.set(header, value);
  }
  return data;
}

/** Whether whoever calls chooses it. */
export function isCallersChoice(source: Source): boolean {
  if (source.startsWith(FIELD)) return CALLERS_FIELDS.has(source.slice(FIELD.length));
  return source.startsWith(VARIABLE) && CALLERS_VARIABLES.test(source.slice(VARIABLE.length));
}

/** What is chosen, by the name its reader knows. */
export function nameOf(source: Source): string {
  const name = source.slice(source.indexOf(':') + 1);
  return source.startsWith(VARIABLE) ? `\${${name}}` : name;
}
