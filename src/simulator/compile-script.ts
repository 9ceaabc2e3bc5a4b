/** A script made ready: its text in bytes, its expressions compiled. */
import { bytesOf, type Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import { Pattern } from '../dialplan/pcre2.js';
import {
  DEFAULT_BEHAVIOURS,
  type ApiAnswer,
  type ApplicationBehaviour,
  type Script,
  type ScriptedAction,
} from './script.js';
import { scriptProblems } from './script-problems.js';
import type { Header } from './event.js';

export interface Action {
  readonly application: Bytes;
  readonly data: Bytes | undefined;
}

/** What an application does, in bytes. */
export interface Behaviour extends Omit<ApplicationBehaviour, 'application' | 'data' | 'response' | 'set'> {
  readonly response?: Bytes;
  readonly set: readonly Header[];
}

export interface CompiledScript {
  readonly globals: readonly Header[];
  readonly afterSocket: readonly Action[];
  /** Undefined where neither the script nor the defaults say anything about it. */
  behaviour(application: Bytes, data: Bytes): Behaviour | undefined;
  /** Whether the script itself names an application. */
  names(application: Bytes): boolean;
  apiAnswer(name: Bytes, args: Bytes): { readonly answer: Bytes; readonly lasts: number } | undefined;
  /** The actions of the extension a destination has; undefined if there is none. */
  extension(destination: Bytes, context: Bytes): readonly Action[] | undefined;
}

/** Throws where {@link scriptProblems} has something to say. */
export function compileScript(script: Script): CompiledScript {
  const [problem] = scriptProblems(script);
  if (problem !== undefined) throw new Error(`simulation script ${problem.path}: ${problem.message}`);
  const own = (script.applications ?? []).map(compileBehaviour);
  const all = [...own, ...DEFAULT_BEHAVIOURS.map(compileBehaviour)];
  const answers = (script.api ?? []).map(compileAnswer);
  const extensions = (script.extensions ?? []).map(({ destination, context, actions }) => ({
    matches: matcher(destination),
    context: context === undefined ? undefined : bytesOf(context),
    actions: actions.map(compileAction),
  }));
  return {
    globals: compileTexts(script.globals),
    afterSocket: (script.afterSocket ?? []).map(compileAction),
    behaviour: (application, data) =>
      all.find((entry) => entry.application === lowerCase(application) && entry.matches(data))?.behaviour,
    names: (application) => own.some((entry) => entry.application === lowerCase(application)),
    apiAnswer: (name, args) => answers.find((entry) => entry.name === lowerCase(name) && entry.matches(args)),
    extension: (destination, context) =>
      extensions.find((entry) => entry.matches(destination) && (entry.context ?? context) === context)?.actions,
  };
}

function compileBehaviour({ application, data, response, set, ...rest }: ApplicationBehaviour): {
  application: Bytes;
  matches: (data: Bytes) => boolean;
  behaviour: Behaviour;
} {
  const behaviour: Behaviour = {
    ...rest,
    set: compileTexts(set),
    ...(response === undefined ? {} : { response: bytesOf(response) }),
  };
  return { application: lowerCase(bytesOf(application)), matches: matcher(data), behaviour };
}

function compileAnswer({ function: name, arguments: args, answer, lasts = 0 }: ApiAnswer): {
  name: Bytes;
  matches: (args: Bytes) => boolean;
  answer: Bytes;
  lasts: number;
} {
  return { name: lowerCase(bytesOf(name)), matches: matcher(args), answer: bytesOf(answer), lasts };
}

function compileAction({ application, data }: ScriptedAction): Action {
  return { application: bytesOf(application), data: data === undefined ? undefined : bytesOf(data) };
}

function compileTexts(texts: Readonly<Record<string, string>> | undefined): Header[] {
  return Object.entries(texts ?? {}).map(([name, text]): Header => [bytesOf(name), bytesOf(text)]);
}

function matcher(expression: string | undefined): (text: Bytes) => boolean {
  if (expression === undefined) return () => true;
  const pattern = Pattern.compile(bytesOf(expression));
  return (text) => pattern instanceof Pattern && pattern.test(text);
}
