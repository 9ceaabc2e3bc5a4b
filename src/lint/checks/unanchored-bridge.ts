/** A destination matched by a pattern that leaves one end open, and then bridged: more numbers get through than are meant. */
import { readExpression } from '../../dialplan/expression.js';
import type { Condition } from '../../dialplan/extension.js';
import { isAnchored } from '../../pattern/anchors.js';
import { parsePattern } from '../../pattern/parse-pattern.js';
import type { PatternTree } from '../../pattern/pattern-tree.js';
import { UnreadablePattern } from '../../pattern/unreadable-pattern.js';
import { lowerCase } from '../../dialplan/c-values.js';
import { extensionCheck } from '../finding.js';
import { quoted } from '../quoted.js';
import { capturesIn } from '../references.js';
import { actionsIn, conditionsOf } from '../walk.js';

export const unanchoredBridge = extensionCheck({ 'unanchored-bridge': 'warning' }, function* (extension) {
  for (const walked of conditionsOf(extension)) {
    const { condition, pointer } = walked;
    const tree = destinationPattern(condition);
    if (tree === undefined) continue;
    const bridge = [...actionsIn(walked)].find(
      ({ action, anti }) => !anti && lowerCase(action.application) === 'bridge',
    );
    if (bridge === undefined || isHeldElsewhere(condition, extension.extension.conditions)) continue;
    const isOpenAtStart = !isAnchored(tree, 'start');
    // What follows is dropped from the number only where a capture is dialled.
    const dropsEnd = !isAnchored(tree, 'end') && capturesIn(bridge.action.data).length > 0;
    if (!isOpenAtStart && !dropsEnd) continue;
    yield {
      path: `${pointer}/expression`,
      message:
        `${quoted(condition.expression.text)} leads to a bridge and is not held to the ${isOpenAtStart ? 'beginning' : 'end'} of the ` +
        `number: ${isOpenAtStart ? 'anything may stand before it' : 'what is behind is dropped without a word'}`,
      fix: `${isOpenAtStart ? 'begin it with ^' : ''}${isOpenAtStart && dropsEnd ? ' and ' : ''}${dropsEnd ? 'end it with $' : ''}`,
    };
  }
});

/** The pattern a condition matches the destination with; undefined for another field and for what cannot be read. */
function destinationPattern({ field, rule, expression }: Condition): PatternTree | undefined {
  if (rule !== undefined || field?.profileField?.name !== 'destination_number' || expression.expands) return undefined;
  const read = readExpression(expression.text);
  if ('message' in read) return undefined;
  try {
    return parsePattern(read.pattern, read);
  } catch (error) {
    if (error instanceof UnreadablePattern) return undefined;
    throw error;
  }
}

/** Whether a condition that must pass as well holds the number at both ends. */
function isHeldElsewhere(condition: Condition, conditions: readonly Condition[]): boolean {
  for (const other of conditions) {
    if (other === condition) return false;
    const tree = other.break === 'on-false' ? destinationPattern(other) : undefined;
    if (tree !== undefined && isAnchored(tree, 'start') && isAnchored(tree, 'end')) return true;
    if (isHeldElsewhere(condition, other.nested)) return true;
  }
  return false;
}
