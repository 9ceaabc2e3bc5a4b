/** The file of expected moves. It is read apart from what they are held against, so that no thread loads a reader of YAML. */
import { createRequire } from 'node:module';
import { createValidator } from '../dialplan/validate.js';
import { parseYaml, UnusableYamlError } from '../dialplan/yaml-file.js';
import type { ExpectedMove } from './expected-moves.js';

const schema = createRequire(import.meta.url)('../../schema/expected-moves.schema.json') as object;
const validator = createValidator<readonly ExpectedMove[]>(schema, { unknownKey: 'error' });

/** Reads a file of expected moves, YAML or JSON. @throws UnusableYamlError */
export function readExpectedMoves(file: string, text: string): readonly ExpectedMove[] {
  const { value = [], complaint } = parseYaml(file, text);
  const { document, problems } = validator.validateValue(value);
  if (document === undefined) throw new UnusableYamlError(problems.map(complaint));
  return document;
}
