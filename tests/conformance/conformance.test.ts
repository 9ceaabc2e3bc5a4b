import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { checkCase, type ConformanceBase, type ConformanceCase } from '../../src/replay/conformance.js';

interface Corpus {
  readonly base: ConformanceBase;
  readonly cases: readonly ConformanceCase[];
}

function readCorpus(name: string): Corpus {
  const [first = '', ...lines] = readFileSync(new URL(name, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const { base } = JSON.parse(first) as { base: ConformanceBase };
  return { base, cases: lines.map((line) => JSON.parse(line) as ConformanceCase) };
}

const { base, cases } = readCorpus('cases.jsonl');

test.each([
  ['cases.jsonl', 1_319],
  ['more-cases.jsonl', 553],
  ['random-cases.jsonl', 128],
])('every hunt of %s, recorded from FreeSWITCH, is hunted the same', (name, count) => {
  const corpus = readCorpus(name);
  const mismatches = corpus.cases.flatMap((recorded) =>
    checkCase(recorded, corpus.base).map((mismatch) => ({ case: recorded.id, ...mismatch })),
  );
  expect(corpus.cases).toHaveLength(count);
  expect(mismatches).toEqual([]);
});

test('a hunt that went otherwise is noticed: trace, actions, inline applications, route', () => {
  const recorded = cases.find(({ id }) => id === 'hand-inline-export') as ConformanceCase;
  const { expected } = recorded;
  const changed: ConformanceCase = {
    ...recorded,
    expected: {
      trace: [...expected.trace, 'Action set(x=1)'],
      actions: [{ application: 'set', data: 'other=1' }],
      inline: [],
      hangupCause: 'NO_ROUTE_DESTINATION',
    },
  };
  expect(checkCase(recorded, base)).toEqual([]);
  expect(checkCase(changed, base).map(({ what }) => what)).toEqual(['trace', 'actions', 'inline']);
  const noRoute: ConformanceCase = { ...changed, expected: { ...changed.expected, actions: [] } };
  expect(checkCase(noRoute, base).map(({ what }) => what)).toContain('route');
});
