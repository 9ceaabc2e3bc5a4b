/** The cases a file of tests is made of: its tests, row by row, and its invariants, number by number in every context. */
import type { Scalar } from '../dialplan/extension-document.js';
import type { Snapshot } from '../routes/snapshot.js';
import { invariantCases } from './invariant-cases.js';
import type { TestsFile } from './read-tests.js';
import { mergeCalls, mergeSituations, type TestCase } from './test-case.js';
import type { CallDocument, RowDocument, TestDocument } from './test-document.js';

const PLACEHOLDER = /\{(\w+)\}/g;
const ROW_KEYS = new Set(['time', 'inContext', 'skip', 'expect']);

/** All cases of a file, in order. @throws what a file of numbers cannot be read for */
export function casesOf(tests: TestsFile, snapshot: Snapshot): TestCase[] {
  const { document } = tests;
  return [
    ...(document.tests ?? []).flatMap((test, index) => testCases(test, `/tests/${index}`, tests)),
    ...(document.invariants ?? []).flatMap((invariant, index) =>
      invariantCases(invariant, `/invariants/${index}`, tests, snapshot),
    ),
  ];
}

function testCases(test: TestDocument, pointer: string, tests: TestsFile): TestCase[] {
  const { table } = test;
  if (table === undefined) return [testCase(test, {}, pointer, tests)];
  return table.map((row, index) => testCase(test, row, `${pointer}/table/${index}`, tests));
}

function testCase(
  test: TestDocument,
  row: RowDocument,
  pointer: string,
  { file, document, positionOf }: TestsFile,
): TestCase {
  const inRow = Object.fromEntries(Object.entries(row).filter(([key]) => !ROW_KEYS.has(key))) as CallDocument;
  const call = mergeCalls(mergeCalls(document.call, test.call), inRow);
  const time = row.time ?? test.time ?? document.time;
  return {
    name: nameOf(test, row, call, inRow),
    file,
    at: positionOf(pointer),
    skip: row.skip ?? test.skip,
    call,
    inContext: row.inContext ?? test.inContext,
    situation: mergeSituations(document, { ...test, ...(time === undefined ? {} : { time }) }),
    expect: { ...test.expect, ...row.expect },
  };
}

/** The name with what the call has in it; rows that would be called alike say what is theirs. */
function nameOf({ name, table }: TestDocument, row: RowDocument, call: CallDocument, inRow: CallDocument): string {
  const values: Readonly<Record<string, unknown>> = { ...call.variables, ...call, ...row };
  const filled = name.replace(PLACEHOLDER, (whole, key: string) =>
    isScalar(values[key]) ? String(values[key]) : whole,
  );
  if (table === undefined || filled !== name) return filled;
  const own = Object.entries({ ...inRow, ...(row.time === undefined ? {} : { time: row.time }) }).flatMap(
    ([key, value]) => (isScalar(value) ? [`${key} ${value}`] : []),
  );
  return own.length === 0 ? `${name} [${table.indexOf(row) + 1}]` : `${name} [${own.join(', ')}]`;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
