/**
 * A token bucket: holds up to `capacity` tokens, is refilled with `perSecond`, and may owe as much as it
 * holds. Rate and capacity are passed with each call, because they may change.
 */
export class TokenBucket {
  #tokens: number;
  #atMs: number;

  /** Starts full. */
  constructor(capacity: number, nowMs: number) {
    this.#tokens = capacity;
    this.#atMs = nowMs;
  }

  /** The tokens at this time. A clock that goes back adds none. */
  refill(perSecond: number, capacity: number, nowMs: number): number {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    // A debt from a larger capacity would take too long to pay off with a smaller one.
    const tokens = Math.max(-capacity, this.#tokens) + (elapsedMs * perSecond) / 1000;
    this.#tokens = Math.min(capacity, tokens);
    return this.#tokens;
  }

  /** Takes tokens, down to `floor` at most. */
  take(tokens: number, floor: number): void {
    this.#tokens = Math.max(Math.min(this.#tokens, floor), this.#tokens - tokens);
  }
}
