import type { Monotonic } from '../../timing/monotonic.ts';

/*
 * Our own limit, whatever the headers of answers promise: GitHub's secondary limits don't show in them, and a
 * faulty server may promise anything. In points: a request that changes something counts five
 * (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits).
 */

const MINUTE_MS = 60_000;
/** The share of a minute's points that may be spent at once; the others are spread evenly. */
const BURST = 1 / 15;

/** Spends the points of each credential. In no minute are they more than the limit. */
export class Pace {
  readonly #pointMs: number;
  readonly #burst: number;
  readonly #monotonic: Monotonic;
  /** By credential: when what has been spent is made up for. */
  readonly #dueMs = new Map<string, number>();

  /** @param pointsPerMinute Of each credential; null: no limit. */
  constructor(pointsPerMinute: number | null, monotonic: Monotonic) {
    const perMinute = pointsPerMinute ?? Number.POSITIVE_INFINITY;
    this.#pointMs = MINUTE_MS / (perMinute * (1 - BURST));
    this.#burst = perMinute * BURST;
    this.#monotonic = monotonic;
  }

  /** How long a request of so many points has to wait, in ms; 0: not at all. */
  waitMs(credential: string, points: number): number {
    if (this.#pointMs === 0) return 0;
    const spare = Math.max(this.#burst - points, 0) * this.#pointMs;
    const dueMs = this.#dueMs.get(credential) ?? Number.NEGATIVE_INFINITY;
    return Math.max(0, Math.ceil(dueMs - spare - this.#monotonic()));
  }

  spend(credential: string, points: number): void {
    const dueMs = this.#dueMs.get(credential) ?? Number.NEGATIVE_INFINITY;
    this.#dueMs.set(credential, Math.max(dueMs, this.#monotonic()) + points * this.#pointMs);
  }
}
