/** Whether a pattern's matches are held to the beginning and the end of the text. */
import type { Assertion, PatternTree } from './pattern-tree.js';

/** Either counts as held also where a match reaches that far by itself, as `.*` does. */
export function isAnchored(tree: PatternTree, side: 'start' | 'end'): boolean {
  switch (tree.kind) {
    case 'assertion':
      return (side === 'start' ? STARTS : ENDS).has(tree.what);
    case 'sequence': {
      const outer = side === 'start' ? tree.items : [...tree.items].reverse();
      // What is looked at around a place takes no room: what comes behind it may hold.
      for (const item of outer) if (item.kind !== 'look') return isAnchored(item, side);
      return false;
    }
    case 'alternation':
      return tree.branches.every((branch) => isAnchored(branch, side));
    case 'repeat':
      return (tree.max === Infinity && isAnyByte(tree.body)) || (tree.min > 0 && isAnchored(tree.body, side));
    case 'group':
    case 'atomic':
      return isAnchored(tree.body, side);
    case 'bytes':
    case 'look':
      return false;
  }
}

const STARTS: ReadonlySet<Assertion> = new Set(['start', 'lineStart']);
const ENDS: ReadonlySet<Assertion> = new Set(['end', 'endOrNewline', 'lineEnd']);
const ALMOST_ALL_BYTES = 254;

function isAnyByte(tree: PatternTree): boolean {
  return tree.kind === 'bytes' && tree.set.toString(2).replaceAll('0', '').length >= ALMOST_ALL_BYTES;
}
