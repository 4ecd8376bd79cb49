import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import type { GitHub } from '../domain/github-api.ts';
import type { GitHubMemory } from '../github/client/memory.ts';
import { openGitHub } from '../github/client/open-github.ts';
import type { Network } from '../outbound/network.ts';

/** The values of the settings that say how to log in, and how much to ask. */
export interface LoginValues {
  readonly github: {
    readonly apiUrl: string;
    readonly token: string | null;
    readonly appId: string;
    readonly appPrivateKey: string | null;
    readonly concurrency: number;
    readonly rateLimit: number | null;
    readonly timeoutMs: number;
    readonly reservePercent: number;
  };
  readonly network: Network;
}

export interface LoginOptions {
  readonly version: string;
  readonly time: { readonly steady: Clock };
  readonly serviceClock: { heard(dateMs: number): void };
  readonly logger: Logger;
  readonly meter: Meter;
}

/** What makes it another login: what is known of the limits of one says nothing about another. */
export function loginOf({ github: { apiUrl, token, appId, appPrivateKey } }: LoginValues): unknown {
  return { apiUrl, token, appId, appPrivateKey };
}

/** Null: there is nothing to log in with. */
export function openClient(
  { github, network }: LoginValues,
  memory: GitHubMemory,
  { version, time, serviceClock, logger, meter }: LoginOptions,
): GitHub | null {
  const { apiUrl, token, appId, appPrivateKey, concurrency, rateLimit, timeoutMs, reservePercent } = github;
  const app = appPrivateKey === null ? null : { id: appId, privateKeyPem: appPrivateKey };
  if (token === null && app === null) return null;
  const reserve = reservePercent / 100;
  return openGitHub({
    apiUrl,
    token,
    app,
    network,
    concurrency,
    rateLimit,
    timeoutMs,
    reserve,
    memory,
    version,
    clock: time.steady,
    heard: (dateMs) => serviceClock.heard(dateMs),
    logger,
    meter,
  });
}
