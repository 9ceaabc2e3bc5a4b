/** What a channel tells the caller's side, and what shows of it: ringing, early media, the answer (switch_channel.c). */
import type { Header } from './event.js';
import type { CallState } from './simulated-channel.js';
import type { SimulatedSession } from './simulated-session.js';

const CALL_STATE_NUMBERS: Readonly<Record<CallState, number>> = {
  DOWN: 0,
  RINGING: 2,
  EARLY: 3,
  ACTIVE: 4,
  RING_WAIT: 6,
  HANGUP: 7,
};
const SIP_CODEC = { name: 'PCMU', rate: 8000, bitRate: 64_000 };

type Signalled = Pick<SimulatedSession, 'channel' | 'core' | 'fire' | 'journal'>;

export function answer(session: Signalled): void {
  const { channel, core } = session;
  if (!channel.inbound || channel.answered || channel.down) return;
  // A SIP channel has its media set up before the answer is sent.
  if (channel.isSip) preAnswer(session);
  channel.setTime('Channel-Answered-Time', core.microseconds());
  channel.answered = true;
  channel.early = false;
  session.journal.mark('answered');
  session.fire('CHANNEL_ANSWER');
  channel.set('endpoint_disposition', 'ANSWER');
  setCallState(session, 'ACTIVE');
}

export function preAnswer(session: Signalled): void {
  const { channel, core } = session;
  if (!channel.inbound || channel.mediaReady || channel.down) return;
  if (channel.isSip) channel.setCodec(SIP_CODEC.name, SIP_CODEC.rate, SIP_CODEC.bitRate);
  channel.early = true;
  channel.set('endpoint_disposition', 'EARLY MEDIA');
  channel.setTime('Channel-Progress-Media-Time', core.microseconds());
  session.fire('CHANNEL_PROGRESS_MEDIA');
  setCallState(session, 'EARLY');
}

export function ringReady(session: Signalled): void {
  const { channel, core } = session;
  if (!channel.inbound || channel.ringReady || channel.mediaReady || channel.down) return;
  channel.ringReady = true;
  channel.setTime('Channel-Progress-Time', core.microseconds());
  session.fire('CHANNEL_PROGRESS');
  setCallState(session, 'RINGING');
}

export function setCallState(session: Signalled, state: CallState): void {
  const { channel } = session;
  if (channel.callState === state || channel.callState === 'HANGUP') return;
  const lead: Header[] = [
    ['Original-Channel-Call-State', channel.callState],
    ['Channel-Call-State-Number', String(CALL_STATE_NUMBERS[state])],
  ];
  channel.callState = state;
  session.fire('CHANNEL_CALLSTATE', { lead });
}
