/** Documents that do not validate, keys nobody reads, a name that does not count. */
import { EXTENSION_KEYS } from '../../dialplan/parse-extension.js';
import { suggestion } from '../../dialplan/validate.js';
import type { Check } from '../finding.js';

export const documents: Check = {
  codes: { 'document-invalid': 'error', 'unknown-key': 'warning', 'key-not-read': 'info', 'name-ignored': 'warning' },
  *find({ problems, extensions }) {
    for (const { severity, ...problem } of problems) {
      yield { code: severity === 'error' ? 'document-invalid' : codeOfKey(problem.path), ...problem };
    }
    for (const { name, location, document } of extensions) {
      if (document.name === undefined || String(document.name) === name) continue;
      yield {
        code: 'name-ignored',
        location,
        path: '/name',
        message: `"${document.name}" is not the name it is stored under, "${name}", which counts`,
        fix: `make it "${name}", or leave it out`,
      };
    }
  },
};

/** A key that looks like one there is was probably meant to be it; another does no harm. */
function codeOfKey(path: string): string {
  const key = path.slice(path.lastIndexOf('/') + 1);
  return suggestion(key, EXTENSION_KEYS) === '' ? 'key-not-read' : 'unknown-key';
}
