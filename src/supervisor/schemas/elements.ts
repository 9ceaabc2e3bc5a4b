/**
 * What the schemas of the API are made of. Answers are written by those, the page's code is typed by them, OpenAPI is made of them.
 */
import { Type, type TSchema } from '@fastify/type-provider-typebox';

export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
export const time = (description: string) => Type.Integer({ description: `${description}, epoch milliseconds` });
export const text = (description: string) => Type.String({ description });
export const count = (description?: string) => Type.Integer(description === undefined ? {} : { description });
