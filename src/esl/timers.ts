/** The timers of one session: all are gone when it is closed. */
export class Timers {
  private readonly running = new Set<NodeJS.Timeout>();
  private isStopped = false;

  /** Does something later, unless the timers are stopped before, or it is cancelled by what is returned. */
  after(ms: number, action: () => void): () => void {
    if (this.isStopped) return () => undefined;
    const cancel = (): void => {
      clearTimeout(timer);
      this.running.delete(timer);
    };
    const timer = setTimeout(() => {
      cancel();
      action();
    }, ms);
    this.running.add(timer);
    return cancel;
  }

  stop(): void {
    this.isStopped = true;
    for (const timer of this.running) clearTimeout(timer);
    this.running.clear();
  }
}
