/** Files that people write by hand, in YAML or in JSON, which is YAML: what they hold, and on which line it stands. */
import { isMap, isScalar, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import { keysOf } from './pointer.js';
import { located, type Position } from './position.js';
import type { Problem } from './problem.js';

/** The file cannot be used; each problem begins with file, line and column. */
export class UnusableYamlError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'UnusableYamlError';
  }
}

export interface YamlFile {
  /** Undefined for an empty file. */
  readonly value: unknown;
  /** Where the key or the element stands that a JSON pointer names, or the deepest thing around it that is there. */
  readonly positionOf: (pointer: string) => Position;
  /** `file:line:column: pointer: message` */
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
  const positionAt = (offset: number): Position => {
    const { line, col: column } = lines.linePos(offset);
    return { line, column };
  };
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (yaml.errors.length > 0) {
    const what = file.endsWith('.json') ? 'JSON' : 'YAML';
    throw new UnusableYamlError(
      yaml.errors.map(({ message, pos }) => `${located(file, positionAt(pos[0]))}: no ${what}: ${message}`),
    );
  }
  if (numbersAsWritten) keepNumbersAsWritten(yaml);
  const positionOf = (pointer: string): Position => positionAt(offsetOf(yaml, pointer));
  return {
    value: yaml.toJS() ?? undefined,
    positionOf,
    complaint: ({ path, message }) => `${located(file, positionOf(path))}: ${path === '' ? '' : `${path}: `}${message}`,
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
  for (const name of keysOf(pointer)) {
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
