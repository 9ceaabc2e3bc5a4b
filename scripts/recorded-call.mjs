/**
 * What FreeSWITCH says in a call of a SIP phone that is answered, hears something and is hung up, as it was recorded from a real
 * one: every frame ready to be sent, but for the channel's uuid and the applications' uuids, which each call has of its own.
 * The events were recorded in their plain form; here they have the JSON form of the same headers, which Parkway asks for.
 */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { plainEvent } from '../dist/esl/event.js';
import { FrameDecoder } from '../dist/esl/frame-decoder.js';
import { Event } from '../dist/simulator/event.js';
import { serializeEvent } from '../dist/simulator/serialize-event.js';

const RECORDING = new URL('../tests/captures/sessions/sip-01-async-answer-caller-hangs-up.transcript', import.meta.url);
const UUID = 'c34c7b68-00a1-469a-8960-577ecfdd5f29';
/** Stands for an application's uuid; as long as those the controller makes up. */
const APPLICATION_UUID = '00000000-0000-4000-8000-000000000000';

/** What was dialled. */
export const DESTINATION = '1234';
/** What the dialplan has the channel execute. */
export const ACTIONS = [
  { application: 'answer', data: '' },
  { application: 'playback', data: 'tone_stream://%(300,100,440)' },
  { application: 'hangup', data: '' },
];
/** What Parkway asks for, in this order: before the dialplan's actions, what the hunt left on the channel. */
export const APPLICATIONS = [
  { application: 'unset', data: 'DP_MATCH' },
  { application: 'push', data: `DP_MATCH=${DESTINATION}` },
  { application: 'push', data: `DP_MATCH=${DESTINATION}` },
  ...ACTIONS,
];

/** Bytes with places in which a call's own uuids go. */
class Template {
  constructor(text) {
    this.bytes = Buffer.from(text, 'latin1');
    this.channel = placesOf(this.bytes, UUID);
    this.application = placesOf(this.bytes, APPLICATION_UUID);
  }

  /** @returns {Buffer} */
  of(uuid, applicationUuid = '') {
    const bytes = Buffer.from(this.bytes);
    for (const place of this.channel) bytes.write(uuid, place, 'latin1');
    for (const place of this.application) bytes.write(applicationUuid, place, 'latin1');
    return bytes;
  }
}

const frames = readFrames();
const [connectReply] = frames.filter(({ headers }) => headers.get('Event-Name') === 'CHANNEL_DATA');
const notices = frames.filter(({ headers }) => headers.get('Content-Type') === 'text/disconnect-notice');
const events = frames
  .filter(({ headers }) => headers.get('Content-Type') === 'text/event-plain')
  .map(({ body }) => plainEvent(body).values);
const eventOf = (name, application) =>
  events.find((values) => values.get('Event-Name') === name && values.get('Application') === application);
const [answer, playback] = ['answer', 'playback'].map((name) => ({
  begun: eventOf('CHANNEL_EXECUTE', name),
  done: eventOf('CHANNEL_EXECUTE_COMPLETE', name),
}));
// Nothing of the channel's data changes while these run but what they set.
const before = { begun: answer.begun, done: new Map([...answer.begun, ['Event-Name', 'CHANNEL_EXECUTE_COMPLETE']]) };
// The recorded call was hung up by its caller: that the application did it is told in the same headers.
const hangup = { begun: playback.begun, done: eventOf('CHANNEL_EXECUTE_COMPLETE', 'socket') };

export const CONNECT_REPLY = new Template(frameText(connectReply));
/** Of the applications in their order, what is told when each begins and when it is done. */
export const EXECUTIONS = [before, before, before, answer, playback, hangup].map(({ begun, done }, index) => ({
  begun: eventTemplate(begun, APPLICATIONS[index]),
  done: eventTemplate(done, APPLICATIONS[index]),
}));
export const HANGUP = eventTemplate(eventOf('CHANNEL_HANGUP'));
/** The last event and the notice that the socket lingers. */
export const HANGUP_COMPLETE = new Template(
  eventText(eventOf('CHANNEL_HANGUP_COMPLETE')) + frameText(notices.find(({ body }) => body === undefined)),
);
/** The reply to `exit`, and the notice that the socket is closed. */
export const BYE = new Template(`${replyText('+OK bye')}${frameText(notices.find(({ body }) => body !== undefined))}`);

/** @returns {string} a reply as FreeSWITCH writes it */
export function replyText(text) {
  return `Content-Type: command/reply\nReply-Text: ${text}\n\n`;
}

function eventTemplate(values, application) {
  return new Template(eventText(values, application));
}

function eventText(values, { application, data } = {}) {
  const event = new Event(values.get('Event-Name'));
  const own = new Map(values);
  if (application !== undefined) {
    own.set('Application', application).set('Application-UUID', APPLICATION_UUID).delete('Application-Data');
    own.set('variable_current_application', application);
    if (data !== '') own.set('Application-Data', data);
  }
  event.addAll(own);
  const text = serializeEvent(event, 'json');
  return `Content-Length: ${text.length}\nContent-Type: text/event-json\n\n${text}`;
}

function frameText({ headers, body = '' }) {
  return `${[...headers].map(([name, value]) => `${name}: ${value}\n`).join('')}\n${body}`;
}

function placesOf(bytes, text) {
  const places = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) places.push(at);
  return places;
}

/** Each piece is a line `=== D N S`, then N bytes, then a line break. */
function readFrames() {
  const file = readFileSync(RECORDING);
  const decoder = new FrameDecoder();
  const found = [];
  for (let at = 0; at < file.length;) {
    const lineEnd = file.indexOf('\n', at);
    const [, direction, length] = file.toString('latin1', at, lineEnd).split(' ');
    const end = lineEnd + 1 + Number(length);
    if (direction === '<') found.push(...decoder.push(file.subarray(lineEnd + 1, end)));
    at = end + 1;
  }
  return found;
}
