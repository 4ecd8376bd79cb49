import type { Clock } from '../domain/contracts.ts';
import { readAddress } from './ip-address.ts';
import { TokenBucket } from './token-bucket.ts';

/** Limits wrong credentials per network. Right ones are never looked up here, so nobody can be locked out. */
export interface FailureThrottle {
  /** Counts a failure. Returns 0 if it was allowed, else the milliseconds until the next one is. */
  fail(address: string): number;
}

/** Anybody may make this many mistakes; then one every six seconds. */
const BURST = 10;
const REFILL_MS = 6000;
/** Buckets hold milliseconds, which add up without a rounding. */
const CAPACITY_MS = BURST * REFILL_MS;
const MS_PER_SECOND = 1000;
/** Networks that are remembered. When there are more, those whose last failure is oldest are forgotten. */
const MAX_NETWORKS = 10_000;

export function createFailureThrottle(steady: Clock): FailureThrottle {
  /** In the order of their last failures. */
  const buckets = new Map<string, TokenBucket>();

  return {
    fail(address) {
      const network = readAddress(address)?.network ?? address;
      const nowMs = steady();
      const bucket = buckets.get(network) ?? new TokenBucket(CAPACITY_MS, nowMs);
      buckets.delete(network);
      buckets.set(network, bucket);
      if (buckets.size > MAX_NETWORKS) buckets.delete(buckets.keys().next().value ?? '');
      const leftMs = bucket.refill(MS_PER_SECOND, CAPACITY_MS, nowMs);
      if (leftMs < REFILL_MS) return REFILL_MS - leftMs;
      bucket.take(REFILL_MS, 0);
      return 0;
    },
  };
}
