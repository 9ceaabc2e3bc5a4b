/** Counts what of a dialplan the calls of a corpus reach: extensions, conditions and how they came out, actions. */
import { textOf } from '../bytes.js';
import { replay } from '../replay/replay.js';
import type { Snapshot } from '../routes/snapshot.js';
import { ContextChooser, type ContextOptions } from './context-chooser.js';
import { ContextMemos } from './context-memos.js';
import type { CorpusCall } from './corpus-call.js';
import type { WatchedCall } from './decision-memo.js';

/** `tried` and `matched` are of extensions, `passed` and `failed` of tests, `taken` of actions. */
export type Hit = 'tried' | 'matched' | 'passed' | 'failed' | 'taken';

export interface Coverage {
  calls: number;
  /** Calls by {@link hitKey}. */
  readonly hits: Map<string, number>;
}

/** @param pointer JSON pointer in the extension's document; empty for the extension itself */
export function hitKey(domain: string, extension: string, pointer: string, hit: Hit): string {
  return JSON.stringify([domain, extension, pointer, hit]);
}

interface Path {
  readonly keys: readonly string[];
  calls: number;
}

interface CoverageOptions extends ContextOptions {
  readonly neutraliseCaptures: boolean;
}

export class CallCoverage {
  private calls = 0;
  private readonly paths = new Map<string, Path>();
  private readonly contexts: ContextChooser;
  private readonly pathMemos: ContextMemos<CorpusCall, Path>;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly options: CoverageOptions,
  ) {
    this.contexts = new ContextChooser(snapshot, options);
    this.pathMemos = new ContextMemos([this.contexts], (watched, call) => this.follow(watched, call));
  }

  get result(): Coverage {
    const hits = new Map<string, number>();
    for (const { keys, calls } of this.paths.values())
      for (const key of keys) hits.set(key, (hits.get(key) ?? 0) + calls);
    return { calls: this.calls, hits };
  }

  take(call: CorpusCall): void {
    this.calls += 1;
    this.pathMemos.decisionOf(call).calls += 1;
  }

  private follow(watched: WatchedCall, call: CorpusCall): Path {
    const { snapshot } = this;
    const { neutraliseCaptures } = this.options;
    const selected = this.contexts.select(call.data);
    const options = { neutraliseCaptures, sources: [], moment: call.moment, selected };
    // Once to learn what the path depends on, once for the trace that tells it.
    replay(watched, snapshot, { ...options, witness: watched.witness });
    const { hunted } = replay(call, snapshot, options);
    return this.pathOf(keysOf(selected.domain, hunted));
  }

  private pathOf(keys: readonly string[]): Path {
    const joined = keys.join('\n');
    let path = this.paths.get(joined);
    if (path === undefined) {
      path = { keys, calls: 0 };
      this.paths.set(joined, path);
    }
    return path;
  }
}

function keysOf(domain: string, { trace, matched }: ReturnType<typeof replay>['hunted']): string[] {
  const keys = new Set(matched.map((name) => hitKey(domain, textOf(name), '', 'matched')));
  let extension = '';
  const add = (pointer: string, hit: Hit): void => {
    keys.add(hitKey(domain, extension, pointer, hit));
  };
  for (const entry of trace) {
    if (entry.kind === 'parsing') {
      extension = textOf(entry.extension);
      add('', 'tried');
    } else if (entry.kind === 'action') add(entry.pointer, 'taken');
    else if (entry.kind === 'absolute') add(entry.place.pointer, 'passed');
    else if ('passed' in entry) add(entry.place.pointer, entry.passed ? 'passed' : 'failed');
  }
  return [...keys].sort();
}

/** Adds what one part of a corpus came to to what others did. */
export function addCoverage(sum: Coverage, part: Coverage): void {
  sum.calls += part.calls;
  for (const [key, count] of part.hits) sum.hits.set(key, (sum.hits.get(key) ?? 0) + count);
}
