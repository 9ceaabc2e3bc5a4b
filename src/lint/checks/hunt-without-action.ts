/** An extension that ends the hunt and has nothing to do: the call finds no route. */
import { extensionCheck } from '../finding.js';
import { actionsOf } from '../walk.js';

export const huntWithoutAction = extensionCheck({ 'hunt-without-action': 'warning' }, function* (extension) {
  const { continues, conditions } = extension.extension;
  if (continues || conditions.length === 0) return;
  for (const { action } of actionsOf(extension)) if (action.loop > 0) return;
  yield {
    path: '',
    message: 'it has no action: a call it matches is not tried with the extensions behind, and finds no route',
    fix: 'add an action such as hangup or respond, or "continue": true',
  };
});
