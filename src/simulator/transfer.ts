import { randomUUID } from 'node:crypto';
import type { Bytes } from '../bytes.js';
import { atoi } from '../dialplan/c-values.js';
import type { SimulatedSession } from './simulated-session.js';

const MAX_FORWARDS = '70';

/** Sends a channel to another extension (`switch_ivr_session_transfer`); what is not given stays as it is. */
export function transfer(session: SimulatedSession, destination: Bytes, dialplan?: Bytes, context?: Bytes): void {
  const { channel, core } = session;
  const { profile } = channel;
  const field = (name: string): Bytes => profile.readByName(name) ?? '';
  const newDialplan = dialplan ?? (field('dialplan') || 'XML');
  const newContext = context ?? (field('context') || 'default');
  channel.set('max_forwards', MAX_FORWARDS);
  profile.set('rdnis', field('destination_number'));
  profile.set('dialplan', newDialplan);
  profile.set('context', newContext);
  profile.set('destination_number', destination);
  channel.setProfileHeader('Profile-Index', String(atoi(field('profile_index')) + 1));
  channel.setTime('Profile-Created-Time', core.microseconds());
  channel.delete('signal_bond');
  const seconds = Math.floor(core.wallClock() / 1000);
  const source = `${seconds}:${randomUUID()}:bl_xfer:${destination}/${newContext}/${newDialplan}`;
  channel.setProfileHeader('Transfer-Source', source);
  channel.push('transfer_history', source);
  channel.set('transfer_source', source);
  channel.transferring = true;
  session.setState('CS_ROUTING');
}
