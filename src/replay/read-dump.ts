/** The channel's data of the first dump of a file, whatever its format. */
import type { ChannelData } from '../dialplan/caller-profile.js';
import { CallReader } from './read-calls.js';

export type ChannelDump = ChannelData;

/** What is missing from a file that is no dump. */
export class NotADumpError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotADumpError';
  }
}

/** @throws {@link NotADumpError} */
export function readDump(bytes: Buffer): ChannelDump {
  const reader = new CallReader('');
  for (const dumps of [reader.push(bytes), reader.end()]) {
    for (const dump of dumps) {
      if (dump.kind === 'call') return dump.data;
      throw new NotADumpError(dump.message);
    }
  }
  throw new NotADumpError('expected a dump of a channel, found none');
}
