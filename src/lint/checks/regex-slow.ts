/** An expression that some text keeps PCRE2 busy with until it gives up, which counts as no match. Measured, not guessed. */
import type { Bytes } from '../../bytes.js';
import { readExpression } from '../../dialplan/expression.js';
import { Pattern } from '../../dialplan/pcre2.js';
import { slowSubjects } from '../../pattern/slow-subjects.js';
import { extensionCheck } from '../finding.js';
import { quoted } from '../quoted.js';
import { testsOf } from '../walk.js';

/** As long as a SIP user part may well be. */
const LENGTHS = [32, 64, 128, 256];
const LONGEST_SHOWN = 60;

export const regexSlow = extensionCheck({ 'regex-slow': 'error' }, function* (extension) {
  for (const { test, pointer } of testsOf(extension)) {
    const { text, compiled } = test.expression;
    if (test.field === undefined || !(compiled instanceof Pattern)) continue;
    const slow = slowestSubject(text, compiled);
    if (slow === undefined) continue;
    const shown = slow.length > LONGEST_SHOWN ? `${quoted(slow.slice(0, LONGEST_SHOWN))}…` : quoted(slow);
    yield {
      path: `${pointer}/expression`,
      message: `${quoted(text)} can be kept busy: PCRE2 gives up on a text of ${slow.length} bytes, ${shown}; that is no match`,
      fix: 'leave only one way to match each text: no repeated group in which something is repeated, or a possessive one, (…)++',
    };
  }
});

/** The shortest text found on which PCRE2 gives up. */
function slowestSubject(expression: Bytes, pattern: Pattern): Bytes | undefined {
  const read = readExpression(expression);
  if ('message' in read) return undefined;
  for (const length of LENGTHS) {
    for (const subject of slowSubjects(read.pattern, read, length)) if (givesUp(pattern, subject)) return subject;
  }
  return undefined;
}

function givesUp(pattern: Pattern, subject: Bytes): boolean {
  const reasons: string[] = [];
  pattern.test(subject, (reason) => reasons.push(reason));
  return reasons.length > 0;
}
