import type { KeyObject } from 'node:crypto';
import type { Clock, Logger, Meter } from '../../domain/contracts.ts';
import { AntError } from '../../domain/errors.ts';
import type { GitHub } from '../../domain/github-api.ts';
import { Agents } from '../../outbound/agents.ts';
import type { Network } from '../../outbound/network.ts';
import { sleep as realSleep, type Sleep } from '../../timing/sleep.ts';
import { completeApiUrl, usualRateLimit } from './api-url.ts';
import { GitHubClient } from './client.ts';
import { AppCredential, CredentialRefusals, TokenCredential } from './credentials.ts';
import { Gate } from './gate.ts';
import { readAppKey } from './jwt.ts';
import { type GitHubMemory, openGitHubMemory } from './memory.ts';
import { distrustOf, noticesOf } from './notices.ts';
import { Pace } from './pace.ts';
import { Requester } from './requester.ts';
import { ServerClock } from './response-headers.ts';

export interface GitHubOptions {
  /** As `completeApiUrl` takes it. */
  readonly apiUrl: string;
  readonly token: string | null;
  readonly app: { readonly id: string; readonly privateKeyPem: string } | null;
  readonly version: string;
  readonly network: Network;
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** The share, 0 to 1, of each limit that is kept for recovery. */
  readonly reserve: number;
  /** Points per minute of each credential; 0: no limit; null: the usual one of that GitHub. */
  readonly rateLimit: number | null;
  /** For waits and ages: it never steps. Times that GitHub tells are compared with GitHub's own. */
  readonly clock: Clock;
  /** Called with the time of each of GitHub's answers. */
  readonly heard?: (dateMs: number) => void;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Default: empty. */
  readonly memory?: GitHubMemory;
  /** The rest is for tests. */
  readonly cacheBytes?: number;
  readonly maxBodyBytes?: number;
  readonly longestWaitMs?: number;
  readonly sleep?: Sleep;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** A stored delivery contains a payload of up to 25 MiB. */
const MAX_BODY_BYTES = 32 * 1024 ** 2;
const LONGEST_WAIT_MS = 60_000;

/**
 * Creates a client; nothing is sent yet. Throws `config_invalid` for options that can't work, without secrets
 * in its message.
 */
export function openGitHub(options: GitHubOptions): GitHub {
  const { clock, sleep = realSleep, longestWaitMs = LONGEST_WAIT_MS } = options;
  const completed = completeApiUrl(options.apiUrl);
  if ('problem' in completed) throw new AntError('config_invalid', `github.api_url ${completed.problem}.`);
  const baseUrl = completed.url;
  const closing = new AbortController();
  const serverClock = new ServerClock(clock, options.heard);
  const forbid = noticesOf(options.logger, clock);
  const distrust = distrustOf(options.logger, options.meter, clock);
  const refusals = new CredentialRefusals();
  const { budgets, cache } = options.memory ?? openGitHubMemory(options.cacheBytes);
  const limit = options.rateLimit ?? usualRateLimit(baseUrl);
  const pace = new Pace(limit === 0 ? null : limit, clock);
  const gate = new Gate({ ...options, sleep, longestWaitMs, budgets, pace });
  const agents = new Agents(options.network, options);
  const requester = new Requester({
    ...options,
    agents,
    baseUrl,
    sleep,
    longestWaitMs,
    maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
    random: options.random ?? Math.random,
    cache,
    gate,
    serverClock,
    forbid,
    distrust,
    refusals,
    closing: closing.signal,
  });
  const { token, app } = credentialsOf(options, serverClock);
  const shared = { baseUrl, gate, requester, clock, serverClock, closing, agents };
  return new GitHubClient({ ...shared, forbid, distrust, refusals, token, app });
}

function credentialsOf({ token, app }: GitHubOptions, clock: ServerClock) {
  if (token === null && app === null)
    throw new AntError('config_invalid', 'Neither a GitHub App nor a token is configured.');
  if (token !== null && !/^[\x21-\x7e]+$/.test(token))
    throw new AntError('config_invalid', 'github.token contains characters that are not allowed in a token.');
  return {
    token: token === null ? null : new TokenCredential(token),
    app: app === null ? null : new AppCredential(app.id, keyOf(app.privateKeyPem), clock),
  };
}

function keyOf(pem: string): KeyObject {
  const key = readAppKey(pem);
  if (key === null)
    throw new AntError(
      'config_invalid',
      'github.app_private_key is not an RSA private key of at least 2048 bits in PEM form.',
    );
  return key;
}
