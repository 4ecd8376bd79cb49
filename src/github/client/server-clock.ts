import type { Clock } from '../../domain/contracts.ts';
import { serverNowMs } from './rate-headers.ts';

/** GitHub's time, by the `Date` of its latest answer: what it signs and what it expires goes by that. */
export class ServerClock {
  readonly #clock: Clock;
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  observe(headers: Headers): void {
    if (headers.get('date') === null) return;
    const nowMs = this.#clock();
    this.#aheadMs = serverNowMs(headers, nowMs) - nowMs;
  }

  nowMs(): number {
    return this.#clock() + this.#aheadMs;
  }
}
