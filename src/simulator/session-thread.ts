/**
 * The thread of one simulated session: the channel's states and the applications it executes. Follows
 * switch_core_state_machine.c and switch_core_session.c (1.11).
 */
import { randomUUID } from 'node:crypto';
import { findApplication, type Application } from '../dialplan/applications.js';
import type { Bytes } from '../bytes.js';
import { isTrue } from '../dialplan/c-values.js';
import { expand, Surroundings } from '../dialplan/expand.js';
import { splitScope } from '../dialplan/simulate-application.js';
import { CoreAnswers, settle } from './api-functions.js';
import { needsMedia, runsOnDeadChannel } from './application-flags.js';
import { applicationFunction } from './applications.js';
import type { CallJournal } from './call-journal.js';
import { fireChannelEvent, type ChannelEventName, type ExtraHeaders } from './channel-event.js';
import { preAnswer, setCallState } from './channel-signals.js';
import type { Timer } from './clock.js';
import type { Command } from './command-reader.js';
import type { Action, Behaviour } from './compile-script.js';
import { ControllerMessages, type MessagedSession } from './controller-messages.js';
import { DigitQueue } from './digit-queue.js';
import type { Header } from './event.js';
import type { FreeSwitch } from './free-switch.js';
import type { HangupCause } from './hangup-causes.js';
import { setHangupVariables, type LastApplication } from './hangup-variables.js';
import type { Dial } from './network.js';
import { Recordings } from './recordings.js';
import { CHANNEL_STATES, type ChannelState, type SimulatedChannel } from './simulated-channel.js';
import type { FrameLoop, FramesEnd, SessionListener, SimulatedSession } from './simulated-session.js';
import { Signal, type Thread } from './thread.js';

const FRAME_MS = 20;
/** How long an application waits for media on an outbound channel that has none. */
const MEDIA_WAIT_MS = 2000;

export interface SessionOptions {
  readonly core: FreeSwitch;
  readonly channel: SimulatedChannel;
  readonly journal: CallJournal;
  readonly dial: Dial;
  /** What the dialplan has the channel execute. */
  readonly actions: readonly Action[];
  /** The call hangs for good. */
  readonly onStuck: () => void;
}

export class SessionThread implements SimulatedSession, MessagedSession {
  readonly core: FreeSwitch;
  readonly channel: SimulatedChannel;
  readonly journal: CallJournal;
  readonly dial: Dial;
  readonly attention = new Signal();
  readonly recordings = new Recordings(this);
  listener: SessionListener | undefined;
  private readonly messages = new ControllerMessages(this);
  private readonly digits = new DigitQueue(this);
  private readonly scheduled: Timer[] = [];
  private readonly onStuck: () => void;
  private actions: readonly Action[];
  private nextAction = 0;
  private queuedActions: readonly Action[] | undefined;
  private lastApplication: LastApplication | undefined;

  constructor({ core, channel, journal, dial, actions, onStuck }: SessionOptions) {
    this.core = core;
    this.channel = channel;
    this.journal = journal;
    this.dial = dial;
    this.actions = actions;
    this.onStuck = onStuck;
  }

  *run(): Thread {
    const { channel, core } = this;
    core.enter(this);
    if (channel.get('call_uuid') === undefined) channel.set('call_uuid', channel.uuid);
    yield* this.executeActions();
    while (!channel.down) {
      if (channel.state !== channel.runningState) {
        this.enterState(channel.state);
        yield* this.stayInState();
        continue;
      }
      // Nothing is left to do in this state: the thread sleeps until somebody changes it.
      yield* this.runAllMessages();
      if (channel.state === channel.runningState) yield { until: Infinity, signal: this.attention };
    }
    this.end();
  }

  fire(name: ChannelEventName, extra?: ExtraHeaders): void {
    fireChannelEvent(this.core, this.channel, name, extra);
  }

  behaviour(application: Bytes, data: Bytes): Behaviour {
    return this.core.script.behaviour(application, data) ?? { set: [] };
  }

  schedule(time: number, action: () => void): void {
    this.scheduled.push(this.core.clock.at(time, action));
  }

  // States

  setState(state: 'CS_ROUTING' | 'CS_EXECUTE' | 'CS_RESET'): void {
    if (this.channel.down) return;
    this.channel.state = state;
    this.attention.raise();
  }

  hangUp(cause: HangupCause, by: string): void {
    const { channel } = this;
    if (channel.down) return;
    channel.state = 'CS_HANGUP';
    channel.hangupCause = cause;
    this.journal.hungUp(cause, by);
    if (channel.bridgeOriginator) channel.set('last_bridge_role', 'originator');
    this.fire('CHANNEL_HANGUP');
    this.attention.raise();
    this.listener?.notice();
  }

  socketEnds(resuming: boolean): void {
    const { channel } = this;
    const resumes = resuming || isTrue(channel.value('socket_resume'));
    if (resumes && !channel.transferring) this.setState('CS_RESET');
    channel.controlled = false;
    this.attention.raise();
  }

  noteFate(): void {
    const { channel, journal } = this;
    if (channel.down) journal.fate('hung up');
    else if (channel.transferring) journal.fate('handed over');
    else if (channel.state === 'CS_EXECUTE') {
      journal.fate(this.nextAction < this.actions.length ? 'continued' : 'ended');
    }
  }

  stuck(fate: 'parked' | 'reset'): void {
    this.journal.fate(fate);
    this.leave();
    this.onStuck();
  }

  private enterState(state: ChannelState): void {
    const { channel } = this;
    channel.runningState = state;
    if (state === 'CS_ROUTING') channel.transferring = false;
    if (channel.inbound && CHANNEL_STATES[state] < CHANNEL_STATES.CS_HANGUP) {
      if (state === 'CS_ROUTING') setCallState(this, 'RINGING');
      else if (channel.answered) setCallState(this, 'ACTIVE');
      else if (channel.early) setCallState(this, 'EARLY');
    }
    this.fire('CHANNEL_STATE');
  }

  private *stayInState(): Thread {
    switch (this.channel.runningState) {
      case 'CS_ROUTING':
        this.route();
        break;
      case 'CS_EXECUTE':
        yield* this.executeActions();
        break;
      case 'CS_RESET':
        this.channel.set('call_uuid', this.channel.uuid);
        this.stuck('reset');
        break;
      default:
        break;
    }
  }

  private route(): void {
    const { channel, core } = this;
    channel.set('call_uuid', channel.uuid);
    const destination = channel.profile.readByName('destination_number') ?? '';
    const context = channel.profile.readByName('context') ?? '';
    const actions = this.queuedActions ?? core.script.extension(destination, context);
    this.queuedActions = undefined;
    if (actions === undefined) {
      this.hangUp('NO_ROUTE_DESTINATION', 'dialplan');
      return;
    }
    this.actions = actions;
    this.nextAction = 0;
    this.setState('CS_EXECUTE');
  }

  private *executeActions(): Thread {
    const { channel } = this;
    while (channel.state === 'CS_EXECUTE') {
      const action = this.actions[this.nextAction];
      if (action === undefined) break;
      this.nextAction += 1;
      if (!(yield* this.execute(action.application, action.data))) return;
    }
    if (channel.ready) this.hangUp('NORMAL_CLEARING', 'dialplan');
  }

  private end(): void {
    const { channel, core } = this;
    const cause = channel.hangupCause ?? 'NORMAL_CLEARING';
    this.enterState('CS_HANGUP');
    channel.setTime('Channel-Hangup-Time', core.microseconds());
    this.recordings.stopAll();
    setHangupVariables(channel, cause, this.lastApplication, this.digits.dialed);
    setCallState(this, 'HANGUP');
    channel.state = 'CS_REPORTING';
    this.enterState('CS_REPORTING');
    this.fire('CHANNEL_HANGUP_COMPLETE', { lead: [['Hangup-Cause', cause]] });
    channel.state = 'CS_DESTROY';
    this.journal.mark('ended');
    this.leave();
  }

  private leave(): void {
    this.core.leave(this);
    for (const timer of this.scheduled) timer.cancel();
  }

  // Applications

  *execute(name: Bytes, data: Bytes | undefined): Thread<boolean> {
    const { channel } = this;
    const application = this.find(name);
    if (channel.down) {
      if (application === undefined || !runsOnDeadChannel(application)) return false;
    } else if (application === undefined) {
      this.journal.problem('unknown application', name);
      this.hangUp('DESTINATION_OUT_OF_ORDER', name);
      return false;
    } else if (needsMedia(application) && !channel.mediaReady && !(yield* this.getMedia())) {
      return false;
    }
    yield* this.perform(application.name, data);
    return true;
  }

  private find(name: Bytes): Application | undefined {
    const known = findApplication(name);
    return known ?? (this.core.script.names(name) ? { name, module: '', inline: false } : undefined);
  }

  private *getMedia(): Thread<boolean> {
    if (this.channel.inbound) preAnswer(this);
    else yield { until: this.core.clock.now() + MEDIA_WAIT_MS };
    return this.channel.mediaReady;
  }

  /** `switch_core_session_exec` */
  private *perform(name: Bytes, argument: Bytes | undefined): Thread {
    const { channel, journal } = this;
    const uuid = channel.value('app_uuid') ?? randomUUID();
    const uuidName = channel.value('app_uuid_name');
    channel.delete('app_uuid');
    channel.delete('app_uuid_name');
    const { data, leaveScope } = this.expandData(argument ?? '');
    this.lastApplication = { application: name, data };
    channel.set('current_application', name);
    channel.set('current_application_data', data);
    channel.delete('current_application_response');
    const entry = journal.application(name, data, uuid);
    if (name !== 'socket') journal.mark('firstApplication');
    const about: Header[] = [
      ['Application', name],
      ['Application-Data', data],
    ];
    const identity: Header[] = [
      ['Application-UUID', uuid],
      ['Application-UUID-Name', uuidName ?? ''],
    ];
    this.fire('CHANNEL_EXECUTE', { trail: [...about, ...identity] });
    channel.breaking = false;
    channel.set('current_application', name);
    this.pressScripted(name, data);
    yield* applicationFunction(name)(this, data, name);
    const response = channel.value('current_application_response') ?? '_none_';
    journal.applicationEnded(entry, response);
    this.fire('CHANNEL_EXECUTE_COMPLETE', { trail: [...about, ['Application-Response', response], ...identity] });
    leaveScope();
  }

  /** Expands an application's data; scope variables in front of it last until `leaveScope` is called. */
  private expandData(argument: Bytes): { data: Bytes; leaveScope: () => void } {
    const { channel } = this;
    const nothing = (): void => undefined;
    if (isTrue(channel.value('app_disable_expand_variables'))) return { data: argument, leaveScope: nothing };
    const expanded = settle(expand(argument, new Surroundings(channel, new CoreAnswers(this.core))));
    const { scope, rest } = splitScope(expanded);
    if (scope === undefined) return { data: rest, leaveScope: nothing };
    channel.enterScope(scope);
    const leaveScope = (): void => {
      channel.leaveScope();
    };
    return { data: rest, leaveScope };
  }

  /** The caller presses what the script says, when it says so. */
  private pressScripted(application: Bytes, data: Bytes): void {
    const { presses } = this.behaviour(application, data);
    if (presses === undefined) return;
    this.schedule(this.core.clock.now() + presses.after, () => {
      this.receiveDtmf(presses.digits);
    });
  }

  *frames({ until, messages, pausedByMessages = false, onDigit }: FrameLoop): Thread<FramesEnd> {
    const { channel } = this;
    const { clock } = this.core;
    let end = until;
    for (;;) {
      if (!channel.ready) return 'not ready';
      if (channel.breaking) {
        channel.breaking = false;
        return 'break';
      }
      if (clock.now() >= end) return 'over';
      const before = clock.now();
      const takenBefore = this.messages.taken;
      if (messages === 'all') yield* this.runAllMessages();
      else if (messages === 'one a frame') yield* this.messages.runNext();
      if (pausedByMessages) end += clock.now() - before;
      for (let digit = this.digits.take(); digit !== undefined; digit = this.digits.take()) {
        if (onDigit?.(digit) === true) return 'digit';
      }
      // What a message did is seen at the next frame.
      const soon = this.messages.taken > takenBefore || (messages !== 'none' && this.messages.ready);
      const next = soon ? clock.now() + FRAME_MS : Infinity;
      yield { until: Math.min(end, next), poll: { signal: this.attention, every: FRAME_MS } };
    }
  }

  *park(): Thread {
    const { channel } = this;
    // A channel is parked once: `park` inside a controlled channel comes back at once.
    if (channel.controlled || channel.state === 'CS_RESET') return;
    channel.controlled = true;
    this.fire('CHANNEL_PARK');
    while (channel.ready && this.isControlled()) {
      const media = channel.mediaReady;
      const next = this.messages.ready || !this.digits.empty ? this.core.clock.now() + FRAME_MS : Infinity;
      yield { until: next, poll: { signal: this.attention, every: FRAME_MS } };
      // Without media the first message of a turn does not become a PRIVATE_COMMAND.
      const first = media ? undefined : this.messages.take();
      if (first !== undefined) yield* this.runMessage(first);
      yield* this.runAllMessages();
      this.digits.take();
    }
    channel.controlled = false;
    this.fire('CHANNEL_UNPARK');
  }

  /** Asked behind a wait, in which the listener may have let go. */
  private isControlled(): boolean {
    return this.channel.controlled;
  }

  queueMessage(message: Command): void {
    this.messages.add(message);
    this.attention.raise();
  }

  runAllMessages(): Thread {
    return this.messages.runAll();
  }

  runMessage(message: Command): Thread<boolean> {
    return this.messages.run(message);
  }

  transferTo(actions: readonly Action[]): void {
    this.queuedActions = actions;
    this.channel.transferring = true;
    this.setState('CS_ROUTING');
  }

  breakOff(all: boolean): void {
    this.messages.breakOff(all);
    this.channel.breaking = true;
    this.attention.raise();
  }

  receiveDtmf(digits: Bytes): void {
    this.digits.add(digits);
    this.attention.raise();
  }
}
