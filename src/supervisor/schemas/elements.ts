/**
 * What the schemas of the API are made of. Answers are written by those, the page's code is typed by them, OpenAPI is made of them.
 */
import { Type, type Static, type TSchema, type TUnsafe } from '@fastify/type-provider-typebox';

/**
 * Said with the type or among the words, not as an alternative (`anyOf`): each value of an alternative is validated before it is written,
 * by code that is compiled when the first reader asks, for a tenth of a second, while calls wait.
 */
export function nullable<Schema extends TSchema>(schema: Schema): TUnsafe<Static<Schema> | null> {
  const { type, enum: words } = schema as { readonly type?: string; readonly enum?: readonly unknown[] };
  return Type.Unsafe<Static<Schema> | null>(
    words === undefined ? { ...schema, type: [type, 'null'] } : { ...schema, enum: [...words, null] },
  );
}

export const time = (description: string) => Type.Integer({ description: `${description}, epoch milliseconds` });
export const text = (description: string) => Type.String({ description });
export const count = (description?: string) => Type.Integer(description === undefined ? {} : { description });
