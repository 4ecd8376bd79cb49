import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../domain/contracts.ts';
import type { Network } from '../../outbound/network.ts';
import { fetchJson } from './fetch-json.ts';

/** The issuer's keys can't be had at present: nothing can be said of a token. */
export class KeysUnavailable extends Error {}

/**
 * After this time they are fetched anew, and after that they are not believed any more, when the issuer does
 * not answer.
 */
const FRESH_MS = 3_600_000;
const USABLE_MS = 24 * 3_600_000;
/** An unknown key, or a failure, leads to no more than one request in this time, whoever asks. */
const APART_MS = 30_000;

/**
 * The keys of an issuer, found by its discovery document, fetched when they are needed first, each hour, and
 * when a token names one that is not known, because it was rotated. Throws `KeysUnavailable`, or jose's
 * `JWKSNoMatchingKey`.
 */
export function openKeySet(issuer: string, clock: Clock, network: () => Network): JWTVerifyGetKey {
  let keys: { readonly find: JWTVerifyGetKey; readonly atMs: number } | null = null;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | null = null;

  async function load(): Promise<void> {
    triedAtMs = clock();
    try {
      keys = { find: createLocalJWKSet(await fetchKeys(issuer, network())), atMs: clock() };
    } catch (error) {
      if (keys === null || clock() - keys.atMs > USABLE_MS) throw new KeysUnavailable('', { cause: error });
    }
  }

  /** Those who come meanwhile wait for the same answer. */
  async function refresh(): Promise<void> {
    if (underWay === null && clock() - triedAtMs < APART_MS) return;
    underWay ??= load().finally(() => {
      underWay = null;
    });
    await underWay;
  }

  return async (header, token) => {
    if (keys === null || clock() - keys.atMs > FRESH_MS) await refresh();
    if (keys === null || clock() - keys.atMs > USABLE_MS) throw new KeysUnavailable();
    try {
      return await keys.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      return keys.find(header, token);
    }
  };
}

/**
 * What the issuer publishes now; rejects when it can't be had. The keys may be nowhere but at the issuer's
 * own origin.
 */
export async function fetchKeys(issuer: string, network: Network): Promise<JSONWebKeySet> {
  const base = issuer.replace(/\/$/, '');
  const { issuer: named, jwks_uri: place } = await fetchJson(
    `${base}/.well-known/openid-configuration`,
    network,
  );
  if (named !== issuer) throw new Error('The discovery document is of another issuer.');
  if (typeof place !== 'string' || URL.parse(place)?.origin !== new URL(issuer).origin)
    throw new Error('The keys are at another origin than the issuer.');
  const found = await fetchJson(place, network);
  if (!Array.isArray(found['keys'])) throw new Error('There are no keys.');
  return found as unknown as JSONWebKeySet;
}
