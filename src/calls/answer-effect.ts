/** What a hunt asks, asked of FreeSWITCH over the call's session. */
import type { Bytes } from '../bytes.js';
import { isTrue, lowerCase } from '../dialplan/c-values.js';
import type { VariableChange } from '../dialplan/channel.js';
import type { Answer, AskApi, Effect, ExecuteInline } from '../dialplan/effect.js';
import { quote } from '../dialplan/quote.js';
import type { ApplicationToExecute } from '../esl/executions.js';
import type { Session } from '../esl/session.js';
import { HASH_GET, type HashGet } from '../routes/redis/hash-get.js';

/** FreeSWITCH says this where a function wrote nothing. */
const NO_OUTPUT = '-ERR no reply\n';
const LINE_BREAK = /[\r\n]/;
/** Where the socket may not use `api`, FreeSWITCH is made to expand into this variable. */
const SCRATCH_VARIABLE = 'parkway_answer';

const UNOBSERVED = { started: () => undefined, completed: () => undefined };

/**
 * @param hashGet answers `cti_hash_get`; undefined: FreeSWITCH does
 * @throws what the session rejects with
 */
export async function answerEffect(effect: Effect, session: Session, hashGet: HashGet | undefined): Promise<Answer> {
  switch (effect.kind) {
    case 'global':
      return askGlobal(effect.name, session);
    case 'api':
      if (hashGet !== undefined && lowerCase(effect.name) === HASH_GET) return hashGet(effect.arguments, session.uuid);
      return askApi(effect, session);
    case 'execute':
      return executeInline(effect, session);
  }
}

/**
 * The applications that bring variables a hunt changed to the channel, exactly: arrays element by element, and values quoted
 * as often as they are expanded, when the application is executed and again by the application.
 */
export function applyChanges(changes: readonly VariableChange[], session: Session): ApplicationToExecute[] {
  const isExpandedOnce = isTrue(session.data.get('variable_app_disable_expand_variables'));
  const quoted = (value: Bytes): Bytes => (isExpandedOnce ? quote(value) : quote(quote(value)));
  return changes.flatMap(({ name, variable }) => {
    if (variable === null) return [{ application: 'unset', data: name }];
    const { value, elements } = variable;
    if (elements === undefined) return [{ application: 'set', data: `${name}=${quoted(value)}` }];
    const pushes = elements.map((element) => ({ application: 'push', data: `${name}=${quoted(element)}` }));
    return [{ application: 'unset', data: name }, ...pushes];
  });
}

async function askGlobal(name: Bytes, session: Session): Promise<Bytes | undefined> {
  if (!session.isFull || LINE_BREAK.test(name)) return expandOnChannel(`\${${name}}`, session);
  return orNothing(await session.api(`global_getvar ${name}`));
}

async function askApi({ name, arguments: args, text }: AskApi, session: Session): Promise<Bytes | undefined> {
  if (!session.isFull || LINE_BREAK.test(name) || LINE_BREAK.test(args)) return expandOnChannel(text, session);
  const output = await session.api(`${name} ${args}`);
  return output === `-ERR ${name} Command not found!\n` ? undefined : orNothing(output);
}

async function expandOnChannel(text: Bytes, session: Session): Promise<Bytes | undefined> {
  await session.execute('set', `${SCRATCH_VARIABLE}=${text}`);
  const answer = session.data.get(`variable_${SCRATCH_VARIABLE}`);
  await session.execute('unset', SCRATCH_VARIABLE);
  return answer;
}

async function executeInline({ application, data, changes }: ExecuteInline, session: Session): Promise<Answer> {
  await session.executeAll([...applyChanges(changes, session), { application, data }], UNOBSERVED);
  return { kind: 'executed', data: session.data };
}

function orNothing(output: Bytes): Bytes | undefined {
  return output === NO_OUTPUT ? undefined : output;
}
