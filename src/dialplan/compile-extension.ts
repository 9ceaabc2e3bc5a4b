/** From document to {@link Extension}: attributes read as FreeSWITCH reads them, patterns compiled. */
import { bytesOf, type Bytes } from '../bytes.js';
import { atoi, isTrue, lowerCase } from './c-values.js';
import { findProfileField } from './caller-profile.js';
import { TIME_ATTRIBUTES, type TimeTest } from './date-time.js';
import { needsExpansion } from './expand.js';
import type { ExpressionCompiler } from './expression.js';
import type { Action, Condition, Expression, Extension, Field, Rule, Test } from './extension.js';
import type {
  ActionDocument,
  ConditionDocument,
  ExtensionDocument,
  OneOrMany,
  RegexDocument,
  Scalar,
} from './extension-document.js';
import type { BreakMode, RegexRule, TestPlace } from './trace.js';

const BREAK_MODES: ReadonlySet<string> = new Set<BreakMode>(['on-false', 'on-true', 'always', 'never']);
/** How a trace calls an extension without a name. */
const NAMELESS = 'UNKNOWN';
const PLAIN_REFERENCE = /^\$\{([A-Za-z0-9_-]+)\}$/;
const REGEX_RULES: ReadonlySet<string> = new Set<RegexRule>(['all', 'any', 'xor']);

/** Compiles a document that holds what {@link ExtensionDocument} says. @throws Pcre2MissingError */
export function compileExtension(
  name: string | undefined,
  document: ExtensionDocument,
  compiler: ExpressionCompiler,
): Extension {
  const continueText = textOfAttribute(document.continue);
  const bytes = name === undefined ? undefined : bytesOf(name);
  return {
    name: bytes ?? NAMELESS,
    huntName: bytes === undefined ? undefined : lowerCase(bytes),
    continueText,
    continues: isTrue(continueText),
    conditions: compileAll(document.condition, '/condition', (condition, pointer) =>
      compileCondition(condition, pointer, compiler),
    ),
  };
}

function compileCondition(document: ConditionDocument, pointer: string, compiler: ExpressionCompiler): Condition {
  const breakText = textOfAttribute(document.break) ?? '';
  const requireNested = textOfAttribute(document['require-nested']);
  const mode = oneOf<BreakMode>(BREAK_MODES, breakText, 'on-false');
  // The trace shows the word as it is written, if FreeSWITCH knows it.
  const shown = mode === lowerCase(breakText) ? breakText : mode;
  return {
    ...compileTest(document, { in: 'condition', break: shown, pointer }, compiler),
    rule: compileRule(document, pointer, compiler),
    break: mode,
    actions: compileAll(document.action, `${pointer}/action`, compileAction),
    antiActions: compileAll(document['anti-action'], `${pointer}/anti-action`, compileAction),
    nested: compileAll(document.condition, `${pointer}/condition`, (condition, place) =>
      compileCondition(condition, place, compiler),
    ),
    requireNested: requireNested === undefined || isTrue(requireNested),
  };
}

function compileRule(document: ConditionDocument, pointer: string, compiler: ExpressionCompiler): Rule | undefined {
  const word = textOfAttribute(document.regex);
  if (word === undefined) return undefined;
  const rule = oneOf<RegexRule>(REGEX_RULES, word, 'any');
  return {
    kind: rule,
    children: compileAll(document.regexes, `${pointer}/regexes`, (child, place) =>
      compileTest(child, { in: 'rule', rule, pointer: place }, compiler),
    ),
  };
}

function compileTest(
  document: ConditionDocument | RegexDocument,
  place: TestPlace,
  compiler: ExpressionCompiler,
): Test {
  return {
    field: compileField(document.field),
    expression: compileExpressionText(document.expression, compiler),
    time: compileTime(document),
    place,
  };
}

function compileField(attribute: Scalar | undefined): Field | undefined {
  const text = textOfAttribute(attribute);
  if (text === undefined) return undefined;
  if (!text.includes('$')) {
    return { text, kind: 'profile', profileField: findProfileField(text), variable: undefined };
  }
  const variable = PLAIN_REFERENCE.exec(text)?.[1];
  return { text, kind: needsExpansion(text) ? 'expanding' : 'text', profileField: undefined, variable };
}

function compileExpressionText(attribute: Scalar | undefined, compiler: ExpressionCompiler): Expression {
  const text = textOfAttribute(attribute) ?? '';
  const expands = needsExpansion(text);
  return {
    text,
    expands,
    captures: text.includes('('),
    compiled: expands ? undefined : compiler.compileLasting(text),
  };
}

function compileTime(document: ConditionDocument | RegexDocument): TimeTest | undefined {
  const attributes = TIME_ATTRIBUTES.flatMap((name) => {
    const text = textOfAttribute(document[name]);
    return text === undefined ? [] : [[name, text] as const];
  });
  return attributes.length === 0 ? undefined : Object.fromEntries(attributes);
}

function compileAction(document: ActionDocument, pointer: string): Action {
  const loop = textOfAttribute(document.loop);
  return {
    application: textOfAttribute(document.application) ?? '',
    data: textOfAttribute(document.data) ?? '',
    inline: isTrue(textOfAttribute(document.inline)),
    loop: loop === undefined ? 1 : atoi(loop),
    pointer,
  };
}

function textOfAttribute(value: Scalar | undefined): Bytes | undefined {
  return value === undefined ? undefined : bytesOf(String(value));
}

function oneOf<Word extends string>(words: ReadonlySet<string>, text: Bytes, otherwise: Word): Word {
  const word = lowerCase(text);
  return words.has(word) ? (word as Word) : otherwise;
}

/** Compiles each with its JSON pointer, which for one that stands where a list is expected is that of the key alone. */
function compileAll<Document, Compiled>(
  documents: OneOrMany<Document> | undefined,
  pointer: string,
  compile: (document: Document, pointer: string) => Compiled,
): Compiled[] {
  const isList = Array.isArray(documents);
  return listOf(documents).map((document, index) => compile(document, isList ? `${pointer}/${index}` : pointer));
}

/** One where a list is expected is a list of one. */
export function listOf<Item>(value: OneOrMany<Item> | undefined): readonly Item[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Item[]) : [value as Item];
}
