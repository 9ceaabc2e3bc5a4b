/** What is known without anybody: functions whose answer follows from their arguments, and global variables read from a file. */
import { bytesOf, type Bytes } from '../bytes.js';
import { callFunction } from '../api-functions/call-function.js';
import { lowerCase } from '../dialplan/c-values.js';
import type { AnswerSource, KnownAnswer } from './answer-source.js';

/** Functions computed here. */
export const BUILT_INS: AnswerSource = {
  global: () => undefined,
  api: ({ name, arguments: args }, moment) => callFunction(name, args, moment),
};

/** All global variables FreeSWITCH has, so that one which is not among them is known to be unset. */
export function answersFromGlobals(globals: ReadonlyMap<string, string>): AnswerSource {
  const known = new Map([...globals].map(([name, value]) => [lowerCase(bytesOf(name)), bytesOf(value)]));
  const find = (name: Bytes): KnownAnswer => known.get(lowerCase(name)) ?? null;
  return {
    global: find,
    api: ({ name, arguments: args }) =>
      lowerCase(name) === 'global_getvar' && args !== '' ? find(args) : undefined,
  };
}
