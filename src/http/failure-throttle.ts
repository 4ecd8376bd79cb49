import { isIPv6 } from 'node:net';
import type { Clock } from '../domain/contracts.ts';

/** Wrong credentials, limited for each address. Right ones are never looked up here, so nobody can be locked out. */
export interface FailureThrottle {
  /** Notes a failure; answers in how many milliseconds the next one is allowed, 0 while this one still was. */
  fail(address: string): number;
}

/** So many mistakes are anybody's; then one every six seconds. */
const BURST = 10;
const REFILL_MS = 6000;
/** Addresses that are remembered; when there are more, those that failed first are forgotten. */
const MOST_ADDRESSES = 10_000;

export function createFailureThrottle(clock: Clock): FailureThrottle {
  /** When the bucket of an address will be full again, in the order of their last failures. */
  const fullAtMs = new Map<string, number>();

  return {
    fail(address) {
      const key = networkOf(address);
      const nowMs = clock();
      const beforeMs = Math.max(nowMs, fullAtMs.get(key) ?? 0);
      const waitMs = beforeMs + REFILL_MS - (nowMs + BURST * REFILL_MS);
      fullAtMs.delete(key);
      fullAtMs.set(key, waitMs > 0 ? beforeMs : beforeMs + REFILL_MS);
      if (fullAtMs.size > MOST_ADDRESSES) fullAtMs.delete(fullAtMs.keys().next().value ?? '');
      return Math.max(0, waitMs);
    },
  };
}

/** One customer has a whole /64 of IPv6. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...new Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':');
}
