import * as kinds from './kinds.ts';
import { secret, setting } from './setting.ts';

/** How metrics, health and the operator's API are served. */
export const API_SETTINGS = {
  host: setting(
    'api.host',
    kinds.host(),
    '127.0.0.1',
    'Address that the API listener (metrics, health) binds.',
  ),
  port: setting('api.port', kinds.port(), '9876', 'Port of the API listener; 0 takes any free one.'),
  tokens: secret('api.tokens', 'Bearer tokens that the API accepts where it asks for one.'),
};
