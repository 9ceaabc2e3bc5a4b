/** What a controller can say and what FreeSWITCH answers: `parse_command` of mod_event_socket, for an outbound socket. */
import { randomUUID } from 'node:crypto';
import type { Bytes } from '../bytes.js';
import { atoi, isTrue, lowerCase } from '../dialplan/c-values.js';
import { callApi } from './api-functions.js';
import { addChannelData, identityOf } from './channel-event.js';
import { commandHeader, firstLine, type Command } from './command-reader.js';
import { Event } from './event.js';
import { CUSTOM_EVENT, eventByName } from './event-names.js';
import type { EventSubscription } from './event-subscription.js';
import type { EventSource } from './free-switch.js';
import { serializeEvent, type EventFormat } from './serialize-event.js';
import type { SimulatedSession } from './simulated-session.js';
import { sleep } from './sleep.js';
import { startThread, type Thread } from './thread.js';

/** The listener a command acts on. */
export interface CommandedListener {
  readonly session: SimulatedSession;
  readonly asynchronous: boolean;
  readonly full: boolean;
  readonly subscription: EventSubscription;
  /** Seconds it lingers after the hang-up: -1 without end; undefined if it does not linger. */
  lingerSeconds: number | undefined;
  /** Set by `exit`: the listener stops behind this command. */
  stopping: boolean;
  connected: boolean;
  logging: boolean;
  resuming: boolean;
  send(bytes: Bytes): void;
  subscriptionChanged(): void;
  dropEvents(): void;
}

/** The text of the reply; undefined if the command has answered for itself. */
type Reply = Bytes | undefined;

const NOT_FOUND = '-ERR command not found';
const FORMATS: ReadonlySet<string> = new Set<EventFormat>(['plain', 'json', 'xml']);
const LOG_LEVELS = ['CONSOLE', 'ALERT', 'CRIT', 'ERR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];
const DEFAULT_LOG_LEVEL = 7;
const CONNECT_SOURCE: EventSource = ['mod_event_socket.c', 'parse_command', 2029];
const JOB_SOURCE: EventSource = ['mod_event_socket.c', 'api_exec', 1580];

export function* performCommand(command: Command, listener: CommandedListener): Thread<Reply> {
  const line = firstLine(command.text);
  const begins = (beginning: string): boolean => lowerCase(command.text.slice(0, beginning.length)) === beginning;
  if (begins('exit') || begins('...')) {
    listener.stopping = true;
    return '+OK bye';
  }
  if (begins('filter ')) return filter(line, listener);
  if (begins('resume')) return resume(listener);
  if (begins('connect')) return connect(listener);
  if (begins('getvar')) return getVariable(line, listener);
  if (begins('myevents')) return myEvents(command.text, listener);
  if (begins('divert_events')) return divertEvents(command.text);
  if (begins('sendmsg')) return yield* sendMessage(command, listener);
  if (!listener.full) return notFound(command, listener);
  if (begins('sendevent')) return `+OK ${randomUUID()}`;
  if (begins('api ')) return yield* api(line.slice('api '.length), listener);
  if (begins('bgapi ')) return backgroundApi(command, line.slice('bgapi '.length), listener);
  if (begins('log')) return log(line, listener);
  if (begins('linger')) return linger(command.text, listener);
  if (begins('nolinger')) return noLinger(listener);
  if (begins('nolog')) return noLog(listener);
  if (begins('event')) return subscribe(line, listener);
  if (begins('nixevent')) return unsubscribe(line, listener);
  if (begins('noevents')) return noEvents(listener);
  return notFound(command, listener);
}

function notFound(command: Command, { session }: CommandedListener): Reply {
  session.journal.problem('unknown command', firstLine(command.text));
  return NOT_FOUND;
}

function resume(listener: CommandedListener): Reply {
  listener.resuming = true;
  listener.session.channel.set('socket_resume', 'true');
  return '+OK';
}

function connect(listener: CommandedListener): Reply {
  const { session, asynchronous, full } = listener;
  const { channel, core } = session;
  listener.connected = true;
  session.attention.raise();
  const event = new Event('CHANNEL_DATA');
  event.addAll(core.deliveryHeaders(event.name, CONNECT_SOURCE, identityOf(channel)));
  event.addAll(channel.profileHeaders('Channel'));
  addChannelData(event, channel);
  event.addAll([
    ['Content-Type', 'command/reply'],
    ['Reply-Text', '+OK\n'],
    ['Socket-Mode', asynchronous ? 'async' : 'static'],
    ['Control', full ? 'full' : 'single-channel'],
  ]);
  listener.send(serializeEvent(event, 'plain'));
  return undefined;
}

function getVariable(line: Bytes, { session }: CommandedListener): Reply {
  const space = line.indexOf(' ');
  const name = space < 0 ? '' : line.slice(space + 1);
  return orNotFound(name === '' ? '' : (session.channel.value(name) ?? session.core.global(name) ?? ''));
}

/** An empty reply is one FreeSWITCH takes for no reply at all. */
function orNotFound(reply: Bytes): Bytes {
  return reply === '' ? NOT_FOUND : reply;
}

/** It looks for the format in all of the command, its headers included. */
function myEvents(text: Bytes, listener: CommandedListener): Reply {
  const { subscription } = listener;
  if (subscription.mine) return '-ERR aready enabled.';
  subscription.addMyEvents();
  if (/xml|XML/.test(text)) subscription.format = 'xml';
  if (/json|JSON/.test(text)) subscription.format = 'json';
  listener.subscriptionChanged();
  return '+OK Events Enabled';
}

/** What is diverted are events of the session's own queue, which a simulated call has none of. */
function divertEvents(text: Bytes): Reply {
  const value = argumentBehind('divert_events', text);
  if (value === '') return '-ERR missing value.';
  return lowerCase(value) === 'on' ? '+OK events diverted' : '+OK events not diverted';
}

function* sendMessage(command: Command, { session, asynchronous }: CommandedListener): Thread<Reply> {
  const named = argumentBehind('sendmsg', command.text);
  const uuid = named === '' ? (commandHeader(command, 'session-id') ?? '') : named;
  if (uuid !== '' && uuid !== session.channel.uuid) {
    const other = session.core.locate(uuid);
    if (other === undefined) {
      session.journal.problem('message to a session that is not there', firstLine(command.text));
      return `-ERR invalid session id [${uuid}]`;
    }
    other.queueMessage(command);
  } else if (asynchronous || isTrue(commandHeader(command, 'async'))) {
    session.queueMessage(command);
  } else {
    yield* session.runMessage(command);
  }
  return '+OK';
}

function* api(text: Bytes, listener: CommandedListener): Thread<Reply> {
  const [name, args] = splitAtSpace(text);
  const output = yield* runApi(name, args ?? '', listener);
  const answer = output === '' ? '-ERR no reply\n' : output;
  listener.send(`Content-Type: api/response\nContent-Length: ${answer.length}\n\n${answer}`);
  return undefined;
}

function* runApi(name: Bytes, args: Bytes, { session }: CommandedListener): Thread<Bytes> {
  const { core } = session;
  const scripted = core.script.apiAnswer(name, args);
  if (scripted !== undefined) yield* sleep(core.clock, scripted.lasts);
  return callApi(core, name, args) ?? `-ERR ${name} Command not found!\n`;
}

function backgroundApi(command: Command, text: Bytes, listener: CommandedListener): Reply {
  const [name, args] = splitAtSpace(text);
  const job = commandHeader(command, 'job-uuid') ?? randomUUID();
  startThread(listener.session.core.clock, runJob(job, name, args, listener));
  // The tilde has FreeSWITCH send what follows as it is.
  return `~Reply-Text: +OK Job-UUID: ${job}\nJob-UUID: ${job}\n\n`;
}

function* runJob(job: Bytes, name: Bytes, args: Bytes | undefined, listener: CommandedListener): Thread {
  const { core, channel } = listener.session;
  const output = yield* runApi(name, args ?? '', listener);
  core.fire('BACKGROUND_JOB', channel.uuid, (event) => {
    event.addAll(core.deliveryHeaders(event.name, JOB_SOURCE, identityOf(channel)));
    event
      .add('Job-UUID', job)
      .add('Job-Owner-UUID', channel.uuid)
      .add('Job-Command', name)
      .add('Job-Command-Arg', args);
    event.body = output;
  });
}

/** There are no log lines to be sent; only the answers tell. */
function log(line: Bytes, listener: CommandedListener): Reply {
  const [level] = splitAtSpace(line.slice('log'.length).replace(/^ +/, ''));
  const number = level === '' ? DEFAULT_LOG_LEVEL : logLevel(level);
  if (number === undefined) return '-ERR invalid log level';
  listener.logging = true;
  return `+OK log level ${level} [${number}]`;
}

function noLog(listener: CommandedListener): Reply {
  if (!listener.logging) return '-ERR not loging';
  listener.logging = false;
  return '+OK no longer logging';
}

function logLevel(level: Bytes): number | undefined {
  if (/^\d+$/.test(level)) return Math.min(atoi(level), DEFAULT_LOG_LEVEL);
  const at = LOG_LEVELS.findIndex((name) => lowerCase(name) === lowerCase(level));
  return at < 0 ? undefined : at;
}

function linger(text: Bytes, listener: CommandedListener): Reply {
  const argument = text.slice('linger'.length);
  listener.lingerSeconds = argument.startsWith(' ') && argument.length > 1 ? atoi(argument.slice(1)) : -1;
  return listener.lingerSeconds === -1 ? '+OK will linger' : `+OK will linger ${listener.lingerSeconds} seconds`;
}

function noLinger(listener: CommandedListener): Reply {
  listener.lingerSeconds = undefined;
  return '+OK will not linger';
}

function subscribe(line: Bytes, listener: CommandedListener): Reply {
  const { subscription } = listener;
  const [format, ...names] = words(line);
  if (format !== undefined && FORMATS.has(lowerCase(format))) subscription.format = lowerCase(format) as EventFormat;
  else if (format !== undefined) names.unshift(format);
  const known = eachKeyword(
    names,
    (name) => {
      subscription.add(name);
    },
    (subclass) => {
      subscription.addSubclass(subclass);
    },
  );
  if (known === 0) return '-ERR no keywords supplied';
  subscription.enabled = true;
  listener.subscriptionChanged();
  return `+OK event listener enabled ${subscription.format}`;
}

function unsubscribe(line: Bytes, listener: CommandedListener): Reply {
  const { subscription } = listener;
  const known = eachKeyword(
    words(line),
    (name) => {
      if (name !== CUSTOM_EVENT) subscription.remove(name);
    },
    (subclass) => {
      subscription.removeSubclass(subclass);
    },
  );
  if (known === 0) return '-ERR no keywords supplied';
  subscription.enabled = true;
  listener.subscriptionChanged();
  return '+OK events nixed';
}

/** Behind CUSTOM every word is a subclass. Returns how many words were known. */
function eachKeyword(names: Bytes[], byName: (name: string) => void, bySubclass: (subclass: Bytes) => void): number {
  let known = 0;
  let custom = false;
  for (const word of names) {
    if (custom) {
      bySubclass(word);
      continue;
    }
    const name = eventByName(word);
    if (name === undefined) continue;
    known += 1;
    byName(name);
    custom = name === CUSTOM_EVENT;
  }
  return known;
}

function noEvents(listener: CommandedListener): Reply {
  listener.dropEvents();
  if (!listener.subscription.enabled) return '-ERR not listening for events';
  listener.subscription.clear();
  listener.subscriptionChanged();
  return '+OK no longer listening for events';
}

function filter(line: Bytes, { subscription }: CommandedListener): Reply {
  let [header, value] = splitAtSpace(line.slice('filter '.length).replace(/^ +/, ''));
  if (value === undefined) return '-ERR invalid syntax';
  if (lowerCase(header) === 'delete') {
    [header, value] = splitAtSpace(value);
    if (lowerCase(header) === 'all') subscription.clearFilters();
    else subscription.removeFilters(header, value ?? '');
    return `+OK filter deleted. [${header}][${value ?? ''}]`;
  }
  if (lowerCase(header) === 'add') [header, value] = splitAtSpace(value);
  if (value !== undefined) subscription.addFilter(header, value);
  return `+OK filter added. [${header}]=[${value ?? '(null)'}]`;
}

/** What stands behind a command's word in its line. A line that ends there has nothing, whatever follows below. */
function argumentBehind(word: string, text: Bytes): Bytes {
  const rest = text.slice(word.length).replace(/^ +/, '');
  return /^[\r\n]/.test(rest) ? '' : firstLine(rest);
}

/** The words behind a command's own, one space apart. */
function words(line: Bytes): Bytes[] {
  const space = line.indexOf(' ');
  return space < 0 ? [] : line.slice(space + 1).split(' ');
}

function splitAtSpace(text: Bytes): [first: Bytes, rest: Bytes | undefined] {
  const space = text.indexOf(' ');
  return space < 0 ? [text, undefined] : [text.slice(0, space), text.slice(space + 1)];
}
