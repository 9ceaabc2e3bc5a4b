/** Runs a task again whenever a file it read changes, until the user ends it. */
import process from 'node:process';
import { watch } from 'chokidar';

/** Editors write in several steps, and several files at a time. */
const GATHER_MS = 100;

/** @param run resolves with the files and directories to watch until it is run again */
export async function watchAndRerun(run: () => Promise<readonly string[]>): Promise<void> {
  let changed: () => void = () => undefined;
  const watcher = watch([], { ignoreInitial: true }).on('all', () => {
    changed();
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
      watcher.add([...(await run())]);
      await change;
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    } while (!ending.signal.aborted);
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await watcher.close();
  }
}
