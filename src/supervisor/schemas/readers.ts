/** Who reads the API, and what it refuses them. */
import { Type, type Static } from '@fastify/type-provider-typebox';
import { nullable, text } from './elements.js';

export const Reader = Type.Object(
  {
    role: Type.Enum(['administrator', 'supervisor']),
    user: nullable(text('The name the reverse proxy told')),
    isMasked: Type.Boolean({ description: 'Whether longer numbers are shown by their last four digits only' }),
    canSignOut: Type.Boolean(),
  },
  { title: 'Reader' },
);
export type Reader = Static<typeof Reader>;

export const ApiError = Type.Object(
  { error: text('A name for programs'), message: text('What was expected and what was found') },
  { title: 'Error' },
);
export type ApiError = Static<typeof ApiError>;
