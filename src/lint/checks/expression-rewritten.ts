/** An expression with `\\`, `\'`, `\s`, `\n`, `\t` or a reference is expanded first, which takes backslashes away. */
import { expand } from '../../dialplan/expand.js';
import { Surroundings } from '../../dialplan/expand.js';
import { Channel } from '../../dialplan/channel.js';
import { Answers } from '../../dialplan/effect.js';
import type { Bytes } from '../../bytes.js';
import { extensionCheck } from '../finding.js';
import { quoted } from '../quoted.js';
import { referencesIn } from '../references.js';
import { testsOf } from '../walk.js';

export const expressionRewritten = extensionCheck({ 'expression-rewritten': 'warning' }, function* (extension) {
  for (const { test, pointer } of testsOf(extension)) {
    const { text, expands } = test.expression;
    if (test.field === undefined || !expands || referencesIn(text).length > 0) continue;
    const expanded = expandAlone(text);
    if (expanded === text) continue;
    yield {
      path: `${pointer}/expression`,
      message: `${quoted(text)} is expanded before it is matched, to ${quoted(expanded)}`,
      fix: 'write a class instead of the backslash: [\\\\] as [\\x5c], \\$ as [$]',
    };
  }
});

/** A text without references expands without a question. */
function expandAlone(text: Bytes): Bytes {
  const step = expand(text, new Surroundings(new Channel(new Map()), new Answers())).next();
  return step.done === true ? step.value : text;
}
