/** From an extension's text to its compiled form, or to what is wrong with it. */
import { createRequire } from 'node:module';
import { compileExtension, listOf } from './compile-extension.js';
import type { ExpressionCompiler } from './expression.js';
import type { Condition, Expression, Extension } from './extension.js';
import type { ConditionDocument, ExtensionDocument, Scalar } from './extension-document.js';
import { Pattern } from './pcre2.js';
import type { Problem } from './problem.js';
import { createValidator, type Validated } from './validate.js';

export interface ParsedExtension {
  /** Undefined if there is an error among the problems. */
  readonly extension: Extension | undefined;
  readonly problems: readonly Problem[];
}

const BREAK_WORDS = ['on-false', 'on-true', 'always', 'never'];
const RULE_WORDS = ['all', 'any', 'xor'];

interface Keyed {
  readonly properties?: object;
}

const schema = createRequire(import.meta.url)('../../schema/extension.schema.json') as Keyed & {
  readonly definitions: Readonly<Record<string, Keyed>>;
};

/** Every key that is read somewhere in an extension. */
export const EXTENSION_KEYS: readonly string[] = [schema, ...Object.values(schema.definitions)].flatMap(
  ({ properties }) => Object.keys(properties ?? {}),
);

// FreeSWITCH passes over attributes it does not know; so must a document that came from XML.
const validator = createValidator<ExtensionDocument>(schema, { unknownKey: 'warning' });

/** Validates an extension's text; a key that is not known is a warning. */
export function validateExtension(text: string): Validated<ExtensionDocument> {
  return validator.validateText(text);
}

/** Validates and compiles an extension. @throws Pcre2MissingError */
export function parseExtension(name: string, text: string, compiler: ExpressionCompiler): ParsedExtension {
  const { document, problems } = validateExtension(text);
  if (document === undefined) return { extension: undefined, problems };
  const extension = compileExtension(name, document, compiler);
  return {
    extension,
    problems: [...problems, ...nameProblems(name, document), ...conditionProblems(document, extension.conditions, '')],
  };
}

function nameProblems(name: string, document: ExtensionDocument): Problem[] {
  if (document.name === undefined || String(document.name) === name) return [];
  return [warning('/name', `"${document.name}" is not the name it is stored under, "${name}", which counts`)];
}

/** What FreeSWITCH would silently read as something else than it looks like. */
function conditionProblems(
  document: { readonly condition?: ExtensionDocument['condition'] },
  conditions: readonly Condition[],
  path: string,
): Problem[] {
  const documents = listOf(document.condition);
  return documents.flatMap((condition, index) => {
    const here = Array.isArray(document.condition) ? `${path}/condition/${index}` : `${path}/condition`;
    const compiled = conditions[index] as Condition;
    return [
      ...wordProblems(condition, here),
      ...expressionProblems(compiled.expression, `${here}/expression`),
      ...(compiled.rule?.children ?? []).flatMap((child, number) =>
        expressionProblems(
          child.expression,
          `${here}/regexes${Array.isArray(condition.regexes) ? `/${number}` : ''}/expression`,
        ),
      ),
      ...conditionProblems(condition, compiled.nested, here),
    ];
  });
}

function wordProblems(condition: ConditionDocument, path: string): Problem[] {
  return [
    ...unknownWord(condition.break, BREAK_WORDS, `${path}/break`, 'on-false'),
    ...unknownWord(condition.regex, RULE_WORDS, `${path}/regex`, 'any'),
    ...(condition.regexes !== undefined && condition.regex === undefined
      ? [warning(`${path}/regexes`, 'without "regex" (all, any or xor) these are not looked at')]
      : []),
  ];
}

function unknownWord(word: Scalar | undefined, known: readonly string[], path: string, readAs: string): Problem[] {
  if (word === undefined || known.includes(String(word).toLowerCase())) return [];
  return [warning(path, `expected ${known.join(', ')}, found ${JSON.stringify(word)}, which is read as ${readAs}`)];
}

function expressionProblems({ text, compiled }: Expression, path: string): Problem[] {
  if (compiled === undefined || compiled instanceof Pattern) return [];
  const where = compiled.offset === undefined ? '' : ` at offset ${compiled.offset}`;
  return [warning(path, `never matches: ${JSON.stringify(text)} is no pattern: ${compiled.message}${where}`)];
}

function warning(path: string, message: string): Problem {
  return { severity: 'warning', path, message };
}
