/**
 * What the calls of one simulated FreeSWITCH share: the clock, global variables, the table of sessions, and the events,
 * which go to every listener that wants them.
 */
import { randomUUID } from 'node:crypto';
import type { Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { Clock } from './clock.js';
import type { Command } from './command-reader.js';
import { gmtDate, localDate } from './date-format.js';
import { Event, type Header } from './event.js';
import type { HangupCause } from './hangup-causes.js';
import { compileScript, type CompiledScript } from './compile-script.js';
import type { SimulatedChannel } from './simulated-channel.js';

/** A session as others find it by its uuid. */
export interface LocatedSession {
  readonly channel: SimulatedChannel;
  /** Queues a message for the session's thread. */
  queueMessage(message: Command): void;
  hangUp(cause: HangupCause, by: string): void;
  /** `uuid_break`; `all` drops the messages that wait as well. */
  breakOff(all: boolean): void;
  receiveDtmf(digits: Bytes): void;
}

/** Who takes events. */
export interface EventListener {
  /** The uuid of its session. */
  readonly uuid: string;
  /** The uuid whose events alone it wants (`myevents`); undefined if it wants those of every channel. */
  readonly onlyUuid: string | undefined;
  wants(eventName: string): boolean;
  offer(event: Event): void;
}

/** Where FreeSWITCH's source makes an event. */
export type EventSource = readonly [file: string, functionName: string, line: number];

const MICROSECONDS = 1000;

export class FreeSwitch {
  readonly coreUuid = randomUUID();
  private readonly globals = new Map<Bytes, readonly [name: Bytes, value: Bytes]>();
  private readonly sessions = new Map<string, LocatedSession>();
  private readonly ownListeners = new Map<string, EventListener>();
  private readonly wideListeners = new Set<EventListener>();
  private sequence = 0;
  /** Sessions there were so far. */
  sessionCount = 0;

  /** `epoch`: what the clock's 0 is in milliseconds since 1970. */
  constructor(
    readonly clock: Clock,
    readonly script: CompiledScript = compileScript({}),
    private readonly epoch = Date.now(),
  ) {
    for (const [name, value] of script.globals) this.setGlobal(name, value);
  }

  /** Simulated wall-clock time, in milliseconds since 1970. */
  wallClock(): number {
    return this.epoch + this.clock.now();
  }

  /** When the wall clock shows a time, in simulated milliseconds. */
  timeOf(wallClock: number): number {
    return wallClock - this.epoch;
  }

  /** The wall clock as FreeSWITCH keeps it: in microseconds. */
  microseconds(): number {
    return Math.round(this.wallClock() * MICROSECONDS);
  }

  global(name: Bytes): Bytes | undefined {
    return this.globals.get(lowerCase(name))?.[1];
  }

  setGlobal(name: Bytes, value: Bytes | undefined): void {
    if (value === undefined || value === '') this.globals.delete(lowerCase(name));
    else this.globals.set(lowerCase(name), [name, value]);
  }

  allGlobals(): Iterable<Header> {
    return this.globals.values();
  }

  enter(session: LocatedSession): void {
    this.sessionCount += 1;
    this.sessions.set(session.channel.uuid, session);
  }

  leave(session: LocatedSession): void {
    this.sessions.delete(session.channel.uuid);
  }

  get liveSessions(): number {
    return this.sessions.size;
  }

  /** `switch_core_session_locate`: a channel that is hung up is not found any more. */
  locate(uuid: string): LocatedSession | undefined {
    const session = this.sessions.get(uuid);
    return session === undefined || session.channel.down ? undefined : session;
  }

  /** Takes a listener in; again whenever what it wants has changed. */
  listen(listener: EventListener): void {
    this.ownListeners.set(listener.uuid, listener);
    if (listener.onlyUuid === undefined) this.wideListeners.add(listener);
    else this.wideListeners.delete(listener);
  }

  silence(listener: EventListener): void {
    this.ownListeners.delete(listener.uuid);
    this.wideListeners.delete(listener);
  }

  /**
   * Fires an event of a channel (`uuid`), or one that belongs to it (`Job-Owner-UUID`). `fill` adds what comes behind
   * FreeSWITCH's own headers; it runs only if somebody wants the event.
   */
  fire(name: string, uuid: string, fill: (event: Event) => void): void {
    this.sequence += 1;
    const own = this.ownListeners.get(uuid);
    const listeners = [...this.wideListeners].filter((listener) => listener !== own);
    if (own !== undefined) listeners.push(own);
    const wanting = listeners.filter((listener) => listener.wants(name));
    if (wanting.length === 0) return;
    const event = new Event(name);
    fill(event);
    for (const listener of wanting) listener.offer(event);
  }

  /** The headers every event begins with (`switch_event_prep_for_delivery`); the dump's own identity, where it has one. */
  deliveryHeaders(name: string, [file, functionName, line]: EventSource, identity: Identity = {}): Header[] {
    const now = this.wallClock();
    return [
      ['Event-Name', name],
      ['Core-UUID', identity.coreUuid ?? this.coreUuid],
      ['FreeSWITCH-Hostname', identity.hostname ?? 'simulator'],
      ['FreeSWITCH-Switchname', identity.switchname ?? identity.hostname ?? 'simulator'],
      ['FreeSWITCH-IPv4', identity.ipv4 ?? '127.0.0.1'],
      ['FreeSWITCH-IPv6', identity.ipv6 ?? '::1'],
      ['Event-Date-Local', localDate(now)],
      ['Event-Date-GMT', gmtDate(now)],
      ['Event-Date-Timestamp', String(this.microseconds())],
      ['Event-Calling-File', file],
      ['Event-Calling-Function', functionName],
      ['Event-Calling-Line-Number', String(line)],
      ['Event-Sequence', String(this.sequence)],
    ];
  }
}

/** The FreeSWITCH a dump was taken from. */
export interface Identity {
  readonly coreUuid?: Bytes | undefined;
  readonly hostname?: Bytes | undefined;
  readonly switchname?: Bytes | undefined;
  readonly ipv4?: Bytes | undefined;
  readonly ipv6?: Bytes | undefined;
}
