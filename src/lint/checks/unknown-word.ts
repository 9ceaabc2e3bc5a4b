/** A word FreeSWITCH does not know and silently reads as another: `break`, `regex`, and what is true. */
import { lowerCase, isTrue } from '../../dialplan/c-values.js';
import type { Scalar } from '../../dialplan/extension-document.js';
import { suggestion } from '../../dialplan/validate.js';
import { extensionCheck, type FoundInExtension } from '../finding.js';
import { actionsOf, conditionsOf } from '../walk.js';

const BREAK_WORDS = ['on-false', 'on-true', 'always', 'never'];
const RULE_WORDS = ['all', 'any', 'xor'];
const TRUE_WORDS = ['true', 'yes', 'on', 'enabled', 'active', 'allow'];
const FALSE_WORDS = ['false', 'no', 'off', 'disabled', 'inactive', 'deny', 'f', 'n'];

export const unknownWord = extensionCheck({ 'unknown-word': 'warning' }, function* (extension) {
  yield* flag(extension.document.continue, '/continue');
  for (const { document, pointer } of conditionsOf(extension)) {
    yield* word(document.break, BREAK_WORDS, 'on-false', `${pointer}/break`);
    yield* word(document.regex, RULE_WORDS, 'any', `${pointer}/regex`);
    // FreeSWITCH takes an empty one for false; there is no other word that is surely meant.
    yield* flag(document['require-nested'], `${pointer}/require-nested`);
  }
  for (const { document, pointer } of actionsOf(extension)) yield* flag(document.inline, `${pointer}/inline`);
});

function* word(
  value: Scalar | undefined,
  known: readonly string[],
  readAs: string,
  path: string,
): Generator<FoundInExtension> {
  if (value === undefined || value === '' || known.includes(lowerCase(String(value)))) return;
  yield {
    path,
    message: `expected ${known.join(', ')}, found ${JSON.stringify(value)}, which is read as ${readAs}${suggestion(String(value), known)}`,
    fix: `write "${readAs}" if that is meant`,
  };
}

function* flag(value: Scalar | undefined, path: string): Generator<FoundInExtension> {
  const text = String(value ?? '');
  const isClear = text === '' || isTrue(text) || /^[+-]?[0-9.]+$/.test(text) || FALSE_WORDS.includes(lowerCase(text));
  if (isClear) return;
  yield {
    path,
    message: `expected true or false, found ${JSON.stringify(value)}, which is read as false${suggestion(text, TRUE_WORDS)}`,
    fix: 'write true or false',
  };
}
