/** Moves that are no finding, because somebody wrote down that they are meant: `parkway diff --allow FILE`. */
import { checkExpectation, type Decision } from '../dialplan-tests/expectation.js';
import type { ExpectDocument } from '../dialplan-tests/test-document.js';

/** See `schema/expected-moves.schema.json`. */
export interface ExpectedMove {
  readonly from?: ExpectDocument;
  readonly to?: ExpectDocument;
  readonly reason: string;
  /** `2026-12-31`: from the day after on it is a finding again. */
  readonly until?: string;
}

export class ExpectedMoves {
  private readonly inForce: readonly ExpectedMove[];

  /** @param today `2026-11-25` */
  constructor(moves: readonly ExpectedMove[], today: string) {
    this.inForce = moves.filter(({ until }) => until === undefined || until >= today);
  }

  /** Why a move is expected; undefined if it is not. No more of the data is looked at than that takes. */
  reasonFor(old: Decision, latest: Decision): string | undefined {
    return this.inForce.find(({ from = {}, to = {} }) => holds(from, old) && holds(to, latest))?.reason;
  }
}

function holds(expect: ExpectDocument, decision: Decision): boolean {
  return checkExpectation(expect, decision).length === 0;
}
