import * as kinds from './kinds.ts';
import { secret, setting } from './setting.ts';
import { tlsSettings } from './tls-settings.ts';

/** How deliveries are received. */
export const WEBHOOK_SETTINGS = {
  host: setting('webhook.host', kinds.host(), '0.0.0.0', 'Address that the webhook listener binds.'),
  port: setting('webhook.port', kinds.port(), '8080', 'Port of the webhook listener; 0 takes any free one.'),
  path: setting(
    'webhook.path',
    kinds.urlPath('/livez'),
    '/webhook',
    "Path of the payload URL in GitHub's webhook settings.",
  ),
  secrets: secret(
    'webhook.secret',
    "The secret of GitHub's webhook settings. Several are all accepted, so that a secret can be rotated. Without one, `github.repositories` are read from GitHub's API.",
    "make one with `openssl rand -hex 32`, enter it in GitHub's webhook settings, and hand it over in ANT_WATCHER_WEBHOOK_SECRET, or in a file that ANT_WATCHER_WEBHOOK_SECRET_FILE names; or, without webhooks, set github.repositories and github.token",
  ),
  bodyLimitBytes: setting(
    'webhook.body_limit',
    kinds.size({ min: '1B', max: '1GiB' }),
    '25MiB',
    'Larger deliveries are refused with 413. GitHub sends up to 25 MiB.',
  ),
  headerTimeoutMs: setting(
    'webhook.header_timeout',
    kinds.duration(),
    '10s',
    'Time within which the headers of a request must be complete.',
  ),
  bodyTimeoutMs: setting(
    'webhook.body_timeout',
    kinds.duration(),
    '30s',
    'Time within which the whole request must be complete.',
  ),
  idleTimeoutMs: setting(
    'webhook.idle_timeout',
    kinds.duration(),
    '65s',
    'A kept-alive connection without a request is closed after this time.',
  ),
  maxWaiting: setting(
    'webhook.max_waiting',
    kinds.wholeNumber(1, 1_000_000, '10000'),
    '10000',
    'Deliveries that may wait to be made durable; above that, requests are answered 503.',
  ),
  ...tlsSettings('webhook'),
};
