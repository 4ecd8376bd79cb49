import { type AddressRange, readRange } from '../http/address-ranges.ts';
import { ANY_PATH, pathOf } from '../http/request-path.ts';
import * as kinds from './kinds.ts';
import { host, port, tlsSettings } from './listeners.ts';
import { secretLines } from './secrets.ts';
import { secret, setting } from './setting.ts';

/** Who may send. */
export interface AllowedAddresses {
  readonly ranges: readonly AddressRange[];
  /** Whether GitHub's addresses are included. */
  readonly github: boolean;
}

const GITHUB = 'github';

/** Addresses and ranges. */
export function addresses(): kinds.Kind<readonly AddressRange[]> {
  return kinds.listOf({
    expects: 'IP addresses, or ranges as ADDRESS/BITS, separated by commas',
    example: '10.0.0.0/8, 2001:db8::1',
    readItem: (part) => readRange(part) ?? undefined,
    advise: adviseOn,
  });
}

/** Addresses, ranges, and the word `github`. */
export function allowedAddresses(): kinds.Kind<AllowedAddresses> {
  const list = kinds.listOf({
    expects: `IP addresses, ranges as ADDRESS/BITS, or the word ${GITHUB}, separated by commas`,
    example: 'github, 192.0.2.0/24',
    readItem: (part) => (part === GITHUB ? GITHUB : (readRange(part) ?? undefined)),
    advise: adviseOn,
  });
  return {
    ...list,
    read(texts) {
      const parts = list.read(texts);
      return parts && { ranges: parts.filter((part) => part !== GITHUB), github: parts.includes(GITHUB) };
    },
  };
}

/** Names the first invalid part: in a list, it is not obvious. */
function adviseOn(text: string): string | undefined {
  const wrong = kinds.itemsIn([text], ',').find((part) => part !== GITHUB && readRange(part) === null);
  if (wrong === undefined) return undefined;
  const shown = JSON.stringify(wrong.slice(0, 50));
  return /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/i.test(wrong)
    ? `${shown} is a name: write the addresses that it stands for`
    : `${shown} is no address`;
}

/** Paths of URLs, as in a request line, at least one; `*` is any. `taken` is already in use. */
export function urlPaths(taken: string): kinds.Kind<readonly string[]> {
  const list = kinds.listOf({
    expects: `URL paths that begin with / and are not ${taken}, separated by commas, or * for any`,
    example: '/webhook, /github',
    readItem: (text) => (text === ANY_PATH || (isPath(text) && pathOf(text) !== taken) ? text : undefined),
  });
  return {
    ...list,
    read(texts) {
      const paths = list.read(texts);
      return paths?.length === 0 ? undefined : paths;
    },
  };
}

function isPath(text: string): boolean {
  return /^\/[\x21\x22\x24-\x2b\x2d-\x3e\x40-\x7e]*$/.test(text);
}

/** How deliveries are received. */
export const WEBHOOK_SETTINGS = {
  host: setting('webhook.host', host(), '0.0.0.0', 'Address that the webhook listener binds to.', 'restart'),
  port: setting('webhook.port', port(), '8080', 'Port of the webhook listener. 0: any free port.', 'restart'),
  paths: setting(
    'webhook.path',
    urlPaths('/livez'),
    '/webhook',
    "Path of the payload URL in GitHub's webhook settings. Several, separated by commas, if hooks send to different ones. `*`: any path.",
    'restart',
  ),
  secrets: {
    ...secret(
      'webhook.secret',
      secretLines(),
      "The secret from GitHub's webhook settings. All of several secrets are accepted, so that one can be rotated. At least 8 bytes each; 32 are better. Without a secret, `github.repositories` are polled through GitHub's API.",
    ),
    // Its absence means another way to run.
    applies: 'reload if set' as const,
    needed:
      "make one with `openssl rand -hex 32`, enter it in GitHub's webhook settings, and set ANT_WATCHER_WEBHOOK_SECRET, or name a file that holds it in ANT_WATCHER_WEBHOOK_SECRET_FILE; or, without webhooks, set github.repositories and github.token",
  },
  allowedIps: setting(
    'webhook.allowed_ips',
    allowedAddresses(),
    '',
    'Addresses that may send deliveries: single addresses and ranges (`192.0.2.0/24`), separated by commas. `github` stands for the ranges that GitHub.com publishes at `GET /meta` of `github.api_url`. Empty: everybody.',
  ),
  trustedProxies: setting(
    'webhook.trusted_proxies',
    addresses(),
    '',
    'Addresses and ranges of your proxies, whose `X-Forwarded-For` header is trusted. Empty: the connecting address counts.',
  ),
  rateLimit: setting(
    'webhook.rate_limit',
    kinds.wholeNumber(1, 1_000_000, '50000'),
    '50000',
    'Requests per second from all addresses together; twice as many may arrive at once. A request that fails, such as one with a wrong signature, counts as 50, plus 1 for each KiB of its body. Half of the limit is reserved for addresses that have delivered before or are in `webhook.allowed_ips`.',
  ),
  rateLimitPerAddress: setting(
    'webhook.rate_limit_per_address',
    kinds.wholeNumber(1, 1_000_000, '20000'),
    '20000',
    'The same limit per address (IPv6: per /64). Beyond it, requests are answered with 429.',
  ),
  maxConnections: setting(
    'webhook.max_connections',
    kinds.wholeNumber(1, 1_000_000, '2000'),
    '2000',
    'Maximum number of open connections; more are closed at once. A quarter is reserved for addresses that have delivered before or are in `webhook.allowed_ips`.',
  ),
  maxConnectionsPerAddress: setting(
    'webhook.max_connections_per_address',
    kinds.wholeNumber(1, 1_000_000, '500'),
    '500',
    'Maximum number of open connections per address (IPv6: per /64), except those of `webhook.trusted_proxies`.',
  ),
  bodyLimitBytes: setting(
    'webhook.body_limit',
    kinds.size({ min: '1B', max: '1GiB' }),
    '25MiB',
    'Larger deliveries are refused with 413. GitHub sends up to 25 MiB.',
    'restart',
  ),
  headerTimeoutMs: setting(
    'webhook.header_timeout',
    kinds.duration(),
    '10s',
    'Time limit for the headers of a request.',
    'restart',
  ),
  bodyTimeoutMs: setting(
    'webhook.body_timeout',
    kinds.duration(),
    '30s',
    'Time limit for the whole request.',
    'restart',
  ),
  idleTimeoutMs: setting(
    'webhook.idle_timeout',
    kinds.duration(),
    '65s',
    'Idle keep-alive connections are closed after this time.',
    'restart',
  ),
  writeTimeoutMs: setting(
    'webhook.write_timeout',
    kinds.duration(),
    '30s',
    'A client that reads nothing of its response for this long, or not all of it in four times that, is cut off.',
    'restart',
  ),
  maxWaiting: setting(
    'webhook.max_waiting',
    kinds.wholeNumber(1, 1_000_000, '10000'),
    '10000',
    'Maximum number of deliveries waiting to be stored. Beyond it, requests are answered with 503.',
  ),
  ...tlsSettings('webhook'),
};
