/**
 * API functions of FreeSWITCH whose answer follows from their arguments and the clock alone: the same for a simulator, for a
 * replay and for FreeSWITCH itself.
 */
import { createHash } from 'node:crypto';
import type { Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { Moment } from '../dialplan/date-time.js';
import { splitArguments } from '../dialplan/split-arguments.js';
import { cond } from './cond.js';
import { evaluateExpression } from './expr.js';
import { regex } from './regex.js';
import { strftime, strftimeInZone } from './strftime.js';

/** Undefined where the answer does not follow. */
type Function = (args: Bytes, moment: Moment) => Bytes | undefined;

const OTHER_DELIMITER = /^m:([|~/])/;

const FUNCTIONS: ReadonlyMap<Bytes, Function> = new Map<Bytes, Function>([
  ['cond', cond],
  ['echo', (args) => args],
  ['expr', evaluateExpression],
  ['md5', (args) => (args === '' ? '!err!' : createHash('md5').update(args, 'latin1').digest('hex'))],
  ['regex', regex],
  ['replace', replace],
  ['strepoch', (args, moment) => (args === '' ? String(Math.floor(moment.epochMs / 1000)) : undefined)],
  ['strftime', strftime],
  ['strftime_tz', strftimeInZone],
  ['tolower', lowerCase],
  ['toupper', (args) => args.replace(/[a-z]+/g, (run) => run.toUpperCase())],
]);

/** Calls a function by its name in any case; undefined for one that is not here, or whose answer does not follow. */
export function callFunction(name: Bytes, args: Bytes, moment: Moment): Bytes | undefined {
  return FUNCTIONS.get(lowerCase(name))?.(args, moment);
}

/** `replace <data>|<what>|<by what>` */
function replace(args: Bytes): Bytes {
  const delimiter = OTHER_DELIMITER.exec(args)?.[1];
  const [data, what, by] = splitArguments(delimiter === undefined ? args : args.slice(3), delimiter ?? '|', 3);
  if (data === undefined || what === undefined || by === undefined || what === '') return '-ERR';
  return data.replaceAll(what, () => by);
}
