import { type AddressRange, type AddressRanges, addressRanges } from '../http/address-ranges.ts';
import { type SignatureKey, signatureKeys } from '../http/signature.ts';
import type { RateLimits } from './rate-limiter.ts';

/** The settings that say who may send. */
export interface WebhookRuleValues extends RateLimits {
  readonly secrets: readonly string[];
  /** Both empty: everybody may send. */
  readonly allowedIps: { readonly ranges: readonly AddressRange[]; readonly github: boolean };
  readonly trustedProxies: readonly AddressRange[];
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** How many deliveries may wait to become durable. */
  readonly maxWaiting: number;
}

/** Who may send, prepared for use. Immutable: new settings make a new object. */
export interface WebhookRules extends Omit<WebhookRuleValues, 'secrets' | 'allowedIps' | 'trustedProxies'> {
  readonly keys: readonly SignatureKey[];
  /** Null if everybody may send. */
  readonly allowed: { readonly ranges: AddressRanges; readonly github: boolean } | null;
  readonly trustedProxies: AddressRanges;
}

/** Throws if a secret is empty. */
export function webhookRules(values: WebhookRuleValues): WebhookRules {
  const { secrets, allowedIps, trustedProxies, ...limits } = values;
  const { ranges, github } = allowedIps;
  return Object.freeze({
    rateLimit: limits.rateLimit,
    rateLimitPerAddress: limits.rateLimitPerAddress,
    maxConnections: limits.maxConnections,
    maxConnectionsPerAddress: limits.maxConnectionsPerAddress,
    maxWaiting: limits.maxWaiting,
    keys: signatureKeys(secrets),
    allowed: github || ranges.length > 0 ? { ranges: addressRanges(ranges), github } : null,
    trustedProxies: addressRanges(trustedProxies),
  });
}
