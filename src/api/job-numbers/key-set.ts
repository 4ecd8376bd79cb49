import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../domain/contracts.ts';
import { Agents } from '../../outbound/agents.ts';
import { exchange } from '../../outbound/exchange.ts';
import type { Network } from '../../outbound/network.ts';

/** The issuer's keys can't be fetched at present, so no token can be checked. */
export class KeysUnavailable extends Error {}

/**
 * After the first time the keys are fetched again. After the second they are no longer trusted, if the issuer
 * does not respond.
 */
const FRESH_MS = 3_600_000;
const USABLE_MS = 24 * 3_600_000;
/** Unknown keys and failures cause at most one request in this time, whoever asks. */
const MIN_INTERVAL_MS = 30_000;

/**
 * The keys of an issuer, found by its discovery document. They are fetched when first needed, every hour, and
 * when a token names an unknown one, because keys get rotated. Throws `KeysUnavailable`, or jose's
 * `JWKSNoMatchingKey`.
 */
export function openKeySet(issuer: string, steady: Clock, network: () => Network): JWTVerifyGetKey {
  let keys: { readonly find: JWTVerifyGetKey; readonly atMs: number } | null = null;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let inProgress: Promise<void> | null = null;

  async function load(): Promise<void> {
    triedAtMs = steady();
    try {
      const { createLocalJWKSet } = await import('jose');
      keys = { find: createLocalJWKSet(await fetchKeys(issuer, network())), atMs: steady() };
    } catch (error) {
      if (keys === null || steady() - keys.atMs > USABLE_MS) throw new KeysUnavailable('', { cause: error });
    }
  }

  /** Concurrent callers wait for the same request. */
  async function refresh(): Promise<void> {
    if (inProgress === null && steady() - triedAtMs < MIN_INTERVAL_MS) return;
    inProgress ??= load().finally(() => {
      inProgress = null;
    });
    await inProgress;
  }

  return async (header, token) => {
    if (keys === null || steady() - keys.atMs > FRESH_MS) await refresh();
    if (keys === null || steady() - keys.atMs > USABLE_MS) throw new KeysUnavailable();
    try {
      return await keys.find(header, token);
    } catch (error) {
      const { errors } = await import('jose');
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      return keys.find(header, token);
    }
  };
}

/**
 * The keys that the issuer publishes now. Rejects if they can't be fetched. They may only be at the issuer's
 * own origin.
 */
export async function fetchKeys(issuer: string, network: Network): Promise<JSONWebKeySet> {
  const base = issuer.replace(/\/$/, '');
  const { issuer: namedIssuer, jwks_uri: keysUrl } = await fetchJson(
    `${base}/.well-known/openid-configuration`,
    network,
  );
  if (namedIssuer !== issuer) throw new Error('The discovery document is of another issuer.');
  if (typeof keysUrl !== 'string' || URL.parse(keysUrl)?.origin !== new URL(issuer).origin)
    throw new Error('The keys are at another origin than the issuer.');
  const found = await fetchJson(keysUrl, network);
  if (!Array.isArray(found['keys'])) throw new Error('There are no keys.');
  return found as unknown as JSONWebKeySet;
}

const TIMEOUT_MS = 5000;
const LIMIT_BYTES = 256 * 1024;

/** Fetches a JSON object: within five seconds, at most 256 KiB, without redirects. Throws otherwise. */
async function fetchJson(url: string, network: Network): Promise<Record<string, unknown>> {
  using agents = new Agents(network, { timeoutMs: TIMEOUT_MS });
  const answer = await exchange(new URL(url), {
    method: 'GET',
    headers: { Accept: 'application/json' },
    agents,
    timeoutMs: TIMEOUT_MS,
    maxBytes: LIMIT_BYTES,
  });
  if ('failure' in answer) throw Object.assign(new Error(answer.reason), { hint: answer.hint });
  if (answer.status !== 200) throw new Error(`Status ${answer.status}.`);
  const value: unknown = JSON.parse(answer.body.toString());
  if (typeof value !== 'object' || value === null) throw new Error('The answer is no JSON object.');
  return value as Record<string, unknown>;
}
