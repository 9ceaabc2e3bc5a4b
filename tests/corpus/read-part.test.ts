import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CorpusPart } from '../../src/corpus/corpus-parts.js';
import { readPart } from '../../src/corpus/read-part.js';
import { captureLines } from '../support/capture-lines.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const temporary = temporaryDirectory();

function fileOf(bytes: Buffer): string {
  const file = temporary('calls.ndjson');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

interface Reading {
  readonly lines: number;
  readonly destinations: readonly (string | undefined)[];
  readonly unreadable: readonly string[];
}

async function read(part: CorpusPart): Promise<Reading> {
  const destinations: (string | undefined)[] = [];
  const unreadable: string[] = [];
  const lines = await readPart(part, 0, {
    sources: [],
    timezone: 'UTC',
    now: 0,
    onCall: ({ data }) => destinations.push(data.get('Caller-Destination-Number')),
    onUnreadable: (line, message) => unreadable.push(`${line}: ${message}`),
    onBytes: () => undefined,
  });
  return { lines, destinations, unreadable };
}

const destinations = Array.from({ length: 12 }, (_, number) => `10${number}`);
const text = captureLines(destinations.map((destination) => ({ destination })));

describe('reading a part of a corpus', () => {
  test('takes each line once, wherever the file is cut into ranges', async () => {
    const ending = fc.constantFrom('', '\n', '\n\n', '\r\n');
    const cuts = fc.array(fc.nat({ max: text.length }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(ending, cuts, async (end, where) => {
        const bytes = Buffer.from(text.trimEnd() + end);
        const file = fileOf(bytes);
        const bounds = [0, ...where.sort((one, other) => one - other), bytes.length];
        const found: (string | undefined)[] = [];
        for (const [index, start] of bounds.slice(0, -1).entries()) {
          const range = { start, end: bounds[index + 1] ?? 0 };
          if (range.start < range.end) found.push(...(await read({ file, range })).destinations);
        }
        expect(found).toEqual(destinations);
      }),
      { numRuns: 40 },
    );
  });

  test('complains of a line with something else in the place of answers, and goes on', async () => {
    const lines = text.trimEnd().split('\n');
    lines[3] = lines[3]?.replace('"globals":{}', '"globals":[]') ?? '';
    const bytes = Buffer.from(lines.join('\n'));
    const reading = await read({ file: fileOf(bytes), range: { start: 0, end: bytes.length } });
    expect(reading).toEqual({
      lines: 12,
      destinations: destinations.filter((_, index) => index !== 3),
      unreadable: ['4: /answers/globals: expected an object, found []'],
    });
  });

  test.each([
    ['plain', (bytes: Buffer) => ({ file: fileOf(bytes), range: { start: 0, end: bytes.length } })],
    ['compressed', (bytes: Buffer) => ({ file: fileOf(gzipSync(bytes, { level: 1 })) })],
  ])('passes over a line that is too long, and goes on: %s', async (_how, partOf: (bytes: Buffer) => CorpusPart) => {
    const long = Buffer.concat([Buffer.from('{"capture":1,'), Buffer.alloc(17 * 1024 * 1024, 'x'), Buffer.from('\n')]);
    // One that does not fit into a block, but is not too long.
    const large = Buffer.from(captureLines([{ destination: '77', variables: { x: 'y'.repeat(3_000_000) } }]));
    const reading = await read(partOf(Buffer.concat([Buffer.from(text), long, large, Buffer.from(text.trimEnd())])));
    expect(reading).toEqual({
      lines: 26,
      destinations: [...destinations, '77', ...destinations],
      unreadable: ['13: expected a line of at most 16777216 bytes, found a longer one'],
    });
  });
});
