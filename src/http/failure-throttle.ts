import type { Clock } from '../domain/contracts.ts';
import { readAddress } from './ip-address.ts';
import { TokenBucket } from './token-bucket.ts';

/**
 * Wrong credentials, limited for each network. Right ones are never looked up here, so nobody can be locked
 * out.
 */
export interface FailureThrottle {
  /**
   * Notes a failure; answers in how many milliseconds the next one is allowed, 0 while this one still was.
   */
  fail(address: string): number;
}

/** So many mistakes are anybody's; then one every six seconds. */
const BURST = 10;
const REFILL_MS = 6000;
/** Buckets hold milliseconds, which add up without a rounding. */
const CAPACITY_MS = BURST * REFILL_MS;
const MS_PER_SECOND = 1000;
/** Networks that are remembered; when there are more, those that failed first are forgotten. */
const MOST_NETWORKS = 10_000;

export function createFailureThrottle(clock: Clock): FailureThrottle {
  /** In the order of their last failures. */
  const buckets = new Map<string, TokenBucket>();

  return {
    fail(address) {
      const network = readAddress(address)?.network ?? address;
      const nowMs = clock();
      const bucket = buckets.get(network) ?? new TokenBucket(CAPACITY_MS, nowMs);
      buckets.delete(network);
      buckets.set(network, bucket);
      if (buckets.size > MOST_NETWORKS) buckets.delete(buckets.keys().next().value ?? '');
      const leftMs = bucket.refill(MS_PER_SECOND, CAPACITY_MS, nowMs);
      if (leftMs < REFILL_MS) return REFILL_MS - leftMs;
      bucket.take(REFILL_MS, 0);
      return 0;
    },
  };
}
