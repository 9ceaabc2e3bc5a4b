/** A dump made into a channel of its own: another uuid, created now. */
import type { Bytes } from '../bytes.js';
import type { ChannelData } from '../dialplan/caller-profile.js';

const TIME = /^(?:Caller|Channel|Other-Leg)-.*-Time$/;
const CREATED = 'Caller-Channel-Created-Time';

/** `now`: milliseconds since 1970; the channel's other times keep their distance from its creation. */
export function freshChannel(dump: ChannelData, uuid: string, now: number): ChannelData {
  const oldUuid = dump.get('Unique-ID') ?? dump.get('Caller-Unique-ID');
  const created = Number(dump.get(CREATED) ?? 0);
  const later = created > 0 ? Math.round(now * 1000) - created : 0;
  const fresh = new Map<string, Bytes>();
  for (const [name, value] of dump) {
    const moved = TIME.test(name) && value !== '0' && later !== 0 ? String(Number(value) + later) : value;
    fresh.set(name, oldUuid === undefined ? moved : moved.replaceAll(oldUuid, uuid));
  }
  fresh.set('Unique-ID', uuid);
  fresh.set('variable_uuid', uuid);
  return fresh;
}
