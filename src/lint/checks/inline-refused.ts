/** `inline` on an application that FreeSWITCH does not run while it hunts: an error in its log, and nothing is done. */
import { textOf } from '../../bytes.js';
import { findApplication } from '../../dialplan/applications.js';
import { extensionCheck } from '../finding.js';
import { actionsOf } from '../walk.js';

export const inlineRefused = extensionCheck({ 'inline-refused': 'error' }, function* (extension) {
  for (const { action, pointer } of actionsOf(extension)) {
    if (!action.inline || findApplication(action.application)?.inline !== false) continue;
    yield {
      path: `${pointer}/inline`,
      message: `${textOf(action.application)} may not run inline: FreeSWITCH refuses it, and it is not executed at all`,
      fix: 'leave "inline" out',
    };
  }
});
