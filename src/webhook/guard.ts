import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Clock, Logger } from '../domain/contracts.ts';
import { clientOf } from '../http/client-address.ts';
import type { Client } from '../http/ip-address.ts';
import { Connections } from './connections.ts';
import { createProxyNotice } from './proxy-notice.ts';
import { type Applicant, RateLimiter } from './rate-limiter.ts';
import { REFUSALS, type Refusal } from './refusals.ts';
import type { WebhookRules } from './rules.ts';

/** The addresses that GitHub's deliveries come from. */
export interface GitHubAddresses {
  /** Null: nothing is known of them yet. */
  has(address: string): boolean | null;
}

export interface GuardOptions {
  readonly rules: () => WebhookRules;
  readonly githubAddresses: GitHubAddresses;
  readonly clock: Clock;
  readonly logger: Logger;
}

export type Admission =
  | { readonly applicant: Applicant }
  | { readonly refusal: Refusal }
  /** Too many requests: one may go on after so many seconds. */
  | { readonly waitSeconds: number };

/** `open`: there is no list. `unknown`: GitHub's addresses are on it, and not known yet. */
type Standing = 'open' | 'listed' | 'unlisted' | 'unknown';

/** What can be decided about a request by where it comes from, before anything else is done for it. */
export class Guard {
  readonly connections: Connections;
  readonly #options: GuardOptions;
  readonly #limiter: RateLimiter;
  readonly #noticeProxy: (peer: Client) => void;

  constructor(options: GuardOptions) {
    const { rules, clock, logger } = options;
    this.#options = options;
    this.#limiter = new RateLimiter(rules, clock);
    this.#noticeProxy = createProxyNotice(logger);
    this.connections = new Connections({
      limits: rules,
      isProxy: ({ address }) => rules().trustedProxies.has(address),
      isKnown: (peer) => this.#limiter.isProven(peer.network) || this.#standingOf(peer) === 'listed',
    });
  }

  admit({ socket, headers }: IncomingMessage): Admission {
    const peer = this.connections.peerOf(socket);
    const forwarded = forwardedFor(headers);
    const { trustedProxies } = this.#options.rules();
    if (forwarded !== undefined && trustedProxies.size === 0) this.#noticeProxy(peer);
    const client = clientOf(peer, forwarded, trustedProxies);
    const standing = this.#standingOf(client);
    const applicant = { network: (client ?? peer).network, isListed: standing === 'listed' };
    const waitSeconds = this.#limiter.admit(applicant);
    if (waitSeconds !== null) return { waitSeconds };
    if (standing === 'unknown') return { refusal: REFUSALS.addresses_unknown };
    if (standing !== 'unlisted') return { applicant };
    this.#limiter.failed(applicant, 0);
    return { refusal: REFUSALS.address_not_allowed };
  }

  /** The request was signed with a secret that is known here. */
  succeeded({ network }: Applicant): void {
    this.#limiter.succeeded(network);
  }

  /** The request was no delivery of somebody who knows the secret; `bytes` of its body were read. */
  failed(applicant: Applicant, bytes: number): void {
    this.#limiter.failed(applicant, bytes);
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

/** Node.js has joined several headers of this name in their order. */
function forwardedFor(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['x-forwarded-for'];
  return Array.isArray(value) ? value.join(',') : value;
}
