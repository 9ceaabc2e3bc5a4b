/** What is wrong with a simulation script that came out of a file, place by place. */
import { createRequire } from 'node:module';
import { bytesOf } from '../bytes.js';
import { Pattern } from '../dialplan/pcre2.js';
import type { Problem } from '../dialplan/problem.js';
import { createValidator } from '../dialplan/validate.js';
import type { Script } from './script.js';

const schema = createRequire(import.meta.url)('../../schema/simulation.schema.json') as object;
const validator = createValidator<Script>(schema, { unknownKey: 'error' });

/** An empty list: the value is a `Script`. */
export function scriptProblems(value: unknown): readonly Problem[] {
  const { document, problems } = validator.validateValue(value);
  return document === undefined ? problems : [...expressionProblems(document), ...peerProblems(document)];
}

/** What a schema cannot tell: whether PCRE2 takes an expression. */
function expressionProblems({ applications = [], api = [], extensions = [] }: Script): Problem[] {
  const expressions: readonly (readonly [path: string, expression: string | undefined])[] = [
    ...applications.map(({ data }, index) => [`/applications/${index}/data`, data] as const),
    ...api.map(({ arguments: args }, index) => [`/api/${index}/arguments`, args] as const),
    ...extensions.map(({ destination }, index) => [`/extensions/${index}/destination`, destination] as const),
  ];
  return expressions.flatMap(([path, expression]) => {
    const compiled = Pattern.compile(bytesOf(expression ?? ''));
    if (compiled instanceof Pattern) return [];
    return [error(path, `not a regular expression: ${compiled.message} at offset ${compiled.offset}`)];
  });
}

function peerProblems({ applications = [] }: Script): Problem[] {
  return applications.flatMap(({ application, peer }, index) =>
    peer === undefined || application.toLowerCase() === 'bridge'
      ? []
      : [error(`/applications/${index}/peer`, 'only bridge has a peer')],
  );
}

function error(path: string, message: string): Problem {
  return { severity: 'error', path, message };
}
