import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Findings } from '../../src/convert/finding.js';
import type { WrittenContext } from '../../src/convert/read-contexts.js';
import { writeDialplanXml } from '../../src/convert/write-dialplan-xml.js';
import { checkCase, type ConformanceBase, type ConformanceCase, type Mismatch } from '../../src/replay/conformance.js';
import { readXml } from './read-xml.js';

type RecordedCase = ConformanceCase & { readonly xml: string };

const [first = '', ...lines] = readFileSync(new URL('../conformance/cases.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const { base } = JSON.parse(first) as { base: ConformanceBase };
const recorded = lines
  .map((line) => JSON.parse(line) as ConformanceCase & { readonly xml?: string })
  .filter((entry): entry is RecordedCase => typeof entry.xml === 'string');

/** An action without an application, which JSON has no room for: it is written as one that no FreeSWITCH has. */
const NO_APPLICATION = ['hand-run-empty-app', 'hand-run-no-app'];

/** Globals that a case does not name were not set when it was recorded. */
function contextOf({ globals }: RecordedCase, xml: string): WrittenContext {
  const { contexts } = readXml(xml, { globals, globalsComplete: true });
  expect(contexts).toHaveLength(1);
  return contexts[0] as WrittenContext;
}

function mismatches(entry: RecordedCase, { extensions }: WrittenContext): (Mismatch & { readonly id: string })[] {
  const documents = extensions.map(
    ({ name, document }) =>
      (name === undefined ? document : { ...document, name }) as RecordedCase['extensions'][number],
  );
  return checkCase({ ...entry, extensions: documents }, base).map((mismatch) => ({ id: entry.id, ...mismatch }));
}

test('the XML of every recorded hunt, converted, is hunted as FreeSWITCH hunted it, and again when written back', () => {
  expect(recorded).toHaveLength(1_318);
  const differing = recorded.flatMap((entry) => {
    const context = contextOf(entry, entry.xml);
    return [...mismatches(entry, context), ...mismatches(entry, contextOf(entry, writeBack(context)))];
  });
  const unexpected = differing.filter(({ id }) => !NO_APPLICATION.includes(id));
  expect(unexpected).toEqual([]);
  expect(new Set(differing.map(({ id }) => id))).toEqual(new Set(NO_APPLICATION));
});

/** Names that no extension has to be written in XML again. */
function writeBack({ name, extensions }: WrittenContext): string {
  const documents = extensions.map((extension) => ({
    ...extension,
    name: extension.name ?? 'UNKNOWN',
    placeOf: (path: string) => path,
  }));
  return writeDialplanXml([{ name, extensions: documents }], new Findings());
}
