/** A time attribute and a field on one condition: FreeSWITCH does not take both together. */
import type { Test } from '../../dialplan/extension.js';
import { extensionCheck } from '../finding.js';
import { conditionsOf } from '../walk.js';

export const timeAndField = extensionCheck({ 'time-and-field': 'warning' }, function* (extension) {
  for (const { condition, pointer } of conditionsOf(extension)) {
    const { rule } = condition;
    if (rule === undefined && isBoth(condition)) {
      yield {
        path: pointer,
        message:
          'the time and the field are not taken together: when the field matches, the time does not count, and when ' +
          'only the time holds, the actions run all the same',
        fix: 'put the field into a condition of its own behind this one',
      };
    }
    if (rule !== undefined && condition.time !== undefined) {
      yield {
        path: pointer,
        message:
          'the time and the rule are not taken together: when the time holds, the actions run whatever the rule says',
        fix: 'put the rule into a condition of its own behind this one',
      };
    }
    for (const child of rule?.children ?? []) {
      if (!isBoth(child)) continue;
      yield {
        path: child.place.pointer,
        message: 'of a field and a time in one child of a rule only the field counts',
        fix: 'make the time a child of its own',
      };
    }
  }
});

function isBoth({ time, field }: Test): boolean {
  return time !== undefined && field !== undefined;
}
