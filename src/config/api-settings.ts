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
  tokens: secret(
    'api.tokens',
    'Bearer tokens that the API accepts where it asks for one; each of 8 bytes at least, better 32.',
    undefined,
    kinds.tokenLines(),
  ),
  basicAuths: {
    name: 'api.basic_auth',
    kind: apiKinds.userPasswords(),
    default: null,
    about: '`user:password`, one a line, for scrapers and browsers: they may read what a token may read.',
    secret: true,
    applies: 'reload' as const,
  },
  public: setting(
    'api.public',
    apiKinds.publicAreas(),
    '',
    'What needs no login although tokens or users are set: `metrics` (`/metrics`), `read` (what `/api/v1/…` tells), `page` (`/`). Health is always open; changes never are.',
    'reload',
  ),
  ...tlsSettings('api'),
};
