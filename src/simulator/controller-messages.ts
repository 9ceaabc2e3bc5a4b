/** The messages a controller sends a session, run one after the other. Follows switch_ivr.c (1.11). */
import type { Bytes } from '../bytes.js';
import { atoi, isTrue, lowerCase } from '../dialplan/c-values.js';
import { commandHeader, type Command } from './command-reader.js';
import type { Action } from './compile-script.js';
import { causeOf, type HangupCause } from './hangup-causes.js';
import { MessageQueue } from './message-queue.js';
import type { SimulatedSession } from './simulated-session.js';
import type { Thread } from './thread.js';

/** The session as its messages see it. */
export interface MessagedSession extends Pick<SimulatedSession, 'core' | 'channel' | 'journal' | 'fire' | 'execute'> {
  hangUp(cause: HangupCause, by: string): void;
  /** Goes on with a list of actions (`xferext`). */
  transferTo(actions: readonly Action[]): void;
}

const DEEPEST_STACK = 32;
/** A message's `loops` end with a round that was shorter. */
const SHORTEST_LOOP_MS = 500;

export class ControllerMessages {
  private readonly queue = new MessageQueue();
  private stackDepth = 0;
  /** CF_BROADCAST: an application runs that a message asked for. */
  private broadcasting = false;
  /** CF_STOP_BROADCAST: `uuid_break` came meanwhile. */
  private broadcastStopped = false;

  constructor(private readonly session: MessagedSession) {}

  /** Whether there is one that may run now. */
  get ready(): boolean {
    return this.queue.ready;
  }

  /** Taken out so far. */
  get taken(): number {
    return this.queue.taken;
  }

  add(message: Command): void {
    this.queue.add(message);
  }

  /** The next that may run now. */
  take(): Command | undefined {
    return this.queue.take();
  }

  *runAll(): Thread {
    if (this.stackDepth > DEEPEST_STACK) return;
    this.stackDepth += 1;
    while (yield* this.runNext());
    this.stackDepth -= 1;
  }

  /** Runs the next message; false: there is none, or those behind it are to wait for the next turn. */
  *runNext(): Thread<boolean> {
    const message = this.queue.take();
    if (message === undefined) return false;
    const goOn = yield* this.run(message);
    this.session.fire('PRIVATE_COMMAND', { first: [['Command', message.text], ...message.headers] });
    return goOn;
  }

  /** Runs a message now (`switch_ivr_parse_event`); false: those behind it are to wait. */
  *run(message: Command): Thread<boolean> {
    const { session } = this;
    const callCommand = commandHeader(message, 'call-command');
    if (callCommand === undefined) {
      session.journal.problem('message without call-command', message.text);
      return false;
    }
    const locked = isTrue(commandHeader(message, 'event-lock'));
    if (locked) this.queue.lock();
    switch (callCommand) {
      case 'execute':
        yield* this.execute(message);
        break;
      case 'xferext':
        session.transferTo(actionsOf(message));
        break;
      case 'hangup':
        session.hangUp(causeOf(commandHeader(message, 'hangup-cause') ?? ''), 'controller');
        break;
      case 'unicast':
      case 'nomedia':
        break;
      default:
        session.journal.problem('unknown call-command', message.text);
    }
    if (locked) this.queue.unlock();
    return !session.channel.breaking;
  }

  /** `uuid_break`; all: the messages that wait are forgotten too. */
  breakOff(all: boolean): void {
    if (all) this.queue.clear();
    if (this.broadcasting) this.broadcastStopped = true;
  }

  private *execute(message: Command): Thread {
    const { channel, core, journal } = this.session;
    const name = commandHeader(message, 'execute-app-name');
    if (name === undefined) {
      journal.problem('message without execute-app-name', message.text);
      return;
    }
    const outermost = !this.broadcasting;
    this.broadcastStopped = false;
    this.broadcasting = true;
    const data = argumentOf(message);
    const loops = atoi(commandHeader(message, 'loops') ?? '1');
    for (let round = 1; round <= loops || loops < 0; round += 1) {
      const started = core.clock.now();
      const uuid = commandHeader(message, 'event-uuid');
      const uuidName = commandHeader(message, 'event-uuid-name');
      if (uuid !== undefined) channel.set('app_uuid', uuid);
      if (uuidName !== undefined) channel.set('app_uuid_name', uuidName);
      channel.set('current_loop', String(round));
      channel.set('total_loops', String(loops));
      if (!(yield* this.session.execute(name, data))) break;
      if (!channel.ready || this.broadcastWasStopped() || core.clock.now() - started < SHORTEST_LOOP_MS) break;
    }
    channel.delete('current_loop');
    channel.delete('total_loops');
    if (outermost) this.broadcasting = false;
    if (this.broadcastWasStopped()) {
      this.broadcasting = false;
      channel.breaking = true;
    }
  }

  /** Asked behind a wait, in which it may have changed. */
  private broadcastWasStopped(): boolean {
    return this.broadcastStopped;
  }
}

/** The argument; if there is none, a body of text/plain. */
function argumentOf(message: Command): Bytes | undefined {
  const argument = commandHeader(message, 'execute-app-arg');
  const plain = lowerCase(commandHeader(message, 'content-type') ?? '') === 'text/plain';
  return argument === undefined && plain ? message.body : argument;
}

function actionsOf(message: Command): Action[] {
  return message.headers
    .filter(([name]) => lowerCase(name) === 'application')
    .map(([, value]) => {
      const space = value.indexOf(' ');
      return space < 0
        ? { application: value, data: undefined }
        : { application: value.slice(0, space), data: value.slice(space + 1) };
    });
}
