/** A domain's contexts: name to the names of its extensions, in order. */
import { createRequire } from 'node:module';
import { createValidator, type Validated } from '../dialplan/validate.js';

export type ContextLists = ReadonlyMap<string, readonly string[]>;

const schema = createRequire(import.meta.url)('../../schema/contexts.schema.json') as object;
const validator = createValidator<Readonly<Record<string, readonly string[]>>>(schema, { unknownKey: 'error' });

/** Validates a domain's contexts. */
export function parseContexts(text: string): Validated<ContextLists> {
  const { document, problems } = validator.validateText(text);
  if (document === undefined) return { document, problems };
  const lists = Object.entries(document)
    .filter(([name]) => name !== '$schema')
    .map(([name, list]) => [name, list.map((extension) => extension.normalize('NFC'))] as const);
  return { document: new Map(lists), problems };
}
