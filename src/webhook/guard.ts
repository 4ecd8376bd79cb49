import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Clock, Logger } from '../domain/contracts.ts';
import { addressRanges, readRange } from '../http/address-ranges.ts';
import { clientOf } from '../http/client-address.ts';
import type { Client } from '../http/ip-address.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { Connections } from './connections.ts';
import { RateLimiter, type Sender } from './rate-limiter.ts';
import { REJECTIONS, type Rejection } from './rejections.ts';
import type { WebhookRules } from './rules.ts';

/** The addresses that GitHub's deliveries come from. */
export interface GitHubAddresses {
  /** Null if GitHub's addresses are not known yet. */
  has(address: string): boolean | null;
}

export interface GuardOptions {
  readonly rules: () => WebhookRules;
  readonly githubAddresses: GitHubAddresses;
  /** For how many connections the process has file descriptors. Default: for any number. */
  readonly fittingConnections?: () => number;
  /** As `ServiceTime.steady`. */
  readonly steady: Clock;
  readonly logger: Logger;
}

export type GuardDecision =
  | { readonly sender: Sender }
  | { readonly rejection: Rejection }
  /** Too many requests: the sender may try again after this many seconds. */
  | { readonly waitSeconds: number };

/** `open`: there is no list. `unknown`: GitHub's addresses are on it, but not known yet. */
type Standing = 'open' | 'listed' | 'unlisted' | 'unknown';

/** Decides about a request by where it comes from, before anything else is done for it. */
export class Guard {
  readonly connections: Connections;
  readonly #options: GuardOptions;
  readonly #limiter: RateLimiter;
  readonly #noticeProxy: (peer: Client) => void;

  constructor(options: GuardOptions) {
    const { rules, steady, logger } = options;
    this.#options = options;
    this.#limiter = new RateLimiter(rules, steady);
    this.#noticeProxy = createProxyNotice(logger);
    this.connections = new Connections({
      limits: () => this.#connectionLimits(),
      isProxy: ({ address }) => rules().trustedProxies.has(address),
      isKnown: (peer) => this.#limiter.isProven(peer.network) || this.#standingOf(peer) === 'listed',
    });
  }

  #connectionLimits() {
    const { rules, fittingConnections = () => Number.POSITIVE_INFINITY } = this.#options;
    const { maxConnections, maxConnectionsPerAddress } = rules();
    return { maxConnections: Math.min(maxConnections, fittingConnections()), maxConnectionsPerAddress };
  }

  admit({ socket, headers }: IncomingMessage): GuardDecision {
    const peer = this.connections.peerOf(socket);
    const forwarded = forwardedFor(headers);
    const { trustedProxies } = this.#options.rules();
    if (forwarded !== undefined && trustedProxies.size === 0) this.#noticeProxy(peer);
    const client = clientOf(peer, forwarded, trustedProxies);
    const standing = this.#standingOf(client);
    const sender = { network: (client ?? peer).network, isListed: standing === 'listed' };
    const waitSeconds = this.#limiter.admit(sender);
    if (waitSeconds !== null) return { waitSeconds };
    if (standing === 'unknown') return { rejection: REJECTIONS.addresses_unknown };
    if (standing !== 'unlisted') return { sender };
    this.#limiter.failed(sender, 0);
    return { rejection: REJECTIONS.address_not_allowed };
  }

  /** The request was signed with a known secret. */
  succeeded({ network }: Sender): void {
    this.#limiter.succeeded(network);
  }

  /** The request was not signed with a known secret; `bytes` of its body were read. */
  failed(sender: Sender, bytes: number): void {
    this.#limiter.failed(sender, bytes);
  }

  #standingOf(client: Client | null): Standing {
    const { allowed } = this.#options.rules();
    if (allowed === null) return 'open';
    if (client === null) return 'unlisted';
    if (allowed.ranges.has(client.address)) return 'listed';
    if (!allowed.github) return 'unlisted';
    const isGitHub = this.#options.githubAddresses.has(client.address);
    if (isGitHub === null) return 'unknown';
    return isGitHub ? 'listed' : 'unlisted';
  }
}

/** Node.js has already joined several headers of this name in order. */
function forwardedFor(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['x-forwarded-for'];
  return Array.isArray(value) ? value.join(',') : value;
}

/**
 * No client on the internet has such an address (https://www.iana.org/assignments/iana-ipv4-special-registry,
 * and the one for IPv6).
 */
const PRIVATE = addressRanges(
  [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '::1',
    'fc00::/7',
    'fe80::/10',
  ]
    .map(readRange)
    .filter((range) => range !== null),
);

/**
 * Warns once about an untrusted proxy in a private network. All its clients count as one address, so one of
 * them can use up the limits of all.
 */
function createProxyNotice(logger: Logger): (peer: Client) => void {
  const notice = new SparingLog((fields) => logger.warn('untrusted_proxy', fields), null);
  const hint = 'name it in webhook.trusted_proxies, so that limits and lists hold for the clients behind it';
  return ({ address }) => {
    if (PRIVATE.has(address)) notice.log({ proxy: address, hint });
  };
}
