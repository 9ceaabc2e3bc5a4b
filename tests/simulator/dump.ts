import { readFileSync } from 'node:fs';
import type { Bytes } from '../../src/bytes.js';
import type { ChannelData } from '../../src/dialplan/caller-profile.js';
import { decode } from './recording.js';

/** The answered channel of `uuid_dump`, with SIP-like variables. */
export function answeredChannel(): ChannelData {
  return parse(readFileSync(new URL('../captures/uuid_dump.plain.txt', import.meta.url), 'latin1'));
}

/** A SIP channel that rings. */
export function ringingChannel(): ChannelData {
  const channel = new Map(answeredChannel());
  channel.set('Call-Direction', 'inbound');
  channel.set('Caller-Direction', 'inbound');
  channel.set('Caller-Source', 'mod_sofia');
  channel.set('Caller-Channel-Answered-Time', '0');
  channel.set('Answer-State', 'ringing');
  for (const side of ['Read', 'Write']) {
    for (const what of ['Name', 'Rate', 'Bit-Rate']) channel.delete(`Channel-${side}-Codec-${what}`);
  }
  return channel;
}

function parse(text: string): Map<string, Bytes> {
  const channel = new Map<string, Bytes>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) channel.set(line.slice(0, colon), decode(line.slice(colon + 2)));
  }
  return channel;
}
