/**
 * What an inline application does to a channel's variables, worked out here: for hunting without a FreeSWITCH. Applications
 * that change nothing a condition can read (`log`, `event`, `presence` …) need no word; what FreeSWITCH alone knows
 * (`set_user`, `curl`, `lua` …) stays without effect.
 */
import type { Bytes } from '../bytes.js';
import { isTrue } from './c-values.js';
import type { Answers, Asking } from './effect.js';
import { expand, lookUp, type Surroundings } from './expand.js';
import { splitArguments } from './split-arguments.js';
import { defuseReferences, pushVariable, setVariable, variableFromData, VariableMap } from './variables.js';

const MOST_PARTS = 256;
const MOST_SCOPE_VARIABLES = 1024;
const REFERENCE = /\$\\*\{/;

/** Executes `application` (in its module's spelling) on the channel. Returns its data as it was executed, expanded. */
export function* simulateApplication(application: string, data: Bytes, surroundings: Surroundings): Asking<Bytes> {
  const { channel } = surroundings;
  const leaveAlone = isTrue(yield* lookUp('app_disable_expand_variables', -1, surroundings));
  // FreeSWITCH takes these two for the events about the execution.
  channel.delete('app_uuid');
  channel.delete('app_uuid_name');
  const expanded = leaveAlone ? data : yield* expand(data, surroundings);
  const { scope, rest } = leaveAlone ? { scope: undefined, rest: expanded } : splitScope(expanded);
  if (scope !== undefined) channel.enterScope(scope);
  setVariable(channel, 'current_application', application);
  setVariable(channel, 'current_application_data', rest);
  channel.delete('current_application_response');
  yield* performApplication(application, rest, surroundings);
  if (scope !== undefined) channel.leaveScope();
  return rest;
}

/** What an application does with data that is expanded already and without scope variables. */
export function* performApplication(application: string, data: Bytes, surroundings: Surroundings): Asking<void> {
  const { channel, answers } = surroundings;
  switch (application) {
    case 'set':
    case 'push':
    case 'unshift':
      yield* assign(application, data, surroundings);
      break;
    case 'multiset':
      for (const part of splitWithDelimiter(data)) yield* assign('set', part, surroundings);
      break;
    case 'unset':
      channel.delete(data);
      break;
    case 'multiunset':
      for (const name of splitWithDelimiter(data)) channel.delete(name);
      break;
    case 'export':
      yield* exportVariable(data, 'export_vars', surroundings);
      break;
    case 'bridge_export':
      yield* exportVariable(data, 'bridge_export_vars', surroundings);
      break;
    case 'set_profile_var':
      channel.profile.set(...splitAssignment(data));
      break;
    case 'set_global':
      yield* setGlobal(...splitAssignment(data), answers);
      break;
    default:
      break;
  }
}

function* assign(how: 'set' | 'push' | 'unshift', data: Bytes, surroundings: Surroundings): Asking<void> {
  if (data === '') return;
  const separator = data.includes('=') ? '=' : ',';
  const [name, value] = splitAssignment(data, separator);
  const expanded = yield* expand(value, surroundings);
  if (how === 'set') setVariable(surroundings.channel, name, expanded);
  else pushVariable(surroundings.channel, name, expanded, how === 'push' ? 'end' : 'start');
}

function* exportVariable(
  data: Bytes,
  list: 'export_vars' | 'bridge_export_vars',
  surroundings: Surroundings,
): Asking<void> {
  if (data === '') return;
  const { channel } = surroundings;
  const [name, value] = splitAssignment(data);
  const exported = yield* lookUp(list, -1, surroundings);
  // Of the two, only bridge_export refuses a value that holds a reference.
  if (list === 'export_vars' || !REFERENCE.test(value)) setVariable(channel, name, value);
  if (value === '') return;
  const names = exported === undefined ? name : `${exported},${name}`;
  if (!REFERENCE.test(names)) setVariable(channel, list, names);
}

/** Globals are kept as a channel's variables are: `name[1]` and `ARRAY::` make arrays of them. */
function* setGlobal(name: Bytes, value: Bytes, answers: Answers): Asking<void> {
  const plain = name.split('[', 1)[0] ?? '';
  const globals = new VariableMap();
  const existing = yield* answers.global(plain);
  if (existing !== undefined) globals.put(variableFromData(plain, existing));
  setVariable(globals, name, defuseReferences(value));
  answers.setGlobal(plain, globals.get(plain)?.value);
}

function splitAssignment(data: Bytes, separator = '='): [name: Bytes, value: Bytes] {
  const at = data.indexOf(separator);
  return at < 0 ? [data, ''] : [data.slice(0, at), data.slice(at + 1)];
}

function splitWithDelimiter(data: Bytes): Bytes[] {
  return data.startsWith('^^')
    ? splitArguments(data.slice(3), data[2] ?? '', MOST_PARTS)
    : splitArguments(data, ' ', MOST_PARTS);
}

/** `%[a=1,b=2]data`, or with another delimiter `%;[a=1;b=2]data`: variables for this execution alone. */
export function splitScope(data: Bytes): { scope: VariableMap | undefined; rest: Bytes } {
  const head = /^%([^[])?\[/.exec(data);
  if (head === null) return { scope: undefined, rest: data };
  const end = endOfBracket(data, head[0].length);
  if (end < 0) return { scope: undefined, rest: data };
  const scope = new VariableMap();
  for (const part of splitArguments(data.slice(head[0].length, end), head[1] ?? ',', MOST_SCOPE_VARIABLES)) {
    const assignment = splitArguments(part, '=', 2);
    if (assignment.length === 2) setVariable(scope, assignment[0] as Bytes, assignment[1]);
  }
  return { scope, rest: data.slice(end + 1) };
}

function endOfBracket(data: Bytes, start: number): number {
  let open = 1;
  for (let at = start; at < data.length; at += 1) {
    if (data[at] === '[') open += 1;
    else if (data[at] === ']') open -= 1;
    if (open === 0) return at;
  }
  return -1;
}
