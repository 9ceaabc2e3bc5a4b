/** How many steps a matcher that goes back and tries again can take at most. */
import type { PatternTree, Repeat } from './pattern-tree.js';

interface Cost {
  /** The most ways in which a part can match from one place on. */
  readonly ways: number;
  /** The most steps it takes to go all of them. */
  readonly steps: number;
}

const ONE: Cost = { ways: 1, steps: 1 };

/** An upper bound for any subject up to a length, infinite where no small one is known. @param length in bytes */
export function mostSteps(tree: PatternTree, length: number): number {
  const starts = beginsAtStart(tree) ? 1 : length + 1;
  return starts * costOf(tree, length).steps;
}

function beginsAtStart(tree: PatternTree): boolean {
  if (tree.kind === 'sequence') return tree.items[0] !== undefined && beginsAtStart(tree.items[0]);
  if (tree.kind === 'alternation') return tree.branches.every(beginsAtStart);
  return tree.kind === 'group' ? beginsAtStart(tree.body) : tree.kind === 'assertion' && tree.what === 'start';
}

function costOf(tree: PatternTree, length: number): Cost {
  switch (tree.kind) {
    case 'bytes':
    case 'assertion':
      return ONE;
    case 'sequence':
      return tree.items.reduce<Cost>((before, item) => {
        const { ways, steps } = costOf(item, length);
        return { ways: before.ways * ways, steps: before.steps + before.ways * steps };
      }, ONE);
    case 'alternation': {
      const branches = tree.branches.map((branch) => costOf(branch, length));
      return { ways: sum(branches.map(({ ways }) => ways)), steps: 1 + sum(branches.map(({ steps }) => steps)) };
    }
    case 'group':
    case 'atomic': {
      const { ways, steps } = costOf(tree.body, length);
      return { ways, steps: steps + 1 };
    }
    case 'look':
      return { ways: 1, steps: 1 + costOf(tree.body, length).steps };
    case 'repeat':
      return costOfRepeat(tree, length);
  }
}

/** A turn that takes nothing is the last: there is at most one more than bytes, unless so many are asked for. */
function costOfRepeat({ body, min, max }: Repeat, length: number): Cost {
  const turns = Math.min(max, Math.max(min, length + 1));
  const turn = costOf(body, length);
  let ways = 1;
  let waysOfTurns = 1;
  let steps = 1;
  for (let number = 0; number < turns && Number.isFinite(steps); number += 1) {
    steps += waysOfTurns * (turn.steps + 1);
    waysOfTurns *= turn.ways;
    ways += waysOfTurns;
  }
  return { ways, steps };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
