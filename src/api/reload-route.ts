import type { FastifyInstance } from 'fastify';
import { ERROR_CODES } from '../domain/error-codes.ts';
import type { Reload } from '../domain/reload.ts';
import { errorResponse } from '../http/json-response.ts';
import { sendError } from './reply.ts';

export interface ReloadOptions {
  /** Whether the route is enabled. Called at each request. */
  readonly isReloadAllowed: () => boolean;
  readonly reload: Reload;
}

const NOT_ALLOWED = errorResponse('forbidden', {
  message: 'Set api.reload to reload the configuration this way, or send SIGHUP.',
});

/** Adds the route that reloads the configuration and returns the result. */
export function addReloadRoute(app: FastifyInstance, { isReloadAllowed, reload }: ReloadOptions): void {
  app.post('/-/reload', async (_, reply) => {
    if (!isReloadAllowed()) return sendError(reply, NOT_ALLOWED);
    const outcome = await reload();
    switch (outcome.kind) {
      case 'applied':
        return { applied: outcome.applied, needs_restart: outcome.needsRestart };
      case 'refused': {
        const { problems } = outcome;
        const message = 'The new configuration is wrong; nothing was changed.';
        return reply
          .code(ERROR_CODES.config_invalid.status)
          .send({ error: { code: 'config_invalid', message }, problems });
      }
      case 'unavailable':
        return sendError(reply, errorResponse('reload_unavailable', { message: outcome.reason }));
    }
  });
}
