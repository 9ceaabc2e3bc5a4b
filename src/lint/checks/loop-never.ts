/** `loop` below 1, or no number: the action is not taken at all. */
import { extensionCheck } from '../finding.js';
import { actionsOf } from '../walk.js';

export const loopNever = extensionCheck({ 'loop-never': 'warning' }, function* (extension) {
  for (const { action, document, pointer } of actionsOf(extension)) {
    if (action.loop >= 1) continue;
    yield {
      path: `${pointer}/loop`,
      message: `expected a number from 1 on, found ${JSON.stringify(document.loop)}: the action is never taken`,
      fix: 'leave "loop" out, or the action',
    };
  }
});
