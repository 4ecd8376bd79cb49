import type { Clock } from '../domain/contracts.ts';
import { TokenBucket } from '../http/token-bucket.ts';

/** Requests a second. Twice as many may come at once. */
export interface RateLimits {
  readonly rateLimit: number;
  readonly rateLimitPerAddress: number;
}

/** Who asks to come in. */
export interface Applicant {
  readonly network: string;
  /** Named as an address that deliveries come from. */
  readonly isListed: boolean;
}

const BURST_SECONDS = 2;
/** What is not a delivery of somebody who knows the secret counts as so many requests, … */
const FAILURE_PRICE = 50;
/** … and its body, which was read and hashed for nothing, as one for so many bytes. */
const BYTES_PER_TOKEN = 1024;
/** The part of the common limit that is kept for networks that have delivered, or are listed. */
const RESERVE = 0.5;
/** Networks that are remembered; the one that came first is forgotten first. */
const MAX_NETWORKS = 10_000;
const MAX_PROVEN = 1000;

/**
 * Limits requests of each network and of all together, before anything of them is read. Whoever signs
 * correctly pays one token for a request, whoever does not many, so a limit far above what GitHub sends stops
 * a flood of bad ones early. Memory is bounded whoever asks. The numbers may change at any time.
 */
export class RateLimiter {
  readonly #limits: () => RateLimits;
  readonly #clock: Clock;
  readonly #total: TokenBucket;
  readonly #networks = new Map<string, TokenBucket>();
  readonly #proven = new Set<string>();

  constructor(limits: () => RateLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#total = new TokenBucket(BURST_SECONDS * limits().rateLimit, clock());
  }

  /** Null: the request may go on. Else the seconds after which it could. */
  admit(applicant: Applicant): number | null {
    const { rateLimit, rateLimitPerAddress } = this.#limits();
    const [own, total] = [this.#bucketOf(applicant.network), this.#total];
    const ownTokens = own.refill(rateLimitPerAddress, BURST_SECONDS * rateLimitPerAddress, this.#clock());
    if (ownTokens < 1) return secondsFor(1 - ownTokens, rateLimitPerAddress);
    const floor = this.#floorOf(applicant);
    const totalTokens = total.refill(rateLimit, BURST_SECONDS * rateLimit, this.#clock());
    if (totalTokens < floor + 1) return secondsFor(floor + 1 - totalTokens, rateLimit);
    own.take(1, 0);
    total.take(1, floor);
    return null;
  }

  /** It was signed with a secret that is known here. */
  succeeded(network: string): void {
    if (this.#proven.has(network)) return;
    if (this.#proven.size >= MAX_PROVEN) dropFirst(this.#proven);
    this.#proven.add(network);
  }

  /** It was not; `bytes` of its body were read in vain. */
  failed(applicant: Applicant, bytes: number): void {
    const price = FAILURE_PRICE - 1 + bytes / BYTES_PER_TOKEN;
    this.#bucketOf(applicant.network).take(price, -BURST_SECONDS * this.#limits().rateLimitPerAddress);
    this.#total.take(price, this.#floorOf(applicant));
  }

  /** Whether a delivery came from there before. */
  isProven(network: string): boolean {
    return this.#proven.has(network);
  }

  #floorOf({ network, isListed }: Applicant): number {
    return isListed || this.#proven.has(network) ? 0 : RESERVE * BURST_SECONDS * this.#limits().rateLimit;
  }

  #bucketOf(network: string): TokenBucket {
    const known = this.#networks.get(network);
    if (known !== undefined) return known;
    // Forgetting one forgives it; the common limit holds all the same.
    if (this.#networks.size >= MAX_NETWORKS) dropFirst(this.#networks);
    const bucket = new TokenBucket(BURST_SECONDS * this.#limits().rateLimitPerAddress, this.#clock());
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
