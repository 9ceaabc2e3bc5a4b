/** Signing in with a token, so that a browser can read. */
import { Type, type FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { Logger } from 'winston';
import { SIGNED_IN_MS, type Access } from './access.js';
import { ApiError, Reader } from './schemas/readers.js';

export const COOKIE = 'parkway_session';
const LONGEST_TOKEN = 1024;
const MS = 1000;

export interface SessionOptions {
  readonly access: Access;
  readonly logger: Logger;
}

/** `POST /session` is open to all; the page asks `GET /session` who it shows things to. */
export const session: FastifyPluginCallbackTypebox<SessionOptions> = (server, { access, logger }, done) => {
  server.get('/session', { schema: { summary: 'Who reads', response: { 200: Reader } } }, (request) => request.reader);

  server.post(
    '/session',
    {
      config: { isOpenToAll: true },
      schema: {
        summary: 'Sign in with a token',
        security: [],
        body: Type.Object({ token: Type.String({ maxLength: LONGEST_TOKEN }) }),
        response: { 204: Type.Null(), 401: ApiError },
      },
    },
    async (request, reply) => {
      const role = access.roleOfToken(request.body.token);
      if (role === undefined) {
        logger.warn(`${request.ip} tried to sign in with a wrong token`, { event: 'signIn', peer: request.ip });
        return reply.code(401).send({ error: 'wrong_token', message: 'that is not the token' });
      }
      logger.info(`${request.ip} signed in as ${role}`, { event: 'signIn', peer: request.ip, role });
      return reply
        .setCookie(COOKIE, access.cookieFor(role), {
          httpOnly: true,
          sameSite: 'strict',
          path: '/',
          maxAge: SIGNED_IN_MS / MS,
          secure: request.headers['x-forwarded-proto'] === 'https',
        })
        .code(204)
        .send(null);
    },
  );

  server.delete(
    '/session',
    { config: { isOpenToAll: true }, schema: { summary: 'Sign out', security: [], response: { 204: Type.Null() } } },
    async (_request, reply) => reply.clearCookie(COOKIE, { path: '/' }).code(204).send(null),
  );
  done();
};
