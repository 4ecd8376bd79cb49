import * as apiKinds from './api-kinds.ts';
import * as kinds from './kinds.ts';
import * as metricKinds from './metric-kinds.ts';
import { secret, setting } from './setting.ts';
import { tlsSettings } from './tls-settings.ts';

/** How metrics, health and the operator's API are served. */
export const API_SETTINGS = {
  host: setting(
    'api.host',
    kinds.host(),
    '127.0.0.1',
    'Address that the API listener (metrics, health, API) binds to.',
  ),
  port: setting('api.port', kinds.port(), '9876', 'Port of the API listener. 0: any free port.'),
  reload: setting(
    'api.reload',
    metricKinds.flag(),
    'false',
    'Whether `POST /-/reload` reloads the configuration, as SIGHUP always does. It needs the same access as every other change.',
    'reload',
  ),
  tokens: secret(
    'api.tokens',
    kinds.tokenLines(),
    'Bearer tokens that the API accepts. At least 8 bytes each; 32 are better.',
  ),
  basicAuths: secret(
    'api.basic_auth',
    apiKinds.userPasswords(),
    '`user:password`, one per line, for scrapers and browsers. A user may read everything and change nothing.',
  ),
  public: setting(
    'api.public',
    apiKinds.publicAreas(),
    '',
    'What stays readable without a login when tokens or users are set: `metrics` (`/metrics`), `read` (`GET /api/v1/…`), `page` (`/`). Health is always readable; changes always need a login.',
    'reload',
  ),
  writeTimeoutMs: setting(
    'api.write_timeout',
    kinds.duration(),
    '30s',
    'A client that reads nothing of its response for this long, or not all of what it was sent in four times that, is cut off. A stream lasts as long as its client keeps up.',
  ),
  ...tlsSettings('api'),
};
