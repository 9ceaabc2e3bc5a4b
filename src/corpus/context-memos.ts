/** Remembers decisions by the contexts that dialplans choose for a call: what chose them matters no more then. */
import { routingOf, type Selected } from '../routes/select-context.js';
import type { ContextChooser } from './context-chooser.js';
import { DecisionMemo, type CallToDecide, type WatchedCall } from './decision-memo.js';

/** A caller may name contexts there are not: all is forgotten then, and begun anew. */
const MOST_MEMOS = 1_000;
const MOST_RECENT = 8;

export class ContextMemos<Call extends CallToDecide, Decision> {
  private readonly memos = new Map<string, DecisionMemo<Call, Decision>>();
  /** Those of late, newest first: most dialplans have few contexts, and a name for them all takes longer than a look at each. */
  private recent: { readonly chosen: readonly Selected[]; readonly memo: DecisionMemo<Call, Decision> }[] = [];

  /**
   * @param choosers one a dialplan
   * @param decide looks at the call itself for its contexts alone, for all else at what it is given
   */
  constructor(
    private readonly choosers: readonly ContextChooser[],
    private readonly decide: (watched: WatchedCall, call: Call) => Decision,
  ) {}

  decisionOf(call: Call): Decision {
    return this.memoFor(call).decisionOf(call);
  }

  private memoFor({ data }: Call): DecisionMemo<Call, Decision> {
    const routing = routingOf(data);
    const chosen = this.choosers.map((chooser) => chooser.choose(routing, data));
    for (const recent of this.recent) if (areSame(chosen, recent.chosen)) return recent.memo;
    const key = JSON.stringify(chosen.map(({ domain, name }) => [domain, name]));
    let memo = this.memos.get(key);
    if (memo === undefined) {
      if (this.memos.size >= MOST_MEMOS) this.memos.clear();
      memo = new DecisionMemo(this.decide);
      this.memos.set(key, memo);
    }
    this.recent = [{ chosen, memo }, ...this.recent.slice(0, MOST_RECENT - 1)];
    return memo;
  }
}

function areSame(chosen: readonly Selected[], others: readonly Selected[]): boolean {
  for (let index = 0; index < chosen.length; index += 1) {
    const one = chosen[index];
    const other = others[index];
    if (one?.name !== other?.name || one?.domain !== other?.domain) return false;
  }
  return true;
}
