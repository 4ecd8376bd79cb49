import * as kinds from './kinds.ts';
import { host, port, tlsSettings } from './listeners.ts';
import { tokenLines, userPasswords } from './secrets.ts';
import { secret, setting } from './setting.ts';

/** What can be public. */
export type PublicArea = 'metrics' | 'read' | 'page';

const AREAS: readonly PublicArea[] = ['metrics', 'read', 'page'];

/** Any of the areas, or none. */
export function publicAreas(): kinds.Kind<readonly PublicArea[]> {
  return kinds.listOf({
    expects: `any of ${AREAS.join(', ')}, separated by commas`,
    example: 'metrics',
    separator: /[\s,]+/,
    readItem: (word) => AREAS.find((area) => area === word),
  });
}

/** How metrics, health and the operator's API are served. */
export const API_SETTINGS = {
  host: setting(
    'api.host',
    host(),
    '127.0.0.1',
    'Address that the API listener (metrics, health, API) binds to.',
    'restart',
  ),
  port: setting('api.port', port(), '9876', 'Port of the API listener. 0: any free port.', 'restart'),
  reload: setting(
    'api.reload',
    kinds.flag(),
    'false',
    'Whether `POST /-/reload` reloads the configuration, as SIGHUP always does. It needs the same access as every other change.',
  ),
  tokens: secret(
    'api.tokens',
    tokenLines(),
    'Tokens that the API accepts: as bearer token for everything, as the password of any user (in a browser) for reading. At least 8 bytes each; 32 are better.',
  ),
  basicAuths: secret(
    'api.basic_auth',
    userPasswords(),
    '`user:password`, one per line, for scrapers and browsers. A user may read everything and change nothing.',
  ),
  public: setting(
    'api.public',
    publicAreas(),
    '',
    'What is readable without a login: `metrics` (`/metrics`), `read` (`GET /api/v1/…`), `page` (`/`). Health is always readable; changes always need a login.',
  ),
  writeTimeoutMs: setting(
    'api.write_timeout',
    kinds.duration(),
    '30s',
    'A client that reads nothing of its response for this long, or not all of what it was sent in four times that, is cut off. A stream lasts as long as its client keeps up.',
    'restart',
  ),
  ...tlsSettings('api'),
};
