import { ERROR_CODES } from '../domain/error-codes.ts';
import type { Reload } from '../domain/reload.ts';
import { errorResponse } from '../http/json-response.ts';
import { jsonAnswer } from './routing/answer.ts';
import { withJson } from './routing/request-body.ts';
import type { Routes } from './routing/route-table.ts';

export interface ReloadOptions {
  /** Whether the route is enabled. Called at each request. */
  readonly isReloadAllowed: () => boolean;
  readonly reload: Reload;
}

const NOT_ALLOWED = errorResponse('forbidden', {
  message: 'Set api.reload to reload the configuration this way, or send SIGHUP.',
});

/** Adds the route that reloads the configuration and returns the result. */
export function addReloadRoute(routes: Routes, { isReloadAllowed, reload }: ReloadOptions): void {
  const handle = withJson(async () => {
    if (!isReloadAllowed()) return NOT_ALLOWED;
    const outcome = await reload();
    switch (outcome.kind) {
      case 'applied':
        return jsonAnswer({ applied: outcome.applied, needs_restart: outcome.needsRestart });
      case 'refused': {
        const { problems } = outcome;
        const message = 'The new configuration is wrong; nothing was changed.';
        return jsonAnswer(
          { error: { code: 'config_invalid', message }, problems },
          ERROR_CODES.config_invalid.status,
        );
      }
      case 'unavailable':
        return errorResponse('reload_unavailable', { message: outcome.reason });
    }
  });
  routes.post('/-/reload', handle);
}
