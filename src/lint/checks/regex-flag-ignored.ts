/** Of the flags behind `/pattern/` FreeSWITCH reads `i` and `s`; any other letter does nothing. */
import { extensionCheck } from '../finding.js';
import { quoted } from '../quoted.js';
import { testsOf } from '../walk.js';

const FLAGS = /^\/.*\/([^/]*)$/s;
const UNREAD = /[^is]/g;

export const regexFlagIgnored = extensionCheck({ 'regex-flag-ignored': 'warning' }, function* (extension) {
  for (const { test, pointer } of testsOf(extension)) {
    const { text } = test.expression;
    const unread = (FLAGS.exec(text)?.[1] ?? '').match(UNREAD);
    if (test.field === undefined || unread === null) continue;
    yield {
      path: `${pointer}/expression`,
      message: `${quoted(text)}: of the letters behind the last slash only i and s count, not ${quoted(unread.join(''))}`,
      fix: 'write the flag into the pattern, such as (?m), or a backslash-free pattern without slashes around it',
    };
  }
});
