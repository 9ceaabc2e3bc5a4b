import { describe, expect, test } from '@jest/globals';
import { startProgress, type Progress } from '../../src/cli/progress.js';

interface Screen {
  readonly progress: Progress;
  readonly written: string[];
  readonly pass: (ms: number) => void;
}

function screen(isTTY: boolean, whole?: number, isUneven?: boolean): Screen {
  const written: string[] = [];
  let now = 0;
  const terminal = { isTTY, write: (text: string) => written.push(text) };
  const progress = startProgress({ unit: 'calls', whole, isUneven: isUneven === true }, terminal, () => now);
  return {
    progress,
    written,
    pass: (ms) => {
      now += ms;
    },
  };
}

describe('progress', () => {
  test('shows share, count, rate and what is left, also of work that never waits, from the second second on', () => {
    const { progress, written, pass } = screen(true, 100);
    pass(900);
    progress.count(50);
    expect(written).toEqual([]);
    pass(1_100);
    progress.count(50);
    progress.advance(25);
    expect(written).toEqual(['\r\x1b[K[------------------------]   0 %, 100 calls, 50/s']);
    pass(250);
    progress.advance(0);
    expect(written[1]).toBe('\r\x1b[K[######------------------]  25 %, 100 calls, 44/s, 7 s left');
    progress.stop();
    expect(written[2]).toBe('\r\x1b[K');
  });

  test('tells no time where one part of the whole may take far longer than another', () => {
    const { progress, written, pass } = screen(true, 100, true);
    pass(2_000);
    progress.advance(25);
    expect(written).toEqual(['\r\x1b[K[######------------------]  25 %, 0 calls, 0/s']);
    progress.stop();
  });

  test('gives way to what is written, and comes back', () => {
    const { progress, written, pass } = screen(true);
    pass(2_000);
    progress.count();
    progress.erase();
    progress.erase();
    expect(written).toEqual(['\r\x1b[K1 calls, 1/s', '\r\x1b[K']);
    pass(100);
    progress.count();
    expect(written).toHaveLength(2);
    pass(150);
    progress.count();
    expect(written).toHaveLength(3);
    progress.stop();
  });

  test('the whole may become known bit by bit', () => {
    const { progress, written, pass } = screen(true);
    progress.expect(10);
    progress.expect(10);
    progress.advance(10);
    pass(60_000);
    progress.count(600);
    expect(written).toEqual(['\r\x1b[K[############------------]  50 %, 600 calls, 10/s, 1 min 0 s left']);
    progress.stop();
  });

  test('is not shown where nobody sees it', () => {
    const { progress, written, pass } = screen(false, 10);
    pass(5_000);
    progress.count();
    progress.stop();
    expect(written).toEqual([]);
  });
});
