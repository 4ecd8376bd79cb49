import * as kinds from './kinds.ts';
import * as metricKinds from './metric-kinds.ts';
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
  reload: setting(
    'api.reload',
    metricKinds.flag(),
    'false',
    'Whether `POST /-/reload` reads the configuration again, as SIGHUP always does. It asks for what every change asks for.',
    'reload',
  ),
  tokens: secret('api.tokens', 'Bearer tokens that the API accepts where it asks for one.'),
};
