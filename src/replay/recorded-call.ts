/** A call as a recording tells it: enough to hunt it again without a FreeSWITCH. */
import type { Bytes } from '../bytes.js';
import type { ChannelData } from '../dialplan/caller-profile.js';
import type { AnswerSource } from './answer-source.js';
import type { Capture } from './capture.js';

/** What a recording looked like. */
export type DumpFormat =
  'capture' | 'json event' | 'xml event' | 'plain event' | 'reply to connect' | 'uuid_dump' | "info application's log";

/** When a call was hunted, in epoch milliseconds, and what says so: a header, or the capture itself. */
export interface RecordedTime {
  readonly epochMs: number;
  readonly from: 'capture' | 'Event-Date-Timestamp' | 'Caller-Profile-Created-Time';
}

/** An inline application as FreeSWITCH executed it while the call was hunted, and what it changed. */
export interface RecordedInline {
  readonly application: Bytes;
  readonly data: Bytes;
  /** Headers of the channel; null for one that was gone. */
  readonly changed: ReadonlyMap<string, Bytes | null>;
  /** What was answered otherwise from then on. */
  readonly answers: AnswerSource;
}

export interface RecordedCall {
  readonly kind: 'call';
  /** `file:line` */
  readonly location: string;
  readonly format: DumpFormat;
  readonly data: ChannelData;
  readonly answers: AnswerSource;
  /** In the order in which they were executed; missing where none was recorded. */
  readonly inline?: readonly RecordedInline[];
  /** Undefined where nothing in the recording says. */
  readonly time: RecordedTime | undefined;
  /** The zone FreeSWITCH's server was set to; from a dump only as the offset it had, `Etc/GMT-8`. */
  readonly timezone: string | undefined;
  /** What Parkway recorded besides. */
  readonly capture: Capture | undefined;
  /** What is missing from the recording, in words. */
  readonly notes: readonly string[];
}

/** A recording that could not be read; those around it are. */
export interface UnreadableDump {
  readonly kind: 'unreadable';
  /** `file:line`, or the file alone if it cannot be opened. */
  readonly location: string;
  /** What was expected and what was found. */
  readonly message: string;
}

/** A header's value; empty where there is none. */
export function headerOf({ data }: { readonly data: ChannelData }, name: string): Bytes {
  return data.get(name) ?? '';
}
