/** The fields of a channel's caller profile (`switch_caller_get_field_by_name`) and where its data shows them. */
import type { Bytes } from '../bytes.js';
import { atoi, lowerCase } from './c-values.js';

/** A channel as FreeSWITCH shows it: header name to value, such as `Caller-ANI` or `variable_foo`. */
export type ChannelData = ReadonlyMap<string, Bytes>;

/** As much of a channel's data as a hunt looks at. */
export interface ChannelHeaders {
  get(header: string): Bytes | undefined;
  keys(): Iterable<string>;
  /** What {@link keysLike} returns, for data that has a quicker way than to look at every name. */
  keysLike?(text: string, how: Likeness): Iterable<string>;
}

/** Whether a name, in lower case, is a text or begins with it. */
export type Likeness = 'is' | 'begins';

/** The headers whose names, in lower case, are or begin like a text. */
export function keysLike(data: ChannelHeaders, text: string, how: Likeness): Iterable<string> {
  return data.keysLike === undefined ? filterKeys(data.keys(), text, how) : data.keysLike(text, how);
}

/** Those of the names that, in lower case, are or begin like a text. */
export function filterKeys(names: Iterable<string>, text: string, how: Likeness): string[] {
  const { length } = text;
  return [...names].filter(
    (name) => (how === 'begins' || name.length === length) && lowerCase(name.slice(0, length)) === text,
  );
}

/** A field of a caller profile, found by its name once and read from many channels. */
export interface ProfileField {
  readonly name: string;
  /** Headers that show it, of the channel's own profile and of the other leg's; none where the data does not. */
  readonly headers: Readonly<Record<Prefix, string>> | undefined;
  /** Value where the header is missing: FreeSWITCH leaves out what is empty. Undefined: the field may be unset. */
  readonly missing: Bytes | undefined;
  readonly settable: 'text' | 'byte' | undefined;
}

type Prefix = 'Caller' | 'Other-Leg';

interface FieldDefinition {
  /** Header without its `Caller-` or `Other-Leg-`. */
  readonly header?: string;
  readonly missing: Bytes | undefined;
  readonly settable?: 'text' | 'byte';
}

/** Types of number and numbering plans are not in the data; they are 255, "undefined", unless an endpoint sets them. */
const UNDEFINED_TYPE = '255';

const DEFINITIONS: readonly (readonly [name: string, FieldDefinition])[] = [
  ['dialplan', { header: 'Dialplan', missing: '', settable: 'text' }],
  ['username', { header: 'Username', missing: '', settable: 'text' }],
  ['caller_id_name', { header: 'Caller-ID-Name', missing: '', settable: 'text' }],
  ['caller_id_number', { header: 'Caller-ID-Number', missing: '', settable: 'text' }],
  ['orig_caller_id_name', { header: 'Orig-Caller-ID-Name', missing: '' }],
  ['orig_caller_id_number', { header: 'Orig-Caller-ID-Number', missing: '' }],
  ['callee_id_name', { header: 'Callee-ID-Name', missing: '', settable: 'text' }],
  ['callee_id_number', { header: 'Callee-ID-Number', missing: '', settable: 'text' }],
  ['ani', { header: 'ANI', missing: '', settable: 'text' }],
  ['aniii', { header: 'ANI-II', missing: undefined, settable: 'text' }],
  ['network_addr', { header: 'Network-Addr', missing: '', settable: 'text' }],
  ['rdnis', { header: 'RDNIS', missing: '', settable: 'text' }],
  ['destination_number', { header: 'Destination-Number', missing: '', settable: 'text' }],
  ['uuid', { header: 'Unique-ID', missing: '', settable: 'text' }],
  ['source', { header: 'Source', missing: '', settable: 'text' }],
  ['transfer_source', { header: 'Transfer-Source', missing: undefined }],
  ['context', { header: 'Context', missing: '', settable: 'text' }],
  ['chan_name', { header: 'Channel-Name', missing: '', settable: 'text' }],
  ['profile_index', { header: 'Profile-Index', missing: undefined }],
  ['caller_ton', { missing: UNDEFINED_TYPE, settable: 'byte' }],
  ['caller_numplan', { missing: UNDEFINED_TYPE, settable: 'byte' }],
  ['destination_number_ton', { missing: UNDEFINED_TYPE, settable: 'byte' }],
  ['destination_number_numplan', { missing: UNDEFINED_TYPE, settable: 'byte' }],
  ['ani_ton', { missing: UNDEFINED_TYPE }],
  ['ani_numplan', { missing: UNDEFINED_TYPE }],
  ['rdnis_ton', { missing: UNDEFINED_TYPE }],
  ['rdnis_numplan', { missing: UNDEFINED_TYPE }],
  ['screen_bit', { header: 'Screen-Bit', missing: 'false' }],
  ['privacy_hide_name', { header: 'Privacy-Hide-Name', missing: 'false' }],
  ['privacy_hide_number', { header: 'Privacy-Hide-Number', missing: 'false' }],
  ['profile_created_time', { header: 'Profile-Created-Time', missing: '0' }],
  ['created_time', { header: 'Channel-Created-Time', missing: '0' }],
  ['answered_time', { header: 'Channel-Answered-Time', missing: '0' }],
  ['progress_time', { header: 'Channel-Progress-Time', missing: '0' }],
  ['progress_media_time', { header: 'Channel-Progress-Media-Time', missing: '0' }],
  ['hungup_time', { header: 'Channel-Hangup-Time', missing: '0' }],
  ['transferred_time', { header: 'Channel-Transfer-Time', missing: '0' }],
];

const FIELDS: ReadonlyMap<string, ProfileField> = new Map(
  DEFINITIONS.map(([name, { header, missing, settable }]) => [
    name,
    {
      name,
      headers: header === undefined ? undefined : { Caller: `Caller-${header}`, 'Other-Leg': `Other-Leg-${header}` },
      missing,
      settable,
    },
  ]),
);

export const PROFILE_FIELD_NAMES: readonly string[] = [...FIELDS.keys()];

/** A field by its name in any case; undefined for a name that is no field. */
export function findProfileField(name: Bytes): ProfileField | undefined {
  return FIELDS.get(name) ?? FIELDS.get(lowerCase(name));
}

/** The profile a channel's data shows under a prefix, and what was set in it since. */
export class CallerProfile {
  private changed: Map<string, Bytes> | undefined;

  constructor(
    private readonly data: ChannelHeaders,
    private readonly prefix: Prefix,
  ) {}

  /** A field's value; undefined where it is unset. */
  read(field: ProfileField): Bytes | undefined {
    const changed = this.changed?.get(field.name);
    if (changed !== undefined) return changed;
    return (field.headers === undefined ? undefined : this.data.get(field.headers[this.prefix])) ?? field.missing;
  }

  /** The value of the field of that name; undefined for a name that is no field, too. */
  readByName(name: Bytes): Bytes | undefined {
    const field = findProfileField(name);
    return field === undefined ? undefined : this.read(field);
  }

  /** What was set in a field since the data was told; undefined if nothing was. */
  changedField(name: string): Bytes | undefined {
    return this.changed?.get(name);
  }

  /** `set_profile_var`: any other name would be a soft variable, which a field finds only if FreeSWITCH is told so. */
  set(name: Bytes, value: Bytes): void {
    const field = findProfileField(name);
    if (field?.settable === undefined || (field.settable === 'byte' && value === '')) return;
    this.changed ??= new Map();
    this.changed.set(field.name, field.settable === 'byte' ? String(atoi(value) & 0xff) : value);
  }
}
