/** A PCRE2 pattern as a tree: what is left of its syntax when flags, classes and escapes are worked out. */
import type { ByteSet } from './byte-set.js';

export type PatternTree =
  | { readonly kind: 'bytes'; readonly set: ByteSet }
  | { readonly kind: 'sequence'; readonly items: readonly PatternTree[] }
  | { readonly kind: 'alternation'; readonly branches: readonly PatternTree[] }
  | Group
  | Repeat
  | { readonly kind: 'atomic'; readonly body: PatternTree }
  | { readonly kind: 'assertion'; readonly what: Assertion }
  | LookAround;

export interface Group {
  readonly kind: 'group';
  /** As it is referred to: `$1`. */
  readonly number: number;
  readonly body: PatternTree;
}

export interface Repeat {
  readonly kind: 'repeat';
  readonly body: PatternTree;
  readonly min: number;
  /** `Infinity` where there is no limit. */
  readonly max: number;
  /** Gives nothing back: `a++`. */
  readonly possessive: boolean;
}

export interface LookAround {
  readonly kind: 'look';
  readonly ahead: boolean;
  readonly negative: boolean;
  readonly body: PatternTree;
}

/** `endOrNewline` is `$` without flags: the end, or a newline that ends the subject. */
export type Assertion = 'start' | 'end' | 'endOrNewline' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'notWordBoundary';

/** The parts a node is made of. */
export function partsOf(tree: PatternTree): readonly PatternTree[] {
  switch (tree.kind) {
    case 'bytes':
    case 'assertion':
      return [];
    case 'sequence':
      return tree.items;
    case 'alternation':
      return tree.branches;
    case 'group':
    case 'repeat':
    case 'atomic':
    case 'look':
      return [tree.body];
  }
}

/** The node and everything in it, outer before inner. */
export function* nodesOf(tree: PatternTree): Generator<PatternTree> {
  yield tree;
  for (const part of partsOf(tree)) yield* nodesOf(part);
}
