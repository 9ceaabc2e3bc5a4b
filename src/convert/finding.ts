/** What a conversion could not carry over, or what its reader should know. Never thrown: gathered, shown, counted. */
export interface Finding {
  /** A loss: the other form does not hold it, or not with the same meaning. A warning: it does, but look at it. */
  readonly severity: 'loss' | 'warning';
  /** `file:line`, or `file:line:column /pointer` in a document. */
  readonly where: string;
  readonly message: string;
}

/** Gathers findings while documents are read or written. */
export class Findings {
  readonly all: Finding[] = [];

  loss(where: string, message: string): void {
    this.all.push({ severity: 'loss', where, message });
  }

  warning(where: string, message: string): void {
    this.all.push({ severity: 'warning', where, message });
  }
}
