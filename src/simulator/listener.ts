/**
 * The listener of one outbound socket (`read_packet` and `listener_run` of mod_event_socket): reads commands, answers them,
 * and between commands, at most every 20 ms, sends the events that came in.
 */
import type { Bytes } from '../bytes.js';
import { CommandReader, firstLine, type Command } from './command-reader.js';
import type { Event } from './event.js';
import { EventSubscription } from './event-subscription.js';
import type { EventListener } from './free-switch.js';
import { performCommand, type CommandedListener } from './listener-commands.js';
import type { Connection } from './network.js';
import { serializeEvent } from './serialize-event.js';
import type { SessionListener, SimulatedSession } from './simulated-session.js';
import { Signal, type Thread } from './thread.js';

const POLL_MS = 20;
/** How long FreeSWITCH waits for the first command, in its clock's whole seconds. */
const FIRST_COMMAND_SECONDS = 25;
const LONGEST_REPLY = 511;
const LONGEST_REPLY_FRAME = 1023;
const GOODBYE = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';

export class Listener implements EventListener, CommandedListener, SessionListener {
  readonly subscription = new EventSubscription();
  lingerSeconds: number | undefined;
  stopping = false;
  connected = false;
  logging = false;
  resuming = false;
  /** Through: the socket is closed. */
  finished = false;
  private readonly reader = new CommandReader();
  private readonly events: Event[] = [];
  private readonly attention = new Signal();
  /** It has seen the hang-up. */
  private sawHangup = false;
  private lingersUntil: number | undefined;

  constructor(
    readonly session: SimulatedSession,
    private readonly connection: Connection,
    private readonly activity: Signal,
    readonly asynchronous: boolean,
    readonly full: boolean,
  ) {}

  get uuid(): string {
    return this.session.channel.uuid;
  }

  get onlyUuid(): string | undefined {
    return this.subscription.mine || !this.subscription.enabled ? this.uuid : undefined;
  }

  wants(eventName: string): boolean {
    return this.subscription.wants(eventName);
  }

  offer(event: Event): void {
    if (!this.subscription.passes(event, this.uuid)) return;
    this.events.push(event);
    this.attention.raise();
  }

  subscriptionChanged(): void {
    this.session.core.listen(this);
  }

  dropEvents(): void {
    this.events.length = 0;
  }

  send(bytes: Bytes): void {
    this.connection.write(bytes);
  }

  /** The channel was hung up: the listener sees it at its next turn. */
  notice(): void {
    this.attention.raise();
  }

  breakConnection(): void {
    this.connection.break();
  }

  *run(): Thread {
    const { session } = this;
    session.core.listen(this);
    const first = yield* this.readCommand(FIRST_COMMAND_SECONDS);
    if (first === undefined) {
      session.journal.problem('no first command');
    } else {
      session.journal.mark('connected');
      // FreeSWITCH does not send the reply to the first command.
      yield* this.perform(first);
      yield* this.serve();
    }
    this.end();
  }

  private *serve(): Thread {
    while (!this.stopping) {
      const command = yield* this.readCommand();
      if (command === undefined) return;
      const reply = yield* this.perform(command);
      if (reply !== undefined) this.reply(reply);
    }
  }

  private *perform(command: Command): Thread<Bytes | undefined> {
    const { journal } = this.session;
    journal.command(command.text);
    for (const line of command.text
      .trimEnd()
      .split(/\r*\n\r*/)
      .slice(1)) {
      if (line !== '' && !line.includes(':')) journal.problem('header without a colon', line);
    }
    return yield* performCommand(command, this);
  }

  private reply(reply: Bytes): void {
    const text = reply.slice(0, LONGEST_REPLY);
    const frame = text.startsWith('~')
      ? `Content-Type: command/reply\n${text.slice(1)}`
      : `Content-Type: command/reply\nReply-Text: ${text}\n\n`;
    this.send(frame.slice(0, LONGEST_REPLY_FRAME));
  }

  /** The next command; undefined when the socket is to be closed. */
  private *readCommand(withinSeconds = Infinity): Thread<Command | undefined> {
    const started = this.seconds();
    for (;;) {
      this.reader.push(this.connection.take());
      // A byte of a command is enough for FreeSWITCH to notice the hang-up before it has read the rest.
      if (this.reader.hasInput && this.reader.state !== 'body' && !this.seesHangup()) return undefined;
      const command = this.reader.next();
      if (command !== undefined) return this.accepted(command);
      if (this.connection.ended) return undefined;
      if (this.reader.state !== 'body') {
        if (this.seconds() - started >= withinSeconds) return undefined;
        if (this.reader.state === 'between') this.sendEvents();
        if (this.lingersUntil !== undefined && this.seconds() > this.lingersUntil) return undefined;
        if (!this.seesHangup()) return undefined;
      }
      yield {
        until: this.timeAt(Math.min(started + withinSeconds, (this.lingersUntil ?? Infinity) + 1)),
        signal: this.activity,
        poll: { signal: this.attention, every: POLL_MS },
      };
    }
  }

  private accepted(command: Command | { text: Bytes; rejected: string }): Command | undefined {
    if (!('rejected' in command)) return command;
    this.session.journal.problem(`rejected: ${command.rejected}`, firstLine(command.text));
    return undefined;
  }

  private sendEvents(): void {
    if (!this.subscription.enabled || this.events.length === 0) return;
    const { format } = this.subscription;
    let frames = '';
    for (const event of this.events.splice(0)) {
      const text = serializeEvent(event, format);
      frames += `Content-Length: ${text.length}\nContent-Type: text/event-${format}\n\n${text}`;
    }
    this.send(frames);
  }

  /** Notices a hang-up, once. False: it does not linger, the socket is to be closed. */
  private seesHangup(): boolean {
    const { channel } = this.session;
    if (this.sawHangup || !channel.down) return true;
    this.sawHangup = true;
    if (this.lingerSeconds === undefined) return false;
    this.send(
      'Content-Type: text/disconnect-notice\n' +
        `Controlled-Session-UUID: ${channel.uuid}\n` +
        'Content-Disposition: linger\n' +
        `Channel-Name: ${channel.name}\n` +
        `Linger-Time: ${this.lingerSeconds}\n` +
        'Content-Length: 0\n\n',
    );
    if (this.lingerSeconds !== -1) this.lingersUntil = this.seconds() + this.lingerSeconds;
    return true;
  }

  private end(): void {
    const { session } = this;
    session.core.silence(this);
    session.socketEnds(this.resuming);
    this.send(
      'Content-Type: text/disconnect-notice\n' +
        `Controlled-Session-UUID: ${session.channel.uuid}\n` +
        'Content-Disposition: disconnect\n' +
        `Content-Length: ${GOODBYE.length}\n\n${GOODBYE}`,
    );
    this.connection.close();
    session.journal.mark('closed');
    this.finished = true;
    session.attention.raise();
  }

  private seconds(): number {
    return Math.floor(this.session.core.wallClock() / 1000);
  }

  /** When the wall clock comes to a second, in simulated milliseconds. */
  private timeAt(second: number): number {
    return this.session.core.timeOf(second * 1000);
  }
}
