/** Looks through the calls in the capture files, the newest first, a piece at a time and between other work. */
import { setImmediate as othersFirst } from 'node:timers/promises';
import { newestBlocks } from '../capture/newest-blocks.js';
import { recentCall } from '../calls/call-registry.js';
import { callTest, type CallQuery } from '../calls/search-calls.js';
import type { CallRow } from '../report/call-row.js';
import { callOfCapture, readCapture } from './call-of-capture.js';
import { formatPlace, type Place } from './capture-place.js';

export interface CapturesOptions {
  /** What an earlier search said to go on from. */
  readonly from: Place | undefined;
  readonly limit: number;
  /** As for the calls that are remembered. */
  readonly isMasked: boolean;
  /** Ends the search: what it would find is not wanted any more. */
  readonly signal: AbortSignal;
  /** After so many bytes of lines, or milliseconds, it returns what it has. */
  readonly mostBytes?: number;
  readonly mostMs?: number;
}

export interface CapturesPage {
  readonly found: { readonly place: string; readonly call: CallRow }[];
  /** Where to go on; null where nothing is left. */
  readonly next: string | null;
  readonly searched: number;
  /** The arrival of the last one that was looked at. */
  readonly reachedAt: number | null;
  /** Lines that are no captured call. */
  readonly brokenLines: number;
  /** Parts of files that could not be read. */
  readonly unreadable: number;
}

const MOST_BYTES = 256 * 1024 * 1024;
const MOST_MS = 2_000;
/** How long others wait at most, but for one line. */
const SLICE_MS = 1;
/** More lines than a block has. */
const ALL = 1e9;

/** @throws what the system says where the directory cannot be read; the signal's reason when it is aborted */
export async function searchCaptures(
  directory: string,
  query: CallQuery,
  { from, limit, isMasked, signal, mostBytes = MOST_BYTES, mostMs = MOST_MS }: CapturesOptions,
): Promise<CapturesPage> {
  const isWanted = callTest(query, isMasked);
  const page = { found: [] as { place: string; call: CallRow }[], searched: 0, brokenLines: 0, unreadable: 0 };
  let reachedAt: number | null = null;
  let bytes = 0;
  const began = performance.now();
  let sliceBegan = began;
  const { since, until } = query;
  const blocks = newestBlocks(directory, {
    ...(from === undefined ? {} : { from: { file: from.file, end: from.at } }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    onUnreadable: () => {
      page.unreadable += 1;
    },
  });
  for await (const { file, start, end, lines, bytes: length } of blocks) {
    const isBegun = from?.file === file && from.at === end;
    const behind = isBegun ? Math.min(from.line, lines.length) : lines.length;
    bytes += length;
    for (let line = behind - 1; line >= 0; line -= 1) {
      if (performance.now() - sliceBegan > SLICE_MS) {
        await othersFirst();
        sliceBegan = performance.now();
      }
      signal.throwIfAborted();
      const capture = readCapture(lines[line] as Buffer);
      if (capture === undefined) page.brokenLines += 1;
      else {
        page.searched += 1;
        reachedAt = capture.arrivedAt;
        const call = recentCall(capture.call, callOfCapture(capture));
        if (isWanted(call)) page.found.push({ place: formatPlace({ file, at: start, line }), call: call.row });
      }
      const isLong = performance.now() - began > mostMs || (line === 0 && bytes > mostBytes);
      if (page.found.length >= limit || isLong) {
        const next = line > 0 ? { file, at: end, line } : { file, at: start, line: ALL };
        return { ...page, reachedAt, next: formatPlace(next) };
      }
    }
  }
  return { ...page, reachedAt, next: null };
}
