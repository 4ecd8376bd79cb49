import * as addressKinds from './address-kinds.ts';
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
    "The secret of GitHub's webhook settings. Several are all accepted, so that a secret can be rotated. Each of 8 bytes at least, better 32. Without one, `github.repositories` are read from GitHub's API.",
    "make one with `openssl rand -hex 32`, enter it in GitHub's webhook settings, and hand it over in ANT_WATCHER_WEBHOOK_SECRET, or in a file that ANT_WATCHER_WEBHOOK_SECRET_FILE names; or, without webhooks, set github.repositories and github.token",
  ),
  allowedIps: setting(
    'webhook.allowed_ips',
    addressKinds.allowedAddresses(),
    '',
    'Addresses that deliveries are taken from: single ones and ranges (`192.0.2.0/24`), with commas between them. The word `github` stands for those that GitHub.com tells at `GET /meta` of `github.api_url`. Empty: everybody.',
    'reload',
  ),
  trustedProxies: setting(
    'webhook.trusted_proxies',
    addressKinds.addresses(),
    '',
    'Addresses and ranges of your proxies: what they say in `X-Forwarded-For` is believed. Empty: the address that connects counts.',
    'reload',
  ),
  rateLimit: setting(
    'webhook.rate_limit',
    kinds.wholeNumber(1, 1_000_000, '50000'),
    '50000',
    'Requests a second of all addresses together; twice as many may come at once. What is not signed correctly counts as 50, and 1 more for each KiB of its body. Half is kept for addresses that delivered before or are in `webhook.allowed_ips`.',
    'reload',
  ),
  rateLimitPerAddress: setting(
    'webhook.rate_limit_per_address',
    kinds.wholeNumber(1, 1_000_000, '20000'),
    '20000',
    'The same for each address (IPv6: each /64). Above it, requests are answered 429.',
    'reload',
  ),
  maxConnections: setting(
    'webhook.max_connections',
    kinds.wholeNumber(1, 1_000_000, '2000'),
    '2000',
    'Open connections; more are closed at once. A quarter is kept for addresses that delivered before or are in `webhook.allowed_ips`.',
    'reload',
  ),
  maxConnectionsPerAddress: setting(
    'webhook.max_connections_per_address',
    kinds.wholeNumber(1, 1_000_000, '500'),
    '500',
    'Open connections of each address (IPv6: each /64) but those of `webhook.trusted_proxies`.',
    'reload',
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
    'reload',
  ),
  ...tlsSettings('webhook'),
};
