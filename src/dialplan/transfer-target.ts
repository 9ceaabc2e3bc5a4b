/** Where an application that has a call hunted for again sends it. */
import type { Bytes } from '../bytes.js';
import { lowerCase } from './c-values.js';

export interface TransferTarget {
  readonly destination: Bytes;
  /** Undefined: the call stays in its context. */
  readonly context: Bytes | undefined;
  /** Whether the list goes on behind the application: when the call comes back, or until it is time. */
  readonly returns: boolean;
}

const XML = 'xml';

/**
 * The target in an application's data, written or expanded; undefined for another application, for one that transfers the
 * other leg only, and for another dialplan than XML.
 */
export function transferTarget(application: Bytes, data: Bytes): TransferTarget | undefined {
  const words = data.trim().split(/ +/);
  switch (lowerCase(application)) {
    case 'transfer':
      if (lowerCase(words[0] ?? '') === '-bleg') return undefined;
      return target(lowerCase(words[0] ?? '') === '-both' ? words.slice(1) : words, false);
    case 'execute_extension':
      return target(words, true);
    case 'sched_transfer':
      return target(words.slice(1), true);
    default:
      return undefined;
  }
}

function target([destination = '', dialplan, context]: readonly Bytes[], returns: boolean): TransferTarget | undefined {
  if (destination === '') return undefined;
  if (dialplan !== undefined && lowerCase(dialplan) !== XML && !dialplan.includes('$')) return undefined;
  return { destination, context, returns };
}
