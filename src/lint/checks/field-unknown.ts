/** A `field` that is no caller profile field reads as empty; one with a `$` but no reference is the text itself. */
import { textOf } from '../../bytes.js';
import { PROFILE_FIELD_NAMES } from '../../dialplan/caller-profile.js';
import { suggestion } from '../../dialplan/validate.js';
import { extensionCheck } from '../finding.js';
import { quoted } from '../quoted.js';
import { testsOf } from '../walk.js';

export const fieldUnknown = extensionCheck(
  { 'field-unknown': 'error', 'field-literal': 'warning' },
  function* (extension) {
    for (const { test, pointer } of testsOf(extension)) {
      const { field } = test;
      // An empty field with an empty expression is how some write a condition that always passes.
      if (field?.kind === 'profile' && field.profileField === undefined && field.text !== '') {
        const close = suggestion(textOf(field.text), PROFILE_FIELD_NAMES);
        yield {
          path: `${pointer}/field`,
          message: `${quoted(field.text)} is no field of a caller profile and reads as empty${close}`,
          ...(close === '' ? { fix: `a channel variable is written \${${textOf(field.text)}}` } : {}),
        };
      } else if (field?.kind === 'text') {
        yield {
          code: 'field-literal',
          path: `${pointer}/field`,
          message: `${quoted(field.text)} holds no reference: it is this text for every call`,
          fix: 'write ${name} for a variable',
        };
      }
    }
  },
);
