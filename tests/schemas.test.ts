import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';

const directory = new URL('../schema/', import.meta.url);

// What checks documents takes them for schemas as they are.
test.each(readdirSync(directory))('%s is a JSON Schema', (name) => {
  const ajv = new Ajv({ allowUnionTypes: true });
  const schema = JSON.parse(readFileSync(new URL(name, directory), 'utf8')) as object;
  expect(ajv.validateSchema(schema)).toBe(true);
  expect(ajv.validateSchema({ ...schema, required: 'a text' })).toBe(false);
});
