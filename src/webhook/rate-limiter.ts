import type { Clock } from '../domain/contracts.ts';
import { TokenBucket } from '../http/token-bucket.ts';

/** Requests per second. Twice as many may come at once. */
export interface RateLimits {
  readonly rateLimit: number;
  readonly rateLimitPerAddress: number;
}

/** The sender of a request, as the limits see it. */
export interface Sender {
  readonly network: string;
  /** Its address is listed as one that deliveries come from. */
  readonly isListed: boolean;
}

const BURST_SECONDS = 2;
/** A request that is not signed with a known secret counts as this many requests, … */
const FAILURE_PRICE = 50;
/** … plus one for this many bytes of its body, which was read and hashed for nothing. */
const BYTES_PER_TOKEN = 1024;
/** The share of the common limit that is reserved for networks that have delivered, or are listed. */
const RESERVE = 0.5;
/** Networks that are remembered. The oldest is forgotten first. */
const MAX_NETWORKS = 10_000;
const MAX_PROVEN = 1000;

/**
 * Limits the requests of each network and of all together, before anything of them is read. A correctly
 * signed request costs one token, any other many, so that even with a limit far above what GitHub sends, a
 * flood of bad requests is stopped early. Memory is bounded, whoever sends. The limits may change at any
 * time.
 */
export class RateLimiter {
  readonly #limits: () => RateLimits;
  readonly #steady: Clock;
  readonly #total: TokenBucket;
  readonly #networks = new Map<string, TokenBucket>();
  readonly #proven = new Set<string>();

  constructor(limits: () => RateLimits, steady: Clock) {
    this.#limits = limits;
    this.#steady = steady;
    this.#total = new TokenBucket(BURST_SECONDS * limits().rateLimit, steady());
  }

  /** Null if the request may go on, else the seconds until it could. */
  admit(sender: Sender): number | null {
    const { rateLimit, rateLimitPerAddress } = this.#limits();
    const [own, total] = [this.#bucketOf(sender.network), this.#total];
    const ownTokens = own.refill(rateLimitPerAddress, BURST_SECONDS * rateLimitPerAddress, this.#steady());
    if (ownTokens < 1) return secondsFor(1 - ownTokens, rateLimitPerAddress);
    const floor = this.#floorOf(sender);
    const totalTokens = total.refill(rateLimit, BURST_SECONDS * rateLimit, this.#steady());
    if (totalTokens < floor + 1) return secondsFor(floor + 1 - totalTokens, rateLimit);
    own.take(1, 0);
    total.take(1, floor);
    return null;
  }

  /** The request was signed with a known secret. */
  succeeded(network: string): void {
    if (this.#proven.has(network)) return;
    if (this.#proven.size >= MAX_PROVEN) dropFirst(this.#proven);
    this.#proven.add(network);
  }

  /** It was not; `bytes` of its body were read for nothing. */
  failed(sender: Sender, bytes: number): void {
    const price = FAILURE_PRICE - 1 + bytes / BYTES_PER_TOKEN;
    this.#bucketOf(sender.network).take(price, -BURST_SECONDS * this.#limits().rateLimitPerAddress);
    this.#total.take(price, this.#floorOf(sender));
  }

  /** Whether this network has delivered before. */
  isProven(network: string): boolean {
    return this.#proven.has(network);
  }

  #floorOf({ network, isListed }: Sender): number {
    return isListed || this.#proven.has(network) ? 0 : RESERVE * BURST_SECONDS * this.#limits().rateLimit;
  }

  #bucketOf(network: string): TokenBucket {
    const known = this.#networks.get(network);
    if (known !== undefined) return known;
    // Forgetting a network forgives it, but the common limit still applies.
    if (this.#networks.size >= MAX_NETWORKS) dropFirst(this.#networks);
    const bucket = new TokenBucket(BURST_SECONDS * this.#limits().rateLimitPerAddress, this.#steady());
    this.#networks.set(network, bucket);
    return bucket;
  }
}

function dropFirst(collection: { keys(): IterableIterator<string>; delete(key: string): boolean }): void {
  for (const key of collection.keys()) {
    collection.delete(key);
    return;
  }
}

function secondsFor(tokens: number, perSecond: number): number {
  return Math.max(1, Math.ceil(tokens / perSecond));
}
