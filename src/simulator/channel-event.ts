/** Events of a channel: which carry its variables, and where FreeSWITCH's source makes them (1.11). */
import type { Bytes } from '../bytes.js';
import type { Event, Header } from './event.js';
import type { EventSource, FreeSwitch, Identity } from './free-switch.js';
import type { SimulatedChannel } from './simulated-channel.js';

const SOURCES = {
  CHANNEL_ANSWER: ['switch_channel.c', 'switch_channel_perform_mark_answered', 3848],
  CHANNEL_BRIDGE: ['switch_ivr_bridge.c', 'switch_ivr_multi_threaded_bridge', 1689],
  CHANNEL_CALLSTATE: ['switch_channel.c', 'switch_channel_perform_set_callstate', 302],
  CHANNEL_EXECUTE: ['switch_core_session.c', 'switch_core_session_exec', 2949],
  CHANNEL_EXECUTE_COMPLETE: ['switch_core_session.c', 'switch_core_session_exec', 2972],
  CHANNEL_HANGUP: ['switch_channel.c', 'switch_channel_perform_hangup', 3447],
  CHANNEL_HANGUP_COMPLETE: ['switch_core_state_machine.c', 'switch_core_session_reporting_state', 943],
  CHANNEL_PARK: ['switch_ivr.c', 'switch_ivr_park', 1002],
  CHANNEL_PROGRESS: ['switch_channel.c', 'switch_channel_perform_mark_ring_ready_value', 3507],
  CHANNEL_PROGRESS_MEDIA: ['switch_channel.c', 'switch_channel_perform_mark_pre_answered', 3562],
  CHANNEL_STATE: ['switch_channel.c', 'switch_channel_perform_set_running_state', 2409],
  CHANNEL_UNBRIDGE: ['switch_ivr_bridge.c', 'switch_ivr_multi_threaded_bridge', 1879],
  CHANNEL_UNPARK: ['switch_ivr.c', 'switch_ivr_park', 1213],
  DTMF: ['switch_channel.c', 'switch_channel_dequeue_dtmf', 678],
  MEDIA_BUG_START: ['switch_core_media_bug.c', 'switch_core_media_bug_add', 1014],
  MEDIA_BUG_STOP: ['switch_core_media_bug.c', 'switch_core_media_bug_destroy', 84],
  PLAYBACK_START: ['switch_ivr_play_say.c', 'switch_ivr_play_file', 1649],
  PLAYBACK_STOP: ['switch_ivr_play_say.c', 'switch_ivr_play_file', 2023],
  PRIVATE_COMMAND: ['switch_ivr.c', 'switch_ivr_parse_next_event', 804],
  RECORD_START: ['switch_ivr_async.c', 'record_callback', 1482],
  RECORD_STOP: ['switch_ivr_async.c', 'send_record_stop_event', 1241],
} as const satisfies Readonly<Record<string, EventSource>>;

export type ChannelEventName = keyof typeof SOURCES;

const WITHOUT_VARIABLES: ReadonlySet<string> = new Set([
  'CHANNEL_CALLSTATE',
  'CHANNEL_STATE',
  'DTMF',
  'PRIVATE_COMMAND',
] satisfies ChannelEventName[]);

/** Headers of one event beside the channel's. */
export interface ExtraHeaders {
  /** Before everything, as where a message becomes an event. */
  readonly first?: readonly Header[];
  /** Between FreeSWITCH's own headers and the channel's. */
  readonly lead?: readonly Header[];
  readonly trail?: readonly (readonly [name: string, value: Bytes | undefined])[];
}

export function fireChannelEvent(
  core: FreeSwitch,
  channel: SimulatedChannel,
  name: ChannelEventName,
  { first = [], lead = [], trail = [] }: ExtraHeaders = {},
): void {
  core.fire(name, channel.uuid, (event) => {
    event.addAll(first);
    event.addAll(core.deliveryHeaders(name, SOURCES[name], identityOf(channel)));
    event.addAll(lead);
    addChannelData(event, channel, !WITHOUT_VARIABLES.has(name));
    for (const [header, value] of trail) event.add(header, value);
  });
}

/** `switch_channel_event_set_data` */
export function addChannelData(event: Event, channel: SimulatedChannel, variables = true): void {
  event.addAll(channel.basicHeaders());
  if (variables) event.addAll(channel.variableHeaders());
}

/** The FreeSWITCH the channel's dump was taken from. */
export function identityOf(channel: SimulatedChannel): Identity {
  return {
    coreUuid: channel.header('Core-UUID'),
    hostname: channel.header('FreeSWITCH-Hostname'),
    switchname: channel.header('FreeSWITCH-Switchname'),
    ipv4: channel.header('FreeSWITCH-IPv4'),
    ipv6: channel.header('FreeSWITCH-IPv6'),
  };
}
