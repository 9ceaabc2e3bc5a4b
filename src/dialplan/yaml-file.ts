/** Files that people write by hand, in YAML or in JSON, which is YAML: what they hold, and on which line it stands. */
import { isMap, isScalar, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import type { Problem } from './problem.js';

/** The file cannot be used; each problem begins with file and line. */
export class UnusableYamlError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'UnusableYamlError';
  }
}

export interface YamlFile {
  /** Undefined for an empty file. */
  readonly value: unknown;
  /** The line of what a JSON pointer names, or of the deepest thing around it that is there; the first is 1. */
  readonly lineOf: (pointer: string) => number;
  /** `file:line: pointer: message` */
  readonly complaint: (problem: Pick<Problem, 'path' | 'message'>) => string;
}

export interface YamlOptions {
  /** `0119` is a number to YAML, and would lose its zero. */
  readonly numbersAsWritten?: boolean;
}

/**
 * @param file its name, for complaints
 * @throws {@link UnusableYamlError} if it is no YAML
 */
export function parseYaml(file: string, text: string, { numbersAsWritten = false }: YamlOptions = {}): YamlFile {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (yaml.errors.length > 0) {
    throw new UnusableYamlError(
      yaml.errors.map(({ message, pos }) => `${file}:${lines.linePos(pos[0]).line}: expected YAML: ${message}`),
    );
  }
  if (numbersAsWritten) keepNumbersAsWritten(yaml);
  const lineOf = (pointer: string): number => lines.linePos(offsetOf(yaml, pointer)).line;
  return {
    value: yaml.toJS() ?? undefined,
    lineOf,
    complaint: ({ path, message }) => `${file}:${lineOf(path)}: ${path === '' ? '' : `${path}: `}${message}`,
  };
}

function keepNumbersAsWritten(yaml: Document): void {
  visit(yaml, {
    Scalar(_key, node) {
      if (typeof node.value === 'number' && node.source !== undefined) node.value = node.source;
    },
  });
}

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
