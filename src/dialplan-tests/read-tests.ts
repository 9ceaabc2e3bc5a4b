/** Reads a file of dialplan tests, and says line by line what is wrong with it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isMap, isScalar, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import { bytesOf } from '../bytes.js';
import { compileExpression } from '../dialplan/expression.js';
import { Pattern } from '../dialplan/pcre2.js';
import type { Problem } from '../dialplan/problem.js';
import { createValidator } from '../dialplan/validate.js';
import type { TestsDocument } from './test-document.js';

/** Where something stands, by its JSON pointer: the first line is 1. */
export type LineOf = (pointer: string) => number;

export interface TestsFile {
  readonly file: string;
  readonly document: TestsDocument;
  readonly lineOf: LineOf;
}

/** The file cannot be used; each problem begins with file and line. */
export class UnusableTestsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'UnusableTestsError';
  }
}

const schema = createRequire(import.meta.url)('../../schema/dialplan-tests.schema.json') as object;
const validator = createValidator<TestsDocument>(schema, { unknownKey: 'error' });

/** @throws {@link UnusableTestsError} */
export function readTests(file: string): TestsFile {
  return parseTests(file, readText(file));
}

/** @throws {@link UnusableTestsError} */
export function parseTests(file: string, text: string): TestsFile {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (yaml.errors.length > 0) {
    throw new UnusableTestsError(
      yaml.errors.map(({ message, pos }) => `${file}:${lines.linePos(pos[0]).line}: expected YAML: ${message}`),
    );
  }
  keepNumbersAsWritten(yaml);
  const lineOf = (pointer: string): number => lines.linePos(offsetOf(yaml, pointer)).line;
  const value: unknown = yaml.toJS() ?? {};
  const { document, problems } = validator.validateValue(value);
  const all = [...withoutBranches(problems), ...(document === undefined ? [] : expressionProblems(document, ''))];
  if (document === undefined || all.length > 0) {
    const found = all.map(
      ({ path, message }) => `${file}:${lineOf(path)}: ${path === '' ? '' : `${path}: `}${message}`,
    );
    throw new UnusableTestsError(found);
  }
  return { file, document, lineOf };
}

/** `destination_number: 0119` is a number to YAML, and would lose its zero. Nothing in a file of tests is meant as a quantity. */
function keepNumbersAsWritten(yaml: Document): void {
  visit(yaml, {
    Scalar(_key, node) {
      if (typeof node.value === 'number' && node.source !== undefined) node.value = node.source;
    },
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UnusableTestsError([`${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`]);
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

/** Where a key stands, or the deepest thing around it that is there. */
function offsetOf(yaml: Document, pointer: string): number {
  let node: unknown = yaml.contents;
  let offset = 0;
  for (const key of pointer.split('/').slice(1)) {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~');
    const pair = isMap(node)
      ? node.items.find(({ key: one }) => isScalar(one) && String(one.value) === name)
      : undefined;
    const next: unknown =
      pair?.value ?? (isMap(node) ? undefined : (node as { items?: unknown[] }).items?.[Number(name)]);
    offset = startOf(pair?.key) ?? startOf(next) ?? offset;
    if (next === undefined || next === null) break;
    node = next;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | undefined)?.range?.[0];
}

/** What a schema cannot tell: whether PCRE2 takes an expression. */
function expressionProblems(value: unknown, path: string): Problem[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (key !== 'matches' || typeof inner !== 'string') return expressionProblems(inner, here);
    const compiled = compileExpression(bytesOf(inner));
    if (compiled instanceof Pattern) return [];
    return [{ severity: 'error' as const, path: here, message: `not a regular expression: ${compiled.message}` }];
  });
}
