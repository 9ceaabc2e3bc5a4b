/** The API functions a simulated FreeSWITCH has, and what `${…}` finds there. Sources: mod_commands.c, mod_dptools.c (1.11). */
import { randomUUID } from 'node:crypto';
import { callFunction } from '../api-functions/call-function.js';
import type { Bytes } from '../bytes.js';
import { atoi, lowerCase } from '../dialplan/c-values.js';
import { Channel } from '../dialplan/channel.js';
import { Answers, type AskApi, type Asking } from '../dialplan/effect.js';
import { expand, Surroundings } from '../dialplan/expand.js';
import { splitArguments } from '../dialplan/split-arguments.js';
import { addChannelData, identityOf } from './channel-event.js';
import { SIMULATOR_ZONE } from './date-format.js';
import { Event } from './event.js';
import type { EventSource, FreeSwitch } from './free-switch.js';
import { causeOf } from './hangup-causes.js';
import { serializeBracketed, serializeEvent } from './serialize-event.js';
import type { SimulatedChannel } from './simulated-channel.js';

type ApiFunction = (core: FreeSwitch, args: Bytes) => Bytes;

const OK = '+OK\n';
const NO_CHANNEL = '-ERR No such channel!\n';
const DUMP_SOURCE: EventSource = ['mod_commands.c', 'uuid_dump_function', 6495];
const MOST_ARGUMENTS = 10;

const FUNCTIONS: Readonly<Record<string, ApiFunction>> = {
  create_uuid: () => randomUUID(),
  eval: evaluate,
  global_getvar: globalVariable,
  global_setvar: setGlobalVariable,
  hostname: () => 'simulator',
  status,
  uuid_break: breakOff,
  uuid_dump: dump,
  uuid_exists: (core, args) => String(core.locate(args) !== undefined),
  uuid_getvar: variable,
  uuid_kill: kill,
  uuid_recv_dtmf: receiveDtmf,
  uuid_setvar: setVariable,
};

/** Calls a function; undefined if FreeSWITCH has none of that name. What the script answers comes first. */
export function callApi(core: FreeSwitch, name: Bytes, args: Bytes): Bytes | undefined {
  const scripted = core.script.apiAnswer(name, args);
  if (scripted !== undefined) return scripted.answer;
  const key = lowerCase(name);
  if (Object.hasOwn(FUNCTIONS, key)) return FUNCTIONS[key]?.(core, args);
  return callFunction(key, args, { epochMs: core.wallClock(), serverZone: SIMULATOR_ZONE });
}

const NOTHING_TO_ASK: readonly never[] = [];

/** What references ask FreeSWITCH for, answered on the spot. */
export class CoreAnswers extends Answers {
  constructor(private readonly core: FreeSwitch) {
    super();
  }

  override *global(name: Bytes): Asking<Bytes | undefined> {
    yield* NOTHING_TO_ASK;
    return this.core.global(name);
  }

  override *api(call: Omit<AskApi, 'kind'>): Asking<Bytes | undefined> {
    yield* NOTHING_TO_ASK;
    return callApi(this.core, call.name, call.arguments);
  }

  override setGlobal(name: Bytes, value: Bytes | undefined): void {
    this.core.setGlobal(name, value);
  }
}

/** Runs a computation that asks nobody, as those with {@link CoreAnswers} do. */
export function settle<Result>(asking: Asking<Result>): Result {
  const { value, done } = asking.next();
  if (done !== true) throw new Error('a computation on a simulated channel has asked for an answer');
  return value;
}

/** `eval` sees an event's headers: a channel's variables only as `variable_…`. */
function evaluate(core: FreeSwitch, args: Bytes): Bytes {
  const aimed = /^uuid:(\S*) (.*)$/is.exec(args);
  if (lowerCase(args).startsWith('uuid:') && aimed === null) return '';
  const text = aimed === null ? args : (aimed[2] as Bytes);
  const channel = aimed === null ? undefined : core.locate(aimed[1] as string)?.channel;
  const headers = channel === undefined ? [] : dumpEvent(core, channel).headers;
  const scope = new Channel(new Map(headers.map(([name, value]) => [`variable_${name}`, value])));
  return settle(expand(text, new Surroundings(scope, new CoreAnswers(core))));
}

function globalVariable(core: FreeSwitch, args: Bytes): Bytes {
  if (args !== '') return core.global(args) ?? '';
  return [...core.allGlobals()].map(([name, value]) => `${name}=${value}\n`).join('');
}

function setGlobalVariable(core: FreeSwitch, args: Bytes): Bytes {
  const [name, value] = splitArguments(args, '=', 2);
  if (name === undefined || name === '') return usage('<var>=<value> [=<value2>]');
  core.setGlobal(name, value);
  return '+OK';
}

function status(core: FreeSwitch): Bytes {
  const up = Math.floor(core.clock.now() / 1000);
  return [
    `UP 0 years, 0 days, ${Math.floor(up / 3600)} hours, ${Math.floor(up / 60) % 60} minutes, ${up % 60} seconds, 0 milliseconds, 0 microseconds`,
    'FreeSWITCH (Version 1.11 simulated) is ready',
    `${core.sessionCount} session(s) since startup`,
    `${core.liveSessions} session(s) - peak ${core.liveSessions}, last 5min ${core.liveSessions} `,
    '',
  ].join('\n');
}

function breakOff(core: FreeSwitch, args: Bytes): Bytes {
  const [uuid = '', flags = ''] = splitOnce(args);
  if (uuid === '') return usage('<uuid> [all]');
  const session = core.locate(uuid);
  if (session === undefined) return NO_CHANNEL;
  session.breakOff(flags.includes('all'));
  return OK;
}

/** Without a format it is url-encoded; `plain` is the one that is not. */
function dump(core: FreeSwitch, args: Bytes): Bytes {
  const [uuid = '', format = 'txt'] = splitArguments(args, ' ', 2);
  if (uuid === '') return usage('<uuid> [format]');
  const channel = core.locate(uuid)?.channel;
  if (channel === undefined) return NO_CHANNEL;
  const event = dumpEvent(core, channel);
  switch (lowerCase(format)) {
    case 'json':
      return serializeEvent(event, 'json');
    case 'xml':
      return serializeEvent(event, 'xml');
    case 'plain':
      return serializeBracketed(event);
    default:
      return serializeEvent(event, 'plain');
  }
}

function dumpEvent(core: FreeSwitch, channel: SimulatedChannel): Event {
  const event = new Event('CHANNEL_DATA');
  event.addAll(core.deliveryHeaders(event.name, DUMP_SOURCE, identityOf(channel)));
  addChannelData(event, channel);
  return event;
}

function variable(core: FreeSwitch, args: Bytes): Bytes {
  const [uuid, name] = splitArguments(args, ' ', MOST_ARGUMENTS);
  if (uuid === undefined || uuid === '' || name === undefined) return usage('<uuid> <var>');
  const channel = core.locate(uuid)?.channel;
  if (channel === undefined) return NO_CHANNEL;
  const element = /^([^[]*)\[([^\]]*)\]/.exec(name);
  const found = element === null ? undefined : channel.lookUp(element[1] as Bytes, atoi(element[2] as Bytes));
  return found ?? channel.value(name) ?? core.global(name) ?? '_undef_';
}

function kill(core: FreeSwitch, args: Bytes): Bytes {
  const [uuid = '', cause = ''] = splitOnce(args);
  if (uuid === '') return usage('<uuid> [cause]');
  const session = core.locate(uuid);
  if (session === undefined) return NO_CHANNEL;
  session.hangUp(cause === '' ? 'NORMAL_CLEARING' : causeOf(cause), 'uuid_kill');
  return OK;
}

function receiveDtmf(core: FreeSwitch, args: Bytes): Bytes {
  const [uuid = '', digits = ''] = splitArguments(args, ' ', 2);
  if (uuid === '' || digits === '') return usage('<uuid> <dtmf_data>');
  const session = core.locate(uuid);
  if (session === undefined) return '-ERR Cannot locate session!\n';
  session.receiveDtmf(digits);
  return `+OK ${uuid} received DTMF ${digits}.\n`;
}

function setVariable(core: FreeSwitch, args: Bytes): Bytes {
  const [uuid = '', name, value] = splitArguments(args, ' ', 3);
  if (uuid === '' || name === undefined) return usage('<uuid> <var> [value]');
  const channel = core.locate(uuid)?.channel;
  if (channel === undefined) return NO_CHANNEL;
  channel.set(name, value);
  return OK;
}

function usage(syntax: string): Bytes {
  return `-USAGE: ${syntax}\n`;
}

function splitOnce(args: Bytes): Bytes[] {
  const space = args.indexOf(' ');
  return space < 0 ? [args] : [args.slice(0, space), args.slice(space + 1)];
}
