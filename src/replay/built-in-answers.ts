/** What is known without anybody: functions whose answer follows from their arguments. */
import { callFunction } from '../api-functions/call-function.js';
import type { AnswerSource } from './answer-source.js';

export const BUILT_INS: AnswerSource = {
  global: () => undefined,
  api: ({ name, arguments: args }, moment) => callFunction(name, args, moment),
};
