/** An application no module of FreeSWITCH has: executed, it hangs the call up with DESTINATION_OUT_OF_ORDER. */
import { textOf } from '../../bytes.js';
import { APPLICATION_NAMES, findApplication } from '../../dialplan/applications.js';
import { lowerCase } from '../../dialplan/c-values.js';
import { suggestion } from '../../dialplan/validate.js';
import { extensionCheck } from '../finding.js';
import { quoted } from '../quoted.js';
import { actionsOf } from '../walk.js';

/** No applications, but what mod_skinny looks for in a list that it hunts itself, to know what to do about the digits so far. */
const READ_BY_SKINNY = ['skinny-drop', 'skinny-process', 'skinny-route', 'skinny-wait'];

export const applicationUnknown = extensionCheck(
  { 'application-unknown': 'error' },
  function* (extension, { settings }) {
    const others = new Set([...READ_BY_SKINNY, ...settings.applications.map(lowerCase)]);
    for (const { action, pointer } of actionsOf(extension)) {
      const { application } = action;
      if (findApplication(application) !== undefined || others.has(lowerCase(application))) continue;
      const close = suggestion(textOf(application), APPLICATION_NAMES);
      yield {
        path: `${pointer}/application`,
        message: `no module of FreeSWITCH has an application ${quoted(application)}${close}; executed, it ends the call`,
        fix: 'if a module of your own has it, name it in the lint settings under "applications"',
      };
    }
  },
);
