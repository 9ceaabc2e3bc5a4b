/**
 * `${…}` expansion, as `switch_channel_expand_variables_check` does it, its oddities included: they decide calls.
 * Source of every rule here: FreeSWITCH's `switch_channel.c` and `switch_utils.h`.
 */
import type { Bytes } from '../bytes.js';
import { atoi } from './c-values.js';
import { globalName, type Channel } from './channel.js';
import type { Answers, Asking } from './effect.js';

/** What references are resolved against. */
export class Surroundings {
  private referencesLeft = MOST_REFERENCES;

  /** @param onGiveUp told once, when more references were met than may be resolved */
  constructor(
    public channel: Channel,
    readonly answers: Answers,
    private readonly onGiveUp: (reason: string) => void = () => undefined,
  ) {}

  /** Whether one more may be resolved: without a limit a value that holds itself twice would never come to an end. */
  countReference(): boolean {
    this.referencesLeft -= 1;
    if (this.referencesLeft === 0) this.onGiveUp(`over ${MOST_REFERENCES} references`);
    return this.referencesLeft > 0;
  }
}

/** References resolved in one hunt. FreeSWITCH has no such limit: it hangs, then runs out of memory. */
const MOST_REFERENCES = 10_000;

const DEEPEST = 100;
const REFERENCE_OR_ESCAPE = /\$\\*\{|\\[\\nst']/;
const SIMPLE_REFERENCE = /^\$\{([A-Za-z0-9_-]+)\}$/;

/** Whether FreeSWITCH would look into the text at all: it holds a reference, or one of `\\ \n \s \t \'`. */
export function needsExpansion(text: Bytes): boolean {
  return REFERENCE_OR_ESCAPE.test(text);
}

/** Expands a text. References to what the channel does not hold are asked for. */
export function* expand(text: Bytes, surroundings: Surroundings, depth = 0): Asking<Bytes> {
  if (depth > DEEPEST || !needsExpansion(text)) return text;
  const simple = SIMPLE_REFERENCE.exec(text);
  if (simple !== null) return yield* expandVariable(simple[1] as Bytes, surroundings, depth);
  return yield* expandParts(text, surroundings, depth);
}

function* expandParts(text: Bytes, surroundings: Surroundings, depth: number): Asking<Bytes> {
  let expanded = '';
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    if (character === '\\') {
      const next = text[at + 1];
      if (next === '$') {
        at += text[at + 2] === '$' ? 3 : 2;
        expanded += '$';
        continue;
      }
      if (next === "'" || next === '\\') {
        if (next === '\\') expanded += '\\';
        at += 2;
        continue;
      }
      expanded += character;
      at += 1;
      continue;
    }
    if (character !== '$') {
      expanded += character;
      at += 1;
      continue;
    }
    if (text[at + 1] === '$') at += 1;
    if (text[at + 1] !== '{') {
      expanded += '$';
      at += 1;
      continue;
    }
    const end = endOfReference(text, at + 2);
    expanded += yield* expandReference(text.slice(at + 2, end.inner), end.stillOpen, surroundings, depth);
    at = end.outer;
    // FreeSWITCH copies the character behind a reference as it is, unless another reference begins there.
    if (at < text.length && text[at] !== '$') {
      expanded += text[at] as string;
      at += 1;
    }
  }
  return expanded;
}

/** Where a reference that begins at `start` (behind its brace) ends; without an end it reaches to the end of the text. */
function endOfReference(text: Bytes, start: number): { inner: number; outer: number; stillOpen: number } {
  let open = 1;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '}' && open === 1) return { inner: at, outer: at + 1, stillOpen: 0 };
    if (character === '{' && at !== start) open += 1;
    else if (character === '}') open -= 1;
  }
  return { inner: text.length, outer: text.length, stillOpen: open };
}

function* expandReference(inner: Bytes, stillOpen: number, surroundings: Surroundings, depth: number): Asking<Bytes> {
  const call = splitCall(inner, stillOpen);
  if (call === undefined) return yield* expandVariable(inner, surroundings, depth);
  const name = yield* expand(call.name, surroundings, depth + 1);
  const args = yield* expand(call.arguments, surroundings, depth + 1);
  const before = inner.slice(0, call.argumentsStart);
  const brace = stillOpen === 0 ? '}' : '';
  const after = inner.slice(call.argumentsStart + call.arguments.length);
  const answer = yield* surroundings.answers.api({
    name,
    arguments: args,
    text: `\${${inner}${brace}`,
    expandedText: `\${${before}${args}${after}${brace}`,
  });
  return answer ?? '';
}

interface Call {
  readonly name: Bytes;
  readonly arguments: Bytes;
  readonly argumentsStart: number;
}

/** A space or a parenthesis anywhere makes a reference an API call; its arguments end at the matching parenthesis. */
function splitCall(inner: Bytes, stillOpen: number): Call | undefined {
  const separator = inner.search(/[ (]/);
  if (separator < 0) return undefined;
  // FreeSWITCH counts parentheses with what it counted braces with, and begins anew only where a parenthesis came first.
  let open = inner[separator] === '(' ? 1 : stillOpen;
  let end = separator + 1;
  for (; end < inner.length; end += 1) {
    const character = inner[end];
    if (character === '(') open += 1;
    else if (character === ')' && open > 1) open -= 1;
    else if (character === ')' && open === 1) break;
  }
  return {
    name: inner.slice(0, separator),
    arguments: inner.slice(separator + 1, end),
    argumentsStart: separator + 1,
  };
}

function* expandVariable(reference: Bytes, surroundings: Surroundings, depth: number): Asking<Bytes> {
  if (!surroundings.countReference()) return '';
  const { name, index, offset, length } = splitVariable(yield* expand(reference, surroundings, depth + 1));
  const value = yield* lookUp(name, index, surroundings);
  if (value === undefined) return '';
  return cut(yield* expand(value, surroundings, depth + 1), offset, length);
}

/** `name[index]:offset:length` */
function splitVariable(reference: Bytes): { name: Bytes; index: number; offset: number; length: number } {
  let name = reference;
  let offset = 0;
  let length = 0;
  let index = -1;
  const colon = name.indexOf(':');
  if (colon >= 0) {
    const rest = name.slice(colon + 1);
    name = name.slice(0, colon);
    offset = atoi(rest);
    const second = rest.indexOf(':');
    if (second >= 0) length = atoi(rest.slice(second + 1));
  }
  const bracket = name.indexOf('[');
  if (bracket >= 0 && name.includes(']', bracket)) {
    index = atoi(name.slice(bracket + 1));
    name = name.slice(0, bracket);
  }
  return { name, index, offset, length };
}

/** A variable, caller profile field or global variable by name, unexpanded; undefined where there is none. */
export function* lookUp(name: Bytes, index: number, { channel, answers }: Surroundings): Asking<Bytes | undefined> {
  if (name === '') return undefined;
  const onChannel = channel.lookUp(name, index);
  if (onChannel !== undefined) return onChannel;
  return yield* answers.global(globalName(name));
}

function cut(value: Bytes, offset: number, length: number): Bytes {
  let result = value;
  if (offset >= 0) result = value.slice(offset);
  else if (-offset <= value.length) result = value.slice(offset);
  return length > 0 ? result.slice(0, length) : result;
}
