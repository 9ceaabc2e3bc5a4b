/** What a rule (`regex="all|any|xor"`) does that it does not look like. */
import { extensionCheck } from '../finding.js';
import { conditionsOf } from '../walk.js';

export const ruleTraps = extensionCheck(
  { 'rule-without-children': 'error', 'rule-field-ignored': 'warning', 'rule-proceeds-on-failure': 'warning' },
  function* (extension) {
    for (const { condition, document, pointer } of conditionsOf(extension)) {
      const { rule } = condition;
      if (rule === undefined) {
        if (document.regexes === undefined) continue;
        yield {
          path: `${pointer}/regexes`,
          message: 'without "regex" these are not looked at',
          fix: 'add "regex": "all", "any" or "xor"',
        };
        continue;
      }
      if (rule.children.length === 0) {
        yield {
          path: `${pointer}/regex`,
          message: `a rule without children always ${rule.kind === 'all' ? 'passes' : 'fails'}`,
          fix: 'put its children into "regexes"',
        };
      }
      if (document.field !== undefined || document.expression !== undefined) {
        yield {
          code: 'rule-field-ignored',
          path: `${pointer}/${document.field === undefined ? 'expression' : 'field'}`,
          message: "with a rule the condition's own field and expression are not looked at",
          fix: 'make them a child of the rule',
        };
      }
      const last = rule.children.length - 1;
      const capturing = rule.children.findIndex(({ field, expression }) => field !== undefined && expression.captures);
      if (rule.kind === 'all' && capturing >= 0 && capturing < last && !extension.extension.continues) {
        yield {
          code: 'rule-proceeds-on-failure',
          path: `${pointer}/regexes/${capturing}/expression`,
          message:
            'when this child captures and a later one fails, FreeSWITCH ends the hunt here, without the actions: ' +
            'the extensions behind are not tried',
          fix: 'make the child with a parenthesis the last one, or take its parentheses away',
        };
      }
    }
  },
);
