/** What a load balancer or an orchestrator asks: is it alive, may it get calls. Says nothing of any call; nobody signs in. */
import { Type, type FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { DaemonWatch } from './daemon-watch.js';
import { Readiness } from './schemas/status.js';

const MS = 1000;

export const probes: FastifyPluginCallbackTypebox<{ readonly watch: DaemonWatch }> = (server, { watch }, done) => {
  server.get(
    '/healthz',
    {
      schema: {
        summary: 'Whether it lives',
        security: [],
        response: { 200: Type.Object({ status: Type.Literal('ok') }) },
      },
    },
    () => ({ status: 'ok' as const }),
  );
  server.get(
    '/readyz',
    { schema: { summary: 'Whether it takes calls', security: [], response: { 200: Readiness, 503: Readiness } } },
    async (_request, reply) => {
      const { isUp, version, loadedAt } = watch.store;
      const reasons = [
        ...(watch.isDraining ? ['draining: it takes no more calls'] : []),
        ...(version === 0 ? ['no dialplan was loaded yet'] : []),
      ];
      return reply.code(reasons.length === 0 ? 200 : 503).send({
        isReady: reasons.length === 0,
        reasons,
        isDraining: watch.isDraining,
        store: { isUp, version, ageSeconds: loadedAt === null ? null : (Date.now() - loadedAt) / MS },
      });
    },
  );
  done();
};
