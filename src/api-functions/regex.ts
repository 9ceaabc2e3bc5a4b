/** `regex <data>|<pattern>[|<substitution>[|<flags>]]` (`regex_function` in mod_commands.c). */
import type { Bytes } from '../bytes.js';
import { compileExpression } from '../dialplan/expression.js';
import { Pattern } from '../dialplan/pcre2.js';
import { splitArguments } from '../dialplan/split-arguments.js';
import { substituteCaptures } from '../dialplan/substitute-captures.js';

const OTHER_DELIMITER = /^m:([|~/])/;

export function regex(args: Bytes): Bytes {
  const delimiter = OTHER_DELIMITER.exec(args)?.[1];
  const text = delimiter === undefined ? args : args.slice(3);
  const [data, expression, substitution, flags = ''] = splitArguments(text, delimiter ?? '|', 4);
  if (data === undefined || expression === undefined) return '-ERR';
  const pattern = compileExpression(expression);
  const match = pattern instanceof Pattern ? pattern.match(data) : undefined;
  if (substitution === undefined) return match === undefined ? 'false' : 'true';
  if (match !== undefined) {
    return substituteCaptures(substitution.replaceAll('%', '$'), (number) => match.group(number), {
      capacity: (data.length + substitution.length + 10) * match.count,
      neutralise: false,
    });
  }
  if (flags.includes('n')) return '';
  return flags.includes('b') ? 'false' : data;
}
