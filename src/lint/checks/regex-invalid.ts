/** An expression that PCRE2 does not compile never matches; FreeSWITCH logs an error at each call and goes on. */
import { Pattern } from '../../dialplan/pcre2.js';
import { extensionCheck } from '../finding.js';
import { quoted } from '../quoted.js';
import { testsOf } from '../walk.js';

export const regexInvalid = extensionCheck({ 'regex-invalid': 'error' }, function* (extension) {
  for (const { test, pointer } of testsOf(extension)) {
    const { compiled, text } = test.expression;
    if (test.field === undefined || compiled === undefined || compiled instanceof Pattern) continue;
    const where = compiled.offset === undefined ? '' : ` at offset ${compiled.offset}`;
    yield { path: `${pointer}/expression`, message: `${quoted(text)} never matches: ${compiled.message}${where}` };
  }
});
