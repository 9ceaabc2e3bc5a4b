/** A channel's data after what was worked out on it. */
import type { ChannelData } from './caller-profile.js';
import { findProfileField, PROFILE_FIELD_NAMES } from './caller-profile.js';
import type { Channel } from './channel.js';

/** The headers `data` with what was changed of the channel that was made of them. */
export function dataOf(data: ChannelData, channel: Channel): ChannelData {
  const changed = new Map(data);
  for (const { name, variable } of channel.changesByPrefix('')) {
    if (variable === null) changed.delete(`variable_${name}`);
    else changed.set(`variable_${name}`, variable.value);
  }
  for (const name of PROFILE_FIELD_NAMES) {
    const value = channel.profile.changedField(name);
    const header = findProfileField(name)?.headers?.Caller;
    if (value !== undefined && header !== undefined) changed.set(header, value);
  }
  return changed;
}
