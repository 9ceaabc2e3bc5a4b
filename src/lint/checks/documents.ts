/** Documents that do not validate, keys nobody reads, a name that does not count. */
import type { Check } from '../finding.js';

export const documents: Check = {
  codes: { 'document-invalid': 'error', 'unknown-key': 'warning', 'name-ignored': 'warning' },
  *find({ problems, extensions }) {
    for (const { severity, location, path, message } of problems) {
      yield { code: severity === 'error' ? 'document-invalid' : 'unknown-key', location, path, message };
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
