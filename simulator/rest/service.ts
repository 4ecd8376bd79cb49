import type { Endpoint } from './endpoint.ts';
import { ok } from './response.ts';

/*
 * What GitHub publishes about itself: https://docs.github.com/en/rest/meta/meta and
 * https://docs.github.com/en/rest/rate-limit/rate-limit
 */

/** This machine, and addresses reserved for documentation. */
const HOOK_RANGES = ['127.0.0.0/8', '::1/128', '192.0.2.0/24', '2001:db8::/32'];

export const SERVICE_ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/meta',
    access: { to: 'anyone' },
    parameters: [],
    answer: () =>
      ok({
        verifiable_password_authentication: false,
        hooks: HOOK_RANGES,
        web: ['192.0.2.0/24'],
        api: ['192.0.2.0/24'],
        git: ['192.0.2.0/24'],
        actions: ['198.51.100.0/24'],
      }),
  },
  {
    method: 'GET',
    path: '/rate_limit',
    access: { to: 'anyone' },
    parameters: [],
    answer({ caller }, { limits }) {
      const core = limits.budgetOf(caller);
      const search = { limit: 30, used: 0, remaining: 30, reset: core.reset };
      return ok({ resources: { core, search }, rate: core });
    },
  },
];
