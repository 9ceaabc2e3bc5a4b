/** JSON documents against their schemas, with complaints an author understands: where, what was expected, what was found. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { parse as parseTolerantly, printParseErrorCode, type ParseError } from 'jsonc-parser';
import leven from 'leven';
import { MOST_LEVELS, tooDeepAt } from './nesting.js';
import { pointerTo } from './pointer.js';
import { positionAt } from './position.js';
import type { Problem } from './problem.js';
import { showValue } from './show-value.js';

export interface Validated<Document> {
  /** Undefined if there is an error among the problems. */
  readonly document: Document | undefined;
  readonly problems: readonly Problem[];
}

export interface Validator<Document> {
  /** A document's text. */
  validateText(text: string): Validated<Document>;
  /** A document that was read already. */
  validateValue(value: unknown): Validated<Document>;
}

export interface ValidatorOptions {
  /** What an unknown key is: an error, or a warning because it does no harm. */
  readonly unknownKey: Problem['severity'];
}

const EXPECTED: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a value',
  InvalidNumberFormat: 'a number',
  PropertyNameExpected: 'a key in double quotes',
  ValueExpected: 'a value',
  ColonExpected: 'a colon',
  CommaExpected: 'a comma',
  CloseBraceExpected: '"}"',
  CloseBracketExpected: '"]"',
  EndOfFileExpected: 'the end',
  InvalidCommentToken: 'no comment',
  UnexpectedEndOfNumber: 'a digit',
  UnexpectedEndOfString: 'a closing quote on the same line',
  InvalidUnicode: 'four hexadecimal digits',
  InvalidEscapeCharacter: 'an escape such as \\n',
  InvalidCharacter: 'no control character',
};

const LONGEST_FOUND = 60;
const MOST_PROBLEMS = 20;
const CLOSE_ENOUGH = 3;

/** What turns a document into itself, or its problems. The schema is compiled when the first document comes. */
export function createValidator<Document>(schema: object, { unknownKey }: ValidatorOptions): Validator<Document> {
  let validate: ValidateFunction<Document> | undefined;
  function validateValue(value: unknown): Validated<Document> {
    validate ??= compile(schema);
    const problems = problemsOf(validate, value, unknownKey);
    const refused = problems.some((problem) => problem.severity === 'error');
    return { document: refused ? undefined : (value as Document), problems };
  }
  return {
    validateValue,
    validateText(text) {
      const parsed = parse(text);
      return 'problem' in parsed ? { document: undefined, problems: [parsed.problem] } : validateValue(parsed.value);
    },
  };
}

function compile<Document>(schema: object): ValidateFunction<Document> {
  return new Ajv({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    strictRequired: false,
    strictTypes: false,
    // Our own schemas are held against the one for schemas by the tests: doing so here takes as long as all the rest.
    validateSchema: false,
    meta: false,
  }).compile<Document>(schema);
}

function parse(text: string): { value: unknown } | { problem: Problem } {
  const plain = text.replace(/^\uFEFF/, '');
  const deep = tooDeepAt(plain);
  if (deep !== undefined) return problemAt(plain, deep, `expected at most ${MOST_LEVELS} levels of objects and lists`);
  try {
    return { value: JSON.parse(plain) as unknown };
  } catch (error) {
    if (plain.trim() === '') return problemAt(plain, 0, 'no JSON: the document is empty');
    return syntaxProblem(plain) ?? problemAt(plain, 0, `no JSON: ${(error as Error).message}`);
  }
}

/** JSON.parse says what is wrong in words that change, and not always where. */
function syntaxProblem(text: string): { problem: Problem } | undefined {
  const errors: ParseError[] = [];
  parseTolerantly(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (first === undefined) return undefined;
  const found = text.slice(first.offset, first.offset + Math.max(first.length, 1));
  const expected = EXPECTED[printParseErrorCode(first.error)] ?? 'something else';
  return problemAt(
    text,
    first.offset,
    `no JSON: expected ${expected}, found ${found === '' ? 'the end' : showValue(found, LONGEST_FOUND)}`,
  );
}

function problemAt(text: string, offset: number, message: string): { problem: Problem } {
  return { problem: { severity: 'error', path: '', message, at: positionAt(text, offset) } };
}

function problemsOf(validate: ValidateFunction, value: unknown, unknownKey: Problem['severity']): Problem[] {
  if (validate(value)) return [];
  const problems = (validate.errors ?? []).flatMap((error) => problemOf(error, unknownKey) ?? []);
  return problems.slice(0, MOST_PROBLEMS);
}

function problemOf(error: ErrorObject, unknownKey: Problem['severity']): Problem | undefined {
  const path = error.instancePath;
  switch (error.keyword) {
    // What an if says of its branches is said better by the branch.
    case 'if':
      return undefined;
    case 'additionalProperties': {
      const { additionalProperty } = error.params as { additionalProperty: string };
      const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
      return {
        severity: unknownKey,
        path: path + pointerTo(additionalProperty),
        message: `unknown key "${additionalProperty}"${suggestion(additionalProperty, known)}`,
      };
    }
    case 'required': {
      const { missingProperty } = error.params as { missingProperty: string };
      return { severity: 'error', path, message: `expected a key "${missingProperty}", found none` };
    }
    default:
      return {
        severity: 'error',
        path,
        message: `expected ${expectation(error)}, found ${showValue(error.data, LONGEST_FOUND)}`,
      };
  }
}

/** A schema's title says it best, where it has one; that of the whole schema is only a document's name. */
function expectation(error: ErrorObject): string {
  const title = error.parentSchema?.['title'] as unknown;
  if (typeof title === 'string' && error.parentSchema?.$id === undefined) return title;
  switch (error.keyword) {
    case 'type': {
      const type = error.schema as string | string[];
      return typeof type === 'string' ? withArticle(type) : type.map(withArticle).join(' or ');
    }
    case 'enum':
      return (error.schema as unknown[]).map((value) => JSON.stringify(value)).join(' or ');
    case 'minLength':
      return 'a text that is not empty';
    case 'minimum':
      return `a number of at least ${String(error.schema)}`;
    case 'maximum':
      return `a number of at most ${String(error.schema)}`;
    case 'pattern':
      return 'a text without NUL and, in a name, without line breaks';
    default:
      return error.message?.replace(/^must be /, '') ?? error.keyword;
  }
}

function withArticle(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

/** ", did you mean …?" if one of the known words is close to it, else empty. */
export function suggestion(word: string, known: readonly string[]): string {
  const closest = known
    .map((candidate) => ({ candidate, distance: leven(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance)[0];
  return closest !== undefined &&
    closest.distance <= Math.min(CLOSE_ENOUGH, word.length - 1, Math.ceil(word.length / 3))
    ? `, did you mean "${closest.candidate}"?`
    : '';
}
