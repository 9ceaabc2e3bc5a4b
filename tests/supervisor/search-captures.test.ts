import { appendFile, mkdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { CallQuery } from '../../src/calls/search-calls.js';
import { blockAt } from '../../src/capture/newest-blocks.js';
import { parsePlace } from '../../src/supervisor/capture-place.js';
import { searchCaptures, type CapturesPage } from '../../src/supervisor/search-captures.js';
import { captureLines } from '../support/capture-lines.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const fresh = temporaryDirectory();
const OLDER = 'calls-20261124T100000000Z-7.ndjson.gz';
const NEWER = 'calls-20261125T100000000Z-7.ndjson.gz';
const JUST_NOW = new AbortController().signal;

let directory: string;

beforeEach(async () => {
  directory = fresh('captures');
  await mkdir(directory, { recursive: true });
});

function lines(...destinations: string[]): string {
  return captureLines(destinations.map((destination) => ({ destination, caller: '13800138000' })));
}

/** Each text becomes a member of its own. */
async function write(file: string, ...texts: string[]): Promise<void> {
  for (const text of texts) await appendFile(path.join(directory, file), gzipSync(text, { level: 3 }));
}

interface SearchOptions {
  readonly from?: string | null;
  readonly limit?: number;
  readonly isMasked?: boolean;
  readonly mostBytes?: number;
  readonly mostMs?: number;
}

function search(query: CallQuery = {}, { from, ...options }: SearchOptions = {}): Promise<CapturesPage> {
  const place = from == null ? undefined : parsePlace(from);
  return searchCaptures(directory, query, { limit: 100, isMasked: false, signal: JUST_NOW, ...options, from: place });
}

function destinations({ found }: CapturesPage): string[] {
  return found.map(({ call }) => call.destination);
}

async function byPages(options: SearchOptions): Promise<string[][]> {
  const pages: string[][] = [];
  let from: string | null = null;
  do {
    const page: CapturesPage = await search({}, { ...options, from });
    pages.push(destinations(page));
    from = page.next;
  } while (from !== null);
  return pages;
}

describe('calls in capture files', () => {
  test('are found newest first, over members and files', async () => {
    await write(OLDER, lines('1', '2'), lines('3'));
    await write(NEWER, lines('4'), lines('5', '6'));
    const page = await search();
    expect(destinations(page)).toEqual(['6', '5', '4', '3', '2', '1']);
    expect(page).toMatchObject({ searched: 6, next: null, brokenLines: 0, unreadable: 0 });
    expect(page.reachedAt).toBe(Date.UTC(2026, 10, 25, 10));
  });

  test.each<[CallQuery, string[]]>([
    [{ number: '1002' }, ['1002']],
    [{ number: '13800138000' }, ['1003', '1002']],
    [{ context: 'other' }, []],
    [{ outcome: 'finished', text: 'D.EXAMPLE 1003' }, ['1003']],
    [{ outcome: 'noRoute' }, []],
  ])('by %j', async (query, found) => {
    await write(OLDER, lines('1002', '1003'));
    expect(destinations(await search(query))).toEqual(found);
  });

  test('a reader who sees no numbers finds by what is seen, and no digit more', async () => {
    await write(OLDER, lines('1002'));
    expect((await search({ number: '8000' }, { isMasked: true })).found).toHaveLength(1);
    expect((await search({ number: '1380' }, { isMasked: true })).found).toHaveLength(0);
  });

  test.each([{ limit: 1 }, { limit: 2 }, { limit: 4 }, { mostMs: -1 }, { mostBytes: 0 }])(
    'piece by piece, %j, each is found once',
    async (options) => {
      await write(OLDER, lines('1', '2'), lines('3'));
      await write(NEWER, lines('4'), lines('5', '6'));
      const pages = await byPages(options);
      expect(pages.flat()).toEqual(['6', '5', '4', '3', '2', '1']);
      expect(pages.length).toBeGreaterThan(1);
      expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(options.limit ?? 3);
    },
  );

  test('a search goes on where it was though calls were added and files went', async () => {
    await write(OLDER, lines('1', '2'));
    await write(NEWER, lines('3', '4'));
    const { next } = await search({}, { limit: 1 });
    await write(NEWER, lines('5'));
    expect(destinations(await search({}, { from: next }))).toEqual(['3', '2', '1']);
    await rm(path.join(directory, NEWER));
    expect(destinations(await search({}, { from: next }))).toEqual(['2', '1']);
  });

  test('a place leads to the line', async () => {
    await write(OLDER, lines('1', '2'), lines('3', '4'), lines('5'));
    for (const { place, call } of (await search()).found) {
      const { file, at, line } = parsePlace(place) ?? { file: '', at: 0, line: 0 };
      const block = await blockAt(directory, file, at);
      expect(JSON.parse(block?.lines[line]?.toString() ?? '')).toMatchObject({
        data: { 'Caller-Destination-Number': call.destination },
      });
    }
    expect(await blockAt(directory, NEWER, 0)).toBeUndefined();
    expect(await blockAt(directory, OLDER, 3)).toBeUndefined();
  });

  test('members larger than what is read at once', async () => {
    const noise = Array.from({ length: 20_000 }, (_, index) => Math.sin(index).toString(36)).join('');
    const large = captureLines([{ destination: '1', variables: { noise } }, { destination: '2' }]);
    await write(OLDER, large, large, lines('3'));
    expect(gunzipSync(await readFile(path.join(directory, OLDER))).length).toBeGreaterThan(2 * 256 * 1024);
    expect(destinations(await search())).toEqual(['3', '2', '1', '2', '1']);
  });
});

describe('what cannot be read', () => {
  test('lines that are no captured call are passed over and counted', async () => {
    const hostile = ['', '{', 'null', '[]', '{"capture":2}', '{"capture":1,"data":{}}', '\u0000\u001b[2J'];
    const wrong = lines('9').replace('"1380', '1380').replace('"data":{', '"data":{"a":{"b":1},');
    const proto = lines('2').replace('"data":{', '"data":{"__proto__":"x","\\udcff":"\\udcfe",');
    await write(OLDER, `${hostile.join('\n')}\n${wrong}${proto}${'{"a":'.repeat(100_000)}\n${'x'.repeat(1_100_000)}\n`);
    const page = await search();
    expect(destinations(page)).toEqual(['2']);
    expect(page).toMatchObject({ searched: 1, brokenLines: hostile.length + 3, unreadable: 0 });
  });

  test('a file that ends in the middle of a member is read up to there', async () => {
    await write(OLDER, lines('1'), lines('2', '3'));
    const { length } = await readFile(path.join(directory, OLDER));
    await truncate(path.join(directory, OLDER), length - 12);
    expect(destinations(await search())).toContain('1');
    expect(await search()).toMatchObject({ unreadable: 0 });
  });

  test('a broken member, a file of another form, and one that only has such a name', async () => {
    await write(OLDER, lines('1'));
    await appendFile(
      path.join(directory, OLDER),
      Buffer.concat([gzipSync('').subarray(0, 10), Buffer.alloc(50, 0xff)]),
    );
    await write(OLDER, lines('2'));
    await writeFile(path.join(directory, 'calls-20261125T100000001Z-7.ndjson.gz'), 'no gzip');
    await mkdir(path.join(directory, 'calls-20261125T100000002Z-7.ndjson.gz'));
    await symlink('nowhere', path.join(directory, 'calls-20261125T100000003Z-7.ndjson.gz'));
    await writeFile(path.join(directory, 'notes.txt'), lines('3'));
    const page = await search();
    expect(destinations(page)).toEqual(['2', '1']);
    expect(page).toMatchObject({ unreadable: 3, brokenLines: 0 });
  });
});

test('files whose calls all ended before, or began after, are not opened', async () => {
  await write(OLDER, 'broken\n');
  await write(NEWER, lines('1'));
  const long = new Date(Date.UTC(2026, 10, 24, 11));
  await utimes(path.join(directory, OLDER), long, long);
  const since = Date.UTC(2026, 10, 25, 10);
  expect(await search({ since })).toMatchObject({ brokenLines: 0, searched: 1 });
  expect(await search({ until: since - 2 * 86_400_000 })).toMatchObject({ brokenLines: 1, searched: 0 });
});

test('a search that is not wanted any more ends', async () => {
  await write(OLDER, lines('1'));
  const options = { from: undefined, limit: 1, isMasked: false, signal: AbortSignal.abort(new Error('gone')) };
  await expect(searchCaptures(directory, {}, options)).rejects.toThrow('gone');
});

test.each([
  '',
  '../x~0~0',
  'calls-20261125T100000000Z-7.ndjson.gz',
  `${OLDER}~-1~0`,
  `../${OLDER}~0~0`,
  `${OLDER}~0~0~`,
])('%j is no place', (text) => {
  expect(parsePlace(text)).toBeUndefined();
});
