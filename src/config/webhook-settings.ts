import * as addressKinds from './address-kinds.ts';
import * as kinds from './kinds.ts';
import { secret, setting } from './setting.ts';
import { tlsSettings } from './tls-settings.ts';

/** How deliveries are received. */
export const WEBHOOK_SETTINGS = {
  host: setting('webhook.host', kinds.host(), '0.0.0.0', 'Address that the webhook listener binds to.'),
  port: setting('webhook.port', kinds.port(), '8080', 'Port of the webhook listener. 0: any free port.'),
  path: setting(
    'webhook.path',
    kinds.urlPath('/livez'),
    '/webhook',
    "Path of the payload URL in GitHub's webhook settings.",
  ),
  secrets: {
    ...secret(
      'webhook.secret',
      kinds.secretLines(),
      "The secret from GitHub's webhook settings. All of several secrets are accepted, so that one can be rotated. At least 8 bytes each; 32 are better. Without a secret, `github.repositories` are polled through GitHub's API.",
    ),
    // Its absence means another way to run.
    applies: 'reload if set' as const,
    needed:
      "make one with `openssl rand -hex 32`, enter it in GitHub's webhook settings, and set ANT_WATCHER_WEBHOOK_SECRET, or name a file that holds it in ANT_WATCHER_WEBHOOK_SECRET_FILE; or, without webhooks, set github.repositories and github.token",
  },
  allowedIps: setting(
    'webhook.allowed_ips',
    addressKinds.allowedAddresses(),
    '',
    'Addresses that may send deliveries: single addresses and ranges (`192.0.2.0/24`), separated by commas. `github` stands for the ranges that GitHub.com publishes at `GET /meta` of `github.api_url`. Empty: everybody.',
    'reload',
  ),
  trustedProxies: setting(
    'webhook.trusted_proxies',
    addressKinds.addresses(),
    '',
    'Addresses and ranges of your proxies, whose `X-Forwarded-For` header is trusted. Empty: the connecting address counts.',
    'reload',
  ),
  rateLimit: setting(
    'webhook.rate_limit',
    kinds.wholeNumber(1, 1_000_000, '50000'),
    '50000',
    'Requests per second from all addresses together; twice as many may arrive at once. A request that fails, such as one with a wrong signature, counts as 50, plus 1 for each KiB of its body. Half of the limit is reserved for addresses that have delivered before or are in `webhook.allowed_ips`.',
    'reload',
  ),
  rateLimitPerAddress: setting(
    'webhook.rate_limit_per_address',
    kinds.wholeNumber(1, 1_000_000, '20000'),
    '20000',
    'The same limit per address (IPv6: per /64). Beyond it, requests are answered with 429.',
    'reload',
  ),
  maxConnections: setting(
    'webhook.max_connections',
    kinds.wholeNumber(1, 1_000_000, '2000'),
    '2000',
    'Maximum number of open connections; more are closed at once. A quarter is reserved for addresses that have delivered before or are in `webhook.allowed_ips`.',
    'reload',
  ),
  maxConnectionsPerAddress: setting(
    'webhook.max_connections_per_address',
    kinds.wholeNumber(1, 1_000_000, '500'),
    '500',
    'Maximum number of open connections per address (IPv6: per /64), except those of `webhook.trusted_proxies`.',
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
    'Time limit for the headers of a request.',
  ),
  bodyTimeoutMs: setting(
    'webhook.body_timeout',
    kinds.duration(),
    '30s',
    'Time limit for the whole request.',
  ),
  idleTimeoutMs: setting(
    'webhook.idle_timeout',
    kinds.duration(),
    '65s',
    'Idle keep-alive connections are closed after this time.',
  ),
  writeTimeoutMs: setting(
    'webhook.write_timeout',
    kinds.duration(),
    '30s',
    'A client that reads nothing of its response for this long, or not all of it in four times that, is cut off.',
  ),
  maxWaiting: setting(
    'webhook.max_waiting',
    kinds.wholeNumber(1, 1_000_000, '10000'),
    '10000',
    'Maximum number of deliveries waiting to be stored. Beyond it, requests are answered with 503.',
    'reload',
  ),
  ...tlsSettings('webhook'),
};
