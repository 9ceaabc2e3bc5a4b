/** A recorded call, changed: what if it had come at another time, to another number, with another variable? */
import type { Bytes } from '../bytes.js';
import { findProfileField } from '../dialplan/caller-profile.js';
import type { ChannelData } from '../dialplan/caller-profile.js';

/** A caller profile field or a channel variable, and its value; an empty one removes it. */
export interface Override {
  readonly name: Bytes;
  readonly value: Bytes;
}

const VARIABLE_PREFIX = 'variable_';
const HEADER = /^(?:Caller|Channel|Other-Leg|Event)-/;

/**
 * The header an override changes: `destination_number` is a field of the caller's profile, `Caller-ANI` the header itself, and
 * anything else a variable.
 */
export function headerOfOverride(name: Bytes): string {
  const field = findProfileField(name)?.headers;
  if (field !== undefined) return field.Caller;
  return HEADER.test(name) || name.startsWith(VARIABLE_PREFIX) ? name : VARIABLE_PREFIX + name;
}

export function overrideData(data: ChannelData, overrides: readonly Override[]): ChannelData {
  if (overrides.length === 0) return data;
  const changed = new Map(data);
  for (const { name, value } of overrides) {
    const header = headerOfOverride(name);
    if (value === '') changed.delete(header);
    else changed.set(header, value);
  }
  return changed;
}
