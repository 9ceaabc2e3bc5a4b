/** Data that holds `\'`: FreeSWITCH traces the action and does not take it. */
import { extensionCheck } from '../finding.js';
import { actionsOf } from '../walk.js';

export const dataRefused = extensionCheck({ 'data-refused': 'error' }, function* (extension) {
  for (const { action, pointer } of actionsOf(extension)) {
    if (action.inline || !action.data.includes("\\'")) continue;
    yield {
      path: `${pointer}/data`,
      message: "FreeSWITCH does not take an action whose data holds \\' (a backslash and a quote)",
      fix: 'use other quotes, or a variable that holds the text',
    };
  }
});
