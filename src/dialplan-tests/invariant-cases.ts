/** An invariant as cases: every number in every context it speaks of. */
import { readFileSync } from 'node:fs';
import { minimatch } from 'minimatch';
import type { Domain, Snapshot } from '../routes/snapshot.js';
import type { TestsFile } from './read-tests.js';
import { besides, mergeCalls, mergeSituations, type TestCase } from './test-case.js';
import type { InvariantDocument } from './test-document.js';

/** @throws what a file of numbers cannot be read for */
export function invariantCases(
  invariant: InvariantDocument,
  pointer: string,
  { file, document, positionOf }: TestsFile,
  snapshot: Snapshot,
): TestCase[] {
  const numbers = numbersOf(invariant, file);
  const at = positionOf(pointer);
  const common = { file, at, skip: invariant.skip, expect: invariant.expect };
  const domains = [...snapshot.domains.values()].filter(({ name }) => isAmong(name, invariant.domains));
  const cases = domains.flatMap((domain) => {
    const where = (context: string): string => (snapshot.domains.size === 1 ? context : `${context} of ${domain.name}`);
    return contextsOf(invariant, domain).flatMap((context) =>
      numbers.map((number) => ({
        ...common,
        name: `${invariant.name} [${number} in ${where(context)}]`,
        // The domain is the call's own, so that none of its variables chooses another.
        call: mergeCalls(mergeCalls(document.call, invariant.call), {
          destination_number: number,
          variables: { domain_name: domain.name },
        }),
        inContext: context,
        situation: mergeSituations(document, { ...invariant, domain: domain.name }),
      })),
    );
  });
  if (cases.length > 0) return cases;
  const skip = invariant.skip ?? 'no context is meant by it';
  return [{ ...common, name: invariant.name, skip, call: {}, inContext: undefined, situation: {} }];
}

function contextsOf({ contexts = 'all' }: InvariantDocument, domain: Domain): string[] {
  const names = [...domain.contexts.values()].map(({ name }) => name);
  if (contexts === 'all') return names;
  if (typeof contexts === 'string') {
    const routed = new Set(domain.routes[contexts].values());
    return names.filter((name) => routed.has(name));
  }
  return names.filter((name) => isAmong(name, contexts));
}

function isAmong(name: string, patterns: readonly string[] | undefined): boolean {
  return patterns === undefined || patterns.some((pattern) => minimatch(name, pattern, { nocase: true }));
}

function numbersOf({ numbers }: InvariantDocument, file: string): string[] {
  if (!('file' in numbers)) return numbers.map(String);
  const lines = readFileSync(besides(file, numbers.file), 'utf8').split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}
