/**
 * The channel of a simulated call: its variables in FreeSWITCH's order, its caller profile, its state, and the headers all
 * that makes in an event (`switch_channel_event_set_data`, `switch_caller_profile_event_set_data`).
 */
import type { Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import { CallerProfile, findProfileField, type ChannelData } from '../dialplan/caller-profile.js';
import { Channel } from '../dialplan/channel.js';
import {
  pushVariable,
  setVariable,
  variableFromData,
  VariableMap,
  type Variable,
  type VariableStore,
} from '../dialplan/variables.js';
import type { Header } from './event.js';
import type { HangupCause } from './hangup-causes.js';

/** `switch_channel_state_t`; only the states a controlled call can be in. */
export const CHANNEL_STATES = {
  CS_ROUTING: 2,
  CS_EXECUTE: 4,
  CS_RESET: 9,
  CS_HANGUP: 10,
  CS_REPORTING: 11,
  CS_DESTROY: 12,
} as const;

export type ChannelState = keyof typeof CHANNEL_STATES;
export type CallState = 'DOWN' | 'RINGING' | 'EARLY' | 'ACTIVE' | 'RING_WAIT' | 'HANGUP';

/** The times of a caller profile, by the header that shows them: microseconds since 1970, 0 for not yet. */
export const PROFILE_TIMES = [
  'Profile-Created-Time',
  'Channel-Created-Time',
  'Channel-Answered-Time',
  'Channel-Progress-Time',
  'Channel-Progress-Media-Time',
  'Channel-Hangup-Time',
  'Channel-Transfer-Time',
  'Channel-Resurrect-Time',
  'Channel-Bridged-Time',
  'Channel-Last-Hold',
  'Channel-Hold-Accum',
] as const;

export type ProfileTime = (typeof PROFILE_TIMES)[number];

const PROFILE_TEXTS = [
  'Direction',
  'Logical-Direction',
  'Username',
  'Dialplan',
  'Caller-ID-Name',
  'Caller-ID-Number',
  'Orig-Caller-ID-Name',
  'Orig-Caller-ID-Number',
  'Callee-ID-Name',
  'Callee-ID-Number',
  'Network-Addr',
  'ANI',
  'ANI-II',
  'Destination-Number',
  'Unique-ID',
  'Source',
  'Transfer-Source',
  'Context',
  'RDNIS',
  'Channel-Name',
  'Profile-Index',
];
const PROFILE_FLAGS = ['Screen-Bit', 'Privacy-Hide-Name', 'Privacy-Hide-Number'];
const CODEC_HEADERS = [
  'Channel-Read-Codec-Name',
  'Channel-Read-Codec-Rate',
  'Channel-Read-Codec-Bit-Rate',
  'Channel-Write-Codec-Name',
  'Channel-Write-Codec-Rate',
  'Channel-Write-Codec-Bit-Rate',
];
const PROFILE_HEADERS = [...PROFILE_TEXTS, ...PROFILE_TIMES, ...PROFILE_FLAGS];
/** The caller profile's headers by the prefix they stand under. */
const PREFIXED_HEADERS = {
  Caller: PROFILE_HEADERS.map((name) => `Caller-${name}`),
  'Other-Leg': PROFILE_HEADERS.map((name) => `Other-Leg-${name}`),
  Channel: PROFILE_HEADERS.map((name) => `Channel-${name}`),
};

type ProfilePrefix = keyof typeof PREFIXED_HEADERS;
const VARIABLE_PREFIX = 'variable_';
const SIP_SOURCE = 'mod_sofia';

export class SimulatedChannel extends Channel {
  override readonly profile: CallerProfile;
  readonly uuid: string;
  readonly name: Bytes;
  readonly inbound: boolean;
  state: ChannelState = 'CS_EXECUTE';
  /** The state the session's thread is in; it follows `state` when the thread comes around. */
  runningState: ChannelState = 'CS_EXECUTE';
  callState: CallState;
  hangupCause: HangupCause | undefined;
  answered: boolean;
  early: boolean;
  ringReady: boolean;
  /** CF_TRANSFER: on its way to another extension. */
  transferring = false;
  /** CF_CONTROLLED: a controller holds the parked channel. */
  controlled = false;
  /** CF_BREAK: what plays is to stop. */
  breaking = false;
  /** Bridge-originator: the channel called the other leg of a bridge. */
  bridgeOriginator = false;

  private readonly headers: Map<string, Bytes>;
  private readonly variables = new Map<Bytes, Variable>();
  /** Innermost first. */
  private readonly scopeVariables: VariableMap[] = [];

  constructor(dump: ChannelData) {
    const data = new Map<string, Bytes>();
    for (const [name, value] of dump) if (!name.startsWith(VARIABLE_PREFIX)) data.set(name, value);
    super(data);
    this.headers = data;
    this.profile = new WrittenThroughProfile(data);
    for (const [name, value] of dump) {
      if (!name.startsWith(VARIABLE_PREFIX)) continue;
      this.put(variableFromData(name.slice(VARIABLE_PREFIX.length), value));
    }
    this.uuid = data.get('Unique-ID') ?? data.get('Caller-Unique-ID') ?? '';
    this.name = data.get('Channel-Name') ?? data.get('Caller-Channel-Name') ?? '';
    this.inbound = (data.get('Call-Direction') ?? data.get('Caller-Direction')) !== 'outbound';
    this.answered = data.get('Answer-State') === 'answered' || this.time('Channel-Answered-Time') > 0;
    this.early = !this.answered && data.get('Answer-State') === 'early';
    this.ringReady = this.time('Channel-Progress-Time') > 0;
    this.callState = this.answered ? 'ACTIVE' : this.early ? 'EARLY' : 'RINGING';
  }

  override get(name: Bytes): Variable | undefined {
    return this.variables.get(lowerCase(name));
  }

  override put(variable: Variable): void {
    this.variables.set(lowerCase(variable.name), variable);
  }

  override delete(name: Bytes): void {
    this.variables.delete(lowerCase(name));
  }

  override deleteByPrefix(prefix: Bytes): void {
    const beginning = lowerCase(prefix);
    for (const key of [...this.variables.keys()]) if (key.startsWith(beginning)) this.variables.delete(key);
  }

  override enterScope(scope: VariableStore): void {
    super.enterScope(scope);
    if (scope instanceof VariableMap) this.scopeVariables.unshift(scope);
  }

  override leaveScope(): void {
    super.leaveScope();
    this.scopeVariables.shift();
  }

  set(name: Bytes, value: Bytes | undefined): void {
    setVariable(this, name, value);
  }

  push(name: Bytes, value: Bytes): void {
    pushVariable(this, name, value, 'end');
  }

  /** A variable, or a field of the caller profile; undefined where the channel has neither. */
  value(name: Bytes): Bytes | undefined {
    return this.lookUp(name, -1);
  }

  /** A header of the dump that is no variable. */
  header(name: string): Bytes | undefined {
    return this.headers.get(name);
  }

  /** A time of the caller profile, in microseconds since 1970. */
  time(name: ProfileTime): number {
    return Number(this.headers.get(`Caller-${name}`) ?? 0);
  }

  setTime(name: ProfileTime, microseconds: number): void {
    this.headers.set(`Caller-${name}`, String(Math.round(microseconds)));
  }

  /** Sets a header of the caller profile that no profile field writes to. */
  setProfileHeader(name: string, value: Bytes): void {
    this.headers.set(`Caller-${name}`, value);
  }

  /** The other leg of a bridge: its profile's headers without a prefix. */
  setOtherLeg(type: 'originatee', headers: Iterable<Header>): void {
    for (const name of [...this.headers.keys()]) if (name.startsWith('Other-Leg-')) this.headers.delete(name);
    this.headers.set('Other-Type', type);
    for (const [name, value] of headers) this.headers.set(`Other-Leg-${name}`, value);
  }

  /** What a SIP channel has as soon as there is media; other channels have their codec from the beginning. */
  setCodec(name: string, rate: number, bitRate: number): void {
    if (this.headers.has('Channel-Read-Codec-Name')) return;
    const values = [name, String(rate), String(bitRate)];
    CODEC_HEADERS.forEach((header, index) => this.headers.set(header, values[index % values.length] as string));
    for (const side of ['read', 'write']) {
      this.set(`${side}_codec`, name);
      this.set(`${side}_rate`, String(rate));
    }
  }

  get isSip(): boolean {
    return this.headers.get('Caller-Source') === SIP_SOURCE;
  }

  /** `switch_channel_down`: hung up, whatever the session's thread is still busy with. */
  get down(): boolean {
    return CHANNEL_STATES[this.state] >= CHANNEL_STATES.CS_HANGUP;
  }

  /** `switch_channel_ready`, as the session's own thread sees it. */
  get ready(): boolean {
    return (
      this.hangupCause === undefined &&
      this.state === 'CS_EXECUTE' &&
      this.runningState === this.state &&
      !this.transferring
    );
  }

  /** `switch_channel_media_ready` */
  get mediaReady(): boolean {
    return this.answered || this.early;
  }

  /** `switch_channel_event_set_basic_data` */
  basicHeaders(): Header[] {
    const { headers: data } = this;
    const presence = ['presence_id', 'presence_data'].map((name) => this.value(name) ?? '');
    const direction = this.inbound ? 'inbound' : 'outbound';
    const headers: Header[] = [
      ['Channel-State', this.runningState],
      ['Channel-Call-State', this.callState],
      ['Channel-State-Number', String(CHANNEL_STATES[this.state])],
      ['Channel-Name', this.name],
      ['Unique-ID', this.uuid],
      ['Session-External-ID', data.get('Session-External-ID') ?? ''],
      ['Call-Direction', direction],
      ['Presence-Call-Direction', direction],
      ['Channel-HIT-Dialplan', data.get('Channel-HIT-Dialplan') ?? 'true'],
      ['Channel-Presence-ID', presence[0] as Bytes],
      ['Channel-Presence-Data', presence[1] as Bytes],
      ['Channel-Call-UUID', this.value('call_uuid') ?? this.uuid],
      ['Answer-State', this.answerState()],
      ['Hangup-Cause', this.hangupCause ?? ''],
      ...CODEC_HEADERS.map((name): Header => [name, data.get(name) ?? '']),
      ...this.profileHeaders('Caller'),
    ];
    const otherType = data.get('Other-Type');
    if (otherType !== undefined)
      headers.push(['Other-Type', otherType], ...this.profileHeaders('Other-Leg', 'Other-Leg'));
    return headers;
  }

  /** The caller profile, or the other leg's, under a prefix. */
  profileHeaders(prefix: ProfilePrefix, source: 'Caller' | 'Other-Leg' = 'Caller'): Header[] {
    const sources = PREFIXED_HEADERS[source];
    return PREFIXED_HEADERS[prefix].map((name, at): Header => [name, this.headers.get(sources[at] as string) ?? '']);
  }

  /** `switch_channel_event_set_extended_data`: scope variables, then the channel's own. */
  variableHeaders(): Header[] {
    const headers: Header[] = [];
    const seen = new Set<Bytes>();
    for (const scope of this.scopeVariables) {
      for (const { name, value } of scope.all()) {
        if (seen.has(lowerCase(name))) continue;
        seen.add(lowerCase(name));
        headers.push([`scope_variable_${name}`, value]);
      }
    }
    for (const { name, value } of this.variables.values()) headers.push([VARIABLE_PREFIX + name, value]);
    return headers;
  }

  private answerState(): string {
    if (this.down) return 'hangup';
    if (this.answered) return 'answered';
    return this.early ? 'early' : 'ringing';
  }
}

/** A profile whose changes show in the channel's data too. */
class WrittenThroughProfile extends CallerProfile {
  constructor(private readonly written: Map<string, Bytes>) {
    super(written, 'Caller');
  }

  override set(name: Bytes, value: Bytes): void {
    super.set(name, value);
    const field = findProfileField(name);
    if (field?.headers !== undefined) this.written.set(field.headers.Caller, this.read(field) ?? '');
  }
}
