/** Hunting without a FreeSWITCH: answers come from a recording, inline applications are simulated. */
import type { Bytes } from '../bytes.js';
import type { Answer, AskApi, Effect } from '../dialplan/effect.js';
import { hunt, type Hunted, type HuntRequest } from '../dialplan/hunt.js';

/** What a recording knows. Undefined: it does not. */
export interface RecordedAnswers {
  global(name: Bytes): Bytes | undefined;
  api(call: AskApi): Bytes | undefined;
}

export function huntOffline(request: HuntRequest, answers: RecordedAnswers): Hunted {
  const hunting = hunt(request);
  let step = hunting.next();
  while (step.done !== true) step = hunting.next(answer(step.value, answers));
  return step.value;
}

function answer(effect: Effect, answers: RecordedAnswers): Answer {
  switch (effect.kind) {
    case 'global':
      return answers.global(effect.name);
    case 'api':
      return answers.api(effect);
    case 'execute':
      return { kind: 'simulate' };
  }
}
