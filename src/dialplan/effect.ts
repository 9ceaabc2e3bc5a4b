/**
 * What a hunt cannot know by itself. It yields an effect and is resumed with the answer: a live call asks FreeSWITCH, a
 * replay takes the answer from its recording.
 */
import type { Bytes } from '../bytes.js';
import { lowerCase } from './c-values.js';
import type { ChannelData } from './caller-profile.js';
import type { VariableChange } from './channel.js';

/** A global variable. The answer is its value; undefined where FreeSWITCH has none. */
export interface AskGlobal {
  readonly kind: 'global';
  readonly name: Bytes;
}

/** An API function. The answer is its output; undefined where FreeSWITCH has no such function or it failed. */
export interface AskApi {
  readonly kind: 'api';
  readonly name: Bytes;
  readonly arguments: Bytes;
  /** The reference as it stands in the dialplan or in a value, `${…}` included, nothing expanded. */
  readonly text: Bytes;
  /** The same with the arguments expanded. */
  readonly expandedText: Bytes;
}

/** An inline application, to be executed on the channel now. */
export interface ExecuteInline {
  readonly kind: 'execute';
  readonly application: Bytes;
  readonly data: Bytes;
  /** Variables the hunt changed (`DP_MATCH`, `DP_REGEX_MATCH_n`) that the application must find on the channel. */
  readonly changes: readonly VariableChange[];
}

export type Effect = AskGlobal | AskApi | ExecuteInline;

/** The channel after an inline application ran on it, or word that the hunt itself is to work out what it would do. */
export type Executed = { readonly kind: 'executed'; readonly data: ChannelData } | { readonly kind: 'simulate' };

export type Answer = Bytes | undefined | Executed;

/** A computation that may have to ask. */
export type Asking<Result> = Generator<Effect, Result, Answer>;

/** What was answered so far in this hunt: nothing is asked twice. */
export class Answers {
  private readonly globals = new Map<Bytes, Bytes | undefined>();
  private readonly functions = new Map<Bytes, Bytes | undefined>();

  *global(name: Bytes): Asking<Bytes | undefined> {
    const key = lowerCase(name);
    if (!this.globals.has(key)) this.globals.set(key, (yield { kind: 'global', name }) as Bytes | undefined);
    return this.globals.get(key);
  }

  *api(call: Omit<AskApi, 'kind'>): Asking<Bytes | undefined> {
    // No such function can exist; FreeSWITCH answers nothing, and no command is to be made of it.
    if (call.name === '') return undefined;
    const key = `${call.name} ${call.arguments}`;
    if (!this.functions.has(key)) this.functions.set(key, (yield { kind: 'api', ...call }) as Bytes | undefined);
    return this.functions.get(key);
  }

  setGlobal(name: Bytes, value: Bytes | undefined): void {
    this.globals.set(lowerCase(name), value);
  }

  /** An inline application ran on FreeSWITCH: it may have changed a global or what a function answers. */
  forget(): void {
    this.globals.clear();
    this.functions.clear();
  }
}
