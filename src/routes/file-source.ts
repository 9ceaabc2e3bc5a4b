/** Documents kept in files, watched. */
import path from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import type { DocumentChanges, DocumentSource, DocumentText, SourceListener } from './document.js';
import { documentAt, expectDirectory, listFiles, readText } from './document-files.js';

/** A file counts as written when its size has not changed for so long; editors write in several steps. */
const WRITTEN_AFTER_MS = 50;
const LOOK_AGAIN_MS = 10;
/** An editor that replaces a file removes it first; it is gone only if it is not back after this. */
const REPLACED_WITHIN_MS = 100;
/** Changes that come together are one update. */
const GATHER_MS = 20;
const POLL_MS = 1_000;
const FILES_AT_ONCE = 64;

export class FileSource implements DocumentSource {
  private watcher: FSWatcher;
  private known = new Set<string>();
  private readonly touched = new Set<string>();
  private gathering: NodeJS.Timeout | undefined;
  private reading: Promise<void> = Promise.resolve();

  private constructor(
    private readonly directory: string,
    private readonly listener: SourceListener,
  ) {
    this.watcher = this.startWatching(false);
  }

  /** Reads the directory and watches it from before it is read, so that no change is lost. @throws if it cannot be read */
  static async open(directory: string, listener: SourceListener): Promise<FileSource> {
    await expectDirectory(directory);
    const source = new FileSource(path.resolve(directory), listener);
    await source.watching();
    await source.reload();
    return source;
  }

  async reload(): Promise<void> {
    await this.inTurn(async () => {
      const files = await listFiles(this.directory);
      await this.read(new Set([...this.known, ...files]), true);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.gathering);
    await this.watcher.close();
  }

  private startWatching(usePolling: boolean): FSWatcher {
    return watch(this.directory, {
      ignoreInitial: true,
      depth: 2,
      atomic: REPLACED_WITHIN_MS,
      awaitWriteFinish: { stabilityThreshold: WRITTEN_AFTER_MS, pollInterval: LOOK_AGAIN_MS },
      usePolling,
      interval: POLL_MS,
    })
      .on('all', (_event, file) => {
        this.onTouched(file);
      })
      .on('error', (error) => {
        this.onWatchError(error as NodeJS.ErrnoException, usePolling);
      });
  }

  private watching(): Promise<void> {
    return new Promise((resolve) => {
      this.watcher.once('ready', resolve);
    });
  }

  /** The system watches only so many files; looking at them now and then has no limit. */
  private onWatchError(error: NodeJS.ErrnoException, polling: boolean): void {
    this.listener.onError(error);
    if (polling || (error.code !== 'ENOSPC' && error.code !== 'EMFILE')) return;
    void this.watcher.close();
    this.watcher = this.startWatching(true);
  }

  private onTouched(file: string): void {
    if (documentAt(this.directory, file) === undefined) return;
    this.touched.add(file);
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      const files = new Set(this.touched);
      this.touched.clear();
      this.inTurn(() => this.read(files, false)).catch((error: unknown) => {
        this.listener.onError(error as Error);
      });
    }, GATHER_MS);
  }

  private inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.reading.then(task);
    this.reading = done.catch(() => undefined);
    return done;
  }

  private async read(files: ReadonlySet<string>, isAll: boolean): Promise<void> {
    const changes = new Map<string, DocumentText | undefined>();
    const waiting = [...files].sort();
    const readNext = async (): Promise<void> => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        const place = documentAt(this.directory, file);
        if (place === undefined) continue;
        const text = await readText(file);
        if (text === undefined) this.known.delete(file);
        else this.known.add(file);
        changes.set(file, text === undefined ? undefined : { ...place, text });
      }
    };
    await Promise.all(Array.from({ length: Math.min(FILES_AT_ONCE, waiting.length) }, readNext));
    if (isAll || changes.size > 0) await this.listener.onChange(inOrder(changes), []);
  }
}

/** So that loads and their messages come in the same order whatever the disk does. */
function inOrder(changes: Map<string, DocumentText | undefined>): DocumentChanges {
  return new Map([...changes].sort(([one], [other]) => (one < other ? -1 : 1)));
}
