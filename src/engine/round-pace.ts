import type { Clock } from '../domain/contracts.ts';

/** One step of a task that goes over all there is, round after round. */
export interface RoundStep {
  readonly looked: number;
  readonly gone: number;
  /** Whether a round ends with it. */
  readonly isRound: boolean;
}

/** Where at least one in so many can go, there is probably more of that. */
const MANY = 4;
/** Nothing is kept for much longer than it has to be, however much there is. */
const LONGEST_ROUND_MS = 12 * 3_600_000;

/**
 * How fast a task goes over all there is. A step now and then is enough as long as next to nothing can go and a round
 * takes hours. Otherwise steps follow at once. So what is kept too long is a small part of what is kept, at any rate at
 * which it comes.
 */
export class RoundPace {
  readonly #steady: Clock;
  #startedAtMs: number | null = null;

  constructor(steady: Clock) {
    this.#steady = steady;
  }

  /** Whether the next step should follow at once. */
  hasMore({ looked, gone, isRound }: RoundStep): boolean {
    const nowMs = this.#steady();
    this.#startedAtMs ??= nowMs;
    const isLate = nowMs - this.#startedAtMs > LONGEST_ROUND_MS;
    if (isRound) this.#startedAtMs = null;
    return !isRound && (isLate || gone * MANY >= looked);
  }
}
