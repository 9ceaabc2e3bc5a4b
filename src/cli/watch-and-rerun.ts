/** Runs a task again whenever a file it read changes, until the user ends it. */
import { stat } from 'node:fs/promises';
import process from 'node:process';
import { watch } from 'chokidar';

/** Editors write in several steps, and several files at a time. */
const GATHER_MS = 100;
/** A file system's clock may be this much behind. */
const CLOCK_SLACK_MS = 20;

/** @param run resolves with the files and directories to watch until it is run again */
export async function watchAndRerun(run: () => Promise<readonly string[]>): Promise<void> {
  let changed: () => void = () => undefined;
  let startedAt = 0;
  const watcher = watch([]).on('all', (event, path) => {
    // What is told first of a file: it may have changed after the run read it and before it was watched.
    if (event === 'addDir') return;
    if (event === 'add') {
      void isNewerThan(startedAt, path).then((newer) => {
        if (newer) changed();
      });
    } else {
      changed();
    }
  });
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
    changed();
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    do {
      const change = new Promise<void>((resolve) => {
        changed = resolve;
      });
      startedAt = Date.now();
      watcher.add([...(await run())]);
      await change;
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    } while (!ending.signal.aborted);
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await watcher.close();
  }
}

async function isNewerThan(time: number, path: string): Promise<boolean> {
  try {
    const { mtimeMs, ctimeMs } = await stat(path);
    return Math.max(mtimeMs, ctimeMs) >= time - CLOCK_SLACK_MS;
  } catch {
    return true;
  }
}
