/** Reads a file of dialplan tests, and says line by line what is wrong with it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bytesOf } from '../bytes.js';
import { compileExpression } from '../dialplan/expression.js';
import { Pattern } from '../dialplan/pcre2.js';
import { pointerTo } from '../dialplan/pointer.js';
import type { Position } from '../dialplan/position.js';
import type { Problem } from '../dialplan/problem.js';
import { createValidator } from '../dialplan/validate.js';
import { parseYaml, UnusableYamlError } from '../dialplan/yaml-file.js';
import { STANDARD_INPUT } from '../replay/open-recording.js';
import type { TestsDocument } from './test-document.js';

export interface TestsFile {
  readonly file: string;
  readonly document: TestsDocument;
  /** Where something stands, by its JSON pointer. */
  readonly positionOf: (pointer: string) => Position;
}

const schema = createRequire(import.meta.url)('../../schema/dialplan-tests.schema.json') as object;
const validator = createValidator<TestsDocument>(schema, { unknownKey: 'error' });

/** @throws UnusableYamlError */
export function readTests(file: string): TestsFile {
  return parseTests(file === STANDARD_INPUT ? 'standard input' : file, readText(file));
}

/** Nothing in a file of tests is meant as a quantity. @throws UnusableYamlError */
export function parseTests(file: string, text: string): TestsFile {
  const { value = {}, positionOf, complaint } = parseYaml(file, text, { numbersAsWritten: true });
  const { document, problems } = validator.validateValue(value);
  const all = [...withoutBranches(problems), ...(document === undefined ? [] : expressionProblems(document, ''))];
  if (document === undefined || all.length > 0) throw new UnusableYamlError(all.map(complaint));
  return { file, document, positionOf };
}

function readText(file: string): string {
  try {
    return readFileSync(file === STANDARD_INPUT ? 0 : file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UnusableYamlError([`${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`]);
  }
}

/** Of a value that is none of several things it is said once what it should be, not what each of them would be. */
function withoutBranches(problems: readonly Problem[]): readonly Problem[] {
  const isTitled = ({ message }: Problem): boolean => message.startsWith('expected an application (');
  const titled = problems.filter(isTitled);
  const deepest = titled.filter(({ path }) => !titled.some((other) => other.path.startsWith(`${path}/`)));
  return problems.filter(
    (problem) => deepest.includes(problem) || !titled.some(({ path }) => `${problem.path}/`.startsWith(`${path}/`)),
  );
}

/** What a schema cannot tell: whether PCRE2 takes an expression. */
function expressionProblems(value: unknown, path: string): Problem[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = path + pointerTo(key);
    if (key !== 'matches' || typeof inner !== 'string') return expressionProblems(inner, here);
    const compiled = compileExpression(bytesOf(inner));
    if (compiled instanceof Pattern) return [];
    return [{ severity: 'error' as const, path: here, message: `not a regular expression: ${compiled.message}` }];
  });
}
