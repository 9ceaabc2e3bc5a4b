/** Saves the dialplan in force a while after it changed, for a start without Redis. */
import type { DocumentChanges, DocumentText } from '../document.js';
import { lineOf, saveDialplan } from './saved-dialplan.js';

/** Saving waits so long for more changes. */
const SAVE_AFTER_MS = 1_000;

export class DialplanSaver {
  /** By location. */
  private readonly lines: Map<string, Buffer>;
  private timer: NodeJS.Timeout | undefined;
  private saving: Promise<void> = Promise.resolve();

  /**
   * @param store its name, without passwords
   * @param before the documents that are saved, or in force all the same
   * @param onFailure hears why the dialplan could not be saved
   */
  constructor(
    private readonly directory: string,
    private readonly store: string,
    before: ReadonlyMap<string, DocumentText>,
    private readonly onFailure: (error: Error) => void,
  ) {
    this.lines = new Map([...before].map(([location, document]) => [location, lineOf(location, document)]));
  }

  /** @param refused locations of changes that are not in force: what was there before is */
  take(changes: DocumentChanges, refused: readonly string[]): void {
    if (changes.size === 0) return;
    const left = new Set(refused);
    for (const [location, document] of changes) {
      if (document === undefined) this.lines.delete(location);
      else if (!left.has(location)) this.lines.set(location, lineOf(location, document));
    }
    this.timer ??= setTimeout(() => {
      this.save();
    }, SAVE_AFTER_MS);
  }

  /** Resolves when everything is saved. */
  async close(): Promise<void> {
    if (this.timer !== undefined) this.save();
    await this.saving;
  }

  private save(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.saving = this.saving
      .then(() => saveDialplan(this.directory, this.store, [...this.lines.values()], Date.now()))
      .catch((error: unknown) => {
        this.onFailure(error as Error);
      });
  }
}
