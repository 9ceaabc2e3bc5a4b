/** How far a long run is, on a terminal's standard error: what is done, how fast, and how long it will take. */
import process from 'node:process';

/** Nothing is shown of what takes no longer. */
const SHOWN_AFTER_MS = 1_000;
const EVERY_MS = 250;
const BAR_WIDTH = 24;
const ERASE_LINE = '\r\x1b[K';

export interface Progress {
  /** So many more of what is counted are done, or one. */
  count(many?: number): void;
  /** The whole is so much more than was known. */
  expect(amount: number): void;
  /** So much more of the whole is done, such as bytes. */
  advance(amount: number): void;
  /** Takes the line away, for what is to be written; it comes back by itself. */
  erase(): void;
  stop(): void;
}

export interface ProgressOptions {
  /** What is counted: `calls`. */
  readonly unit: string;
  /** The whole, in the measure of {@link Progress.advance}; undefined where it is not known. */
  readonly whole?: number | undefined;
  /** Whether one part of the whole may take far longer than another: then nobody knows how much time is left, and none is told. */
  readonly isUneven?: boolean;
}

/** The part of a terminal's stream that is needed. */
export interface ProgressTerminal {
  readonly isTTY: boolean;
  write(text: string): unknown;
}

/** Nothing is written to what is no terminal. */
export function startProgress(
  { unit, whole: known, isUneven = false }: ProgressOptions,
  terminal: ProgressTerminal = process.stderr,
  now: () => number = Date.now,
): Progress {
  const begun = now();
  let whole = known;
  let counted = 0;
  let done = 0;
  let drawnAt = begun + SHOWN_AFTER_MS - EVERY_MS;
  let isDrawn = false;
  const erase = (): void => {
    if (isDrawn) terminal.write(ERASE_LINE);
    isDrawn = false;
  };
  // Work that never waits lets no timer fire: what counts it looks at the clock as well.
  const drawIfDue = (): void => {
    const at = now();
    if (!terminal.isTTY || at - drawnAt < EVERY_MS) return;
    drawnAt = at;
    isDrawn = true;
    terminal.write(`${ERASE_LINE}${progressText({ unit, whole, isUneven, counted, done, elapsed: at - begun })}`);
  };
  const timer = terminal.isTTY ? setInterval(drawIfDue, EVERY_MS) : undefined;
  timer?.unref();
  return {
    count(many = 1) {
      counted += many;
      drawIfDue();
    },
    expect(amount) {
      whole = (whole ?? 0) + amount;
    },
    advance(amount) {
      done += amount;
      drawIfDue();
    },
    erase,
    stop() {
      clearInterval(timer);
      erase();
    },
  };
}

export interface ProgressState extends ProgressOptions {
  readonly counted: number;
  readonly done: number;
  /** Milliseconds since the start. */
  readonly elapsed: number;
}

/** `[######------------------]  25 %, 12,345 calls, 4,115/s, 9 s left` */
export function progressText({ unit, whole, isUneven = false, counted, done, elapsed }: ProgressState): string {
  const rate = counted / (elapsed / 1000);
  const speed = `${counted.toLocaleString('en')} ${unit}, ${Math.round(rate).toLocaleString('en')}/s`;
  if (whole === undefined || whole <= 0) return speed;
  const share = Math.min(1, done / whole);
  const bar = '#'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '-');
  const left = share > 0 && !isUneven ? `, ${duration((elapsed / share) * (1 - share))} left` : '';
  return `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %, ${speed}${left}`;
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
