/**
 * A token bucket: holds up to `capacity` tokens, gets `perSecond` of them, and may owe as much as it holds.
 * Rate and capacity are told with each use, so that they may change.
 */
export class TokenBucket {
  #tokens: number;
  #atMs: number;

  /** A full one. */
  constructor(capacity: number, nowMs: number) {
    this.#tokens = capacity;
    this.#atMs = nowMs;
  }

  /** The tokens at this time. A clock that goes back brings none. */
  refill(perSecond: number, capacity: number, nowMs: number): number {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    // What is owed by a larger capacity would take the longer to pay, the smaller it has become.
    const tokens = Math.max(-capacity, this.#tokens) + (elapsedMs * perSecond) / 1000;
    this.#tokens = Math.min(capacity, tokens);
    return this.#tokens;
  }

  /** Takes tokens, down to `floor` at most. */
  take(tokens: number, floor: number): void {
    this.#tokens = Math.max(Math.min(this.#tokens, floor), this.#tokens - tokens);
  }
}
