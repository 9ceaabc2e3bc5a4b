/** All checks. Each code is described in docs/lint.md. */
import { applicationUnknown } from './checks/application-unknown.js';
import { captureMissing } from './checks/capture-missing.js';
import { capturedText } from './checks/captured-text.js';
import { conditionsCutOff } from './checks/conditions-cut-off.js';
import { contexts } from './checks/contexts.js';
import { dataRefused } from './checks/data-refused.js';
import { documents } from './checks/documents.js';
import { expressionRewritten } from './checks/expression-rewritten.js';
import { fieldUnknown } from './checks/field-unknown.js';
import { huntWithoutAction } from './checks/hunt-without-action.js';
import { inlineRefused } from './checks/inline-refused.js';
import { loopNever } from './checks/loop-never.js';
import { regexFlagIgnored } from './checks/regex-flag-ignored.js';
import { regexInvalid } from './checks/regex-invalid.js';
import { regexSlow } from './checks/regex-slow.js';
import { ruleTraps } from './checks/rule-traps.js';
import { setNotInline } from './checks/set-not-inline.js';
import { timeAndField } from './checks/time-and-field.js';
import { timeNever } from './checks/time-never.js';
import { tollFraud } from './checks/toll-fraud.js';
import { unanchoredBridge } from './checks/unanchored-bridge.js';
import { unreachable } from './checks/unreachable.js';
import { unknownWord } from './checks/unknown-word.js';
import type { Check } from './finding.js';

export const CHECKS: readonly Check[] = [
  documents,
  contexts,
  unknownWord,
  regexInvalid,
  regexSlow,
  regexFlagIgnored,
  expressionRewritten,
  fieldUnknown,
  applicationUnknown,
  inlineRefused,
  loopNever,
  dataRefused,
  captureMissing,
  capturedText,
  setNotInline,
  timeAndField,
  timeNever,
  ruleTraps,
  conditionsCutOff,
  huntWithoutAction,
  unanchoredBridge,
  unreachable,
  tollFraud,
];
